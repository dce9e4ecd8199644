"""The map: where things stand, and what is never drawn."""

import pytest

from services.directory import listings
from services.map import LETTER, LINE, RADIUS, city_map, place_map, project
from services.visibility import Audience
from tests.factories import make_city, make_place, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city(latitude=50.0, longitude=4.0)


def drawn(city, audience=Audience.PUBLIC):
    return city_map(city, listings(city, audience, "en"), list(city.places.all()))


def names_on(a_map):
    return {one.name for marker in a_map.markers for one in marker.listings}


@pytest.mark.parametrize(
    ("point", "pixels"), [((0, 0), (128, 128)), ((0, -180), (0, 128)), ((0, 90), (192, 128))]
)
def test_the_equator_is_where_web_mercator_has_it(point, pixels):
    assert project(*point, 0) == pytest.approx(pixels)


def test_north_is_up_and_east_is_right(city):
    make_service(city, name="South west", place={"latitude": 49.95, "longitude": 3.95})
    make_service(city, name="North east", place={"latitude": 50.05, "longitude": 4.05})
    at = {one.name: marker for marker in drawn(city).markers for one in marker.listings}
    assert at["North east"].y < at["South west"].y
    assert at["North east"].x > at["South west"].x


def test_everything_lies_within_the_frame(city):
    make_place(city, latitude=50.1, longitude=4.1)
    for number in range(12):
        place = {"latitude": 49.9 + number / 60, "longitude": 3.9 + (number * 7 % 12) / 60}
        make_service(city, place=place)
    a_map = drawn(city)
    assert all(0 <= m.x <= a_map.width and 0 <= m.y <= a_map.height for m in a_map.markers)


def test_neighbours_share_a_marker_that_a_thumb_can_hit(city):
    make_service(city, name="A", place={"latitude": 50.0, "longitude": 4.0})
    make_service(city, name="B", place={"latitude": 50.0, "longitude": 4.0})
    make_service(city, name="C", place={"latitude": 50.1, "longitude": 4.1})
    markers = drawn(city).markers
    assert sorted(len(marker.listings) for marker in markers) == [1, 2]
    assert [marker.number for marker in markers] == [1, 2]


def test_a_marker_says_which_spot_it_is_near(city):
    make_place(city, "Old Station", latitude=50.1, longitude=4.1)
    make_place(city, "Fish Market", latitude=50.0, longitude=4.0)
    make_service(city, place={"latitude": 50.001, "longitude": 4.0})
    assert drawn(city).markers[0].near == "Fish Market"


@pytest.mark.parametrize("audience", Audience)
def test_confidential_places_are_drawn_for_nobody(city, audience):
    secret = {"latitude": 50.0, "longitude": 4.0, "visibility": "sealed", "confidential": True}
    make_service(city, name="Secret", confidential=True, place=secret)
    make_service(city, name="Open", place={"latitude": 50.01, "longitude": 4.0})
    assert names_on(drawn(city, audience)) == {"Open"}
    secret_listing = next(o for o in listings(city, audience, "en") if o.name == "Secret")
    assert place_map(secret_listing, []) is None


def test_sealed_places_are_not_drawn_for_the_public(city):
    make_service(city, place={"latitude": 50.0, "longitude": 4.0, "visibility": "sealed"})
    assert drawn(city) is None


def test_far_places_do_not_stretch_the_map(city):
    make_service(city, name="Near", place={"latitude": 50.0, "longitude": 4.0})
    far = {"latitude": 41.9, "longitude": 12.5}
    make_service(city, name="Far", reach="national", place=far)
    assert names_on(drawn(city)) == {"Near"}


def test_no_tile_is_asked_for_unless_a_server_is_configured(city, settings):
    make_service(city, place={"latitude": 50.0, "longitude": 4.0})
    settings.TILE_URL = ""
    assert drawn(city).tiles == []
    settings.TILE_URL = "https://tiles.example/{z}/{x}/{y}.png"
    tiles = drawn(city).tiles
    assert tiles
    assert all(tile.url.startswith("https://tiles.example/") for tile in tiles)
    assert "{" not in "".join(tile.url for tile in tiles)


def test_a_label_lies_on_no_marker_even_one_on_its_spot(city):
    make_place(city, "Old Station", latitude=50.0, longitude=4.0)
    make_service(city, place={"latitude": 50.0, "longitude": 4.0})
    make_service(city, place={"latitude": 50.1, "longitude": 4.1})
    make_service(city, place={"latitude": 49.9, "longitude": 3.9})
    a_map = drawn(city)
    (label,) = a_map.labels
    for marker in a_map.markers:
        beside = abs(marker.x - label.x) >= len(label.name) * LETTER / 2 + RADIUS
        assert beside or abs(marker.y - label.middle) >= LINE / 2 + RADIUS


def test_a_label_without_room_is_left_out(city):
    make_place(city, "Old Station", latitude=50.0, longitude=4.0)
    make_place(city, "Old Stairs", latitude=50.0, longitude=4.0001)
    make_service(city, place={"latitude": 50.1, "longitude": 4.1})
    make_service(city, place={"latitude": 49.9, "longitude": 3.9})
    names = [label.name for label in drawn(city).labels]
    assert len(names) == len(set(names))
    assert "Old Station" in names


def test_one_place_alone_can_be_drawn(city):
    make_service(city, place={"latitude": 50.0, "longitude": 4.0})
    (listing,) = listings(city, Audience.PUBLIC, "en")
    assert len(place_map(listing, []).markers) == 1
