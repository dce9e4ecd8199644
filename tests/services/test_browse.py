"""The pages that lead to a service: cities, one city, its services in a list and on a map."""

import datetime
import html
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services import directory
from services.models import City
from tests.factories import make_city, make_country, make_group, make_need, make_place, make_service

pytestmark = pytest.mark.django_db

MONDAY_NOON = datetime.datetime(2030, 1, 7, 11, tzinfo=datetime.UTC)


@pytest.fixture
def city():
    return make_city("harbour", name="Harbour")


@pytest.fixture
def get(client, city):
    """The text of the page of services for a query."""

    def get(query="", status=200):
        response = client.get(f"/harbour/services/?{query}")
        assert response.status_code == status
        return html.unescape(response.content.decode())

    return get


def shown(page):
    """Names on the cards of a page, in order."""
    cards = re.findall(r'class="result-card">\s*<h2><a [^>]*>([^<]*)<', page)
    return [name.strip() for name in cards]


def test_home_offers_every_city(client, city):
    page = client.get("/").content.decode()
    assert 'href="/harbour/"' in page
    assert "tel:112" in page


def test_the_page_of_a_city_offers_guide_services_and_numbers(client, city):
    country = make_country()
    country.emergency_numbers = {"any": "112", "police": "101"}
    country.save()
    page = client.get("/harbour/").content.decode()
    assert 'href="/harbour/guide/"' in page
    assert 'href="/harbour/services/"' in page
    assert "tel:112" in page
    assert "tel:101" in page


def test_the_page_of_a_city_shows_lines_that_never_close(client, city):
    lines = {"needs": ["helpline"], "reach": "national"}
    make_service(city, name="Night line", opening_hours="24/7", **lines)
    make_service(city, name="Office line", opening_hours="Mo-Fr 09:00-17:00", **lines)
    make_service(city, name="Colleagues", opening_hours="24/7", for_professionals=True, **lines)
    page = client.get("/harbour/").content.decode()
    assert "Night line" in page
    assert "Office line" not in page
    assert "Colleagues" not in page


@pytest.mark.parametrize("address", ["/nowhere/", "/nowhere/services/", "/nowhere/services/x/"])
def test_an_unknown_city_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_services_are_counted_and_listed(get, city):
    make_service(city, name="Lantern")
    make_service(city, name="Anchor")
    page = get()
    assert "<h1>2 services</h1>" in page
    assert shown(page) == ["Anchor", "Lantern"]


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"visibility": "professional"},
        {"visibility": "sealed"},
    ],
)
@pytest.mark.parametrize(
    "query", ["", "search=quietlane", "view=map", "search=quietlame", "need=evidence"]
)
def test_a_hidden_service_leaves_no_trace(get, city, hidden, query):
    """The page is to the letter the one it was before the service was there."""
    make_need("evidence")
    make_service(city, name="Lantern")
    with time_machine.travel(MONDAY_NOON, tick=False):
        before = get(query)
        make_service(city, name="Quietlane", needs=["evidence"], languages=["so"], **hidden)
        directory.forget()
        assert get(query) == before


def test_a_card_says_what_fits_and_what_to_ask(get, city):
    make_service(city, name="Sure", criteria={"undocumented": "takes"})
    make_service(city, name="Silent")
    page = get("status=undocumented")
    assert shown(page) == ["Sure", "Silent"]
    assert "Takes people without papers" in page
    assert "Ask: Do you take somebody without papers?" in page


def test_a_card_offers_the_number_or_another_way(get, city):
    make_service(city, phones=["+32 2 555 01 23"])
    make_service(city, phones=[], email="door@example.org")
    page = get()
    assert 'href="tel:+3225550123"' in page
    assert 'href="mailto:door@example.org"' in page


def test_distance_is_shown_for_public_places_only(get, city):
    make_place(city, "Old Station", latitude=50.0, longitude=4.0)
    make_service(city, name="Open", place={"latitude": 50.01, "longitude": 4.0})
    sealed = {"latitude": 50.02, "longitude": 4.0, "visibility": "sealed"}
    make_service(city, name="Secret", confidential=True, place=sealed)
    page = get("near=old-station")
    assert shown(page) == ["Open", "Secret"]
    assert "1.1 km" in page
    assert "2.2 km" not in page
    assert "Address kept secret" in page


def test_what_is_on_can_be_taken_off(get, city):
    make_need("shelter", name="Safe place")
    make_service(city)
    page = get("need=shelter&status=undocumented")
    assert 'href="?status=undocumented"' in page
    assert 'href="?need=shelter"' in page
    assert re.search(r'name="need" value="shelter" checked', page)


def test_a_typing_error_is_answered_with_a_link(get, city):
    make_service(city, name="Lantern")
    page = get("search=lantrn&need=shelter")
    assert "Did you mean" in page
    assert 'href="?need=shelter&search=lantern"' in page
    assert "Did you mean" not in get("search=lantern")


def test_an_empty_result_names_the_filter_to_take_off(get, city):
    make_need("shelter", name="Safe place")
    make_need("legal-advice", name="Legal advice")
    make_service(city, name="Lantern", needs=["shelter"], how_to_get_in="call-first")
    make_service(city, name="Beacon", needs=["shelter"], how_to_get_in="call-first")
    make_service(city, name="Anchor", needs=["legal-advice"], how_to_get_in="walk-in")
    page = get("need=shelter&access=walk-in")
    assert "Take off “walk in”: 2 services fit" in page
    assert 'href="?need=shelter"' in page
    assert shown(page) == ["Beacon", "Lantern"]


def test_where_one_filter_is_not_enough_the_fewest_come_off(get, city):
    make_service(city, name="Lantern")
    make_service(city, name="Anchor", languages=["so"])
    page = get("access=walk-in&search=zzzz&language=so")
    assert "Take off “walk in”, “zzzz”: 1 service fits" in page
    assert 'href="?language=so"' in page
    assert shown(page) == ["Anchor"]


def test_only_the_word_that_stands_in_the_way_comes_off(get, city):
    make_service(city, name="Lantern", summary="A shelter for gay people.")
    make_service(city, name="Anchor", summary="A shelter.")
    page = get("search=shelter+gay+xyzzy")
    assert "Take off “xyzzy”: 1 service fits" in page
    assert 'href="?search=shelter+gay"' in page
    assert shown(page) == ["Lantern"]


def test_each_word_searched_for_can_be_taken_off(get, city):
    make_service(city, name="Lantern", summary="A shelter.")
    page = get("need=shelter&search=Shelter+%26+lantern")
    assert 'href="?need=shelter&search=lantern"' in page
    assert 'href="?need=shelter&search=Shelter"' in page


def test_a_search_of_many_words_is_answered(get, city):
    make_service(city, name="Lantern")
    words = "+".join(f"{number:02}" for number in range(66))
    assert "Nothing fits all of this" in get(f"search={words}")


def test_a_group_without_words_of_its_own_is_named(get, city):
    make_group("elders", name="Older people")
    make_service(city, groups=["elders"])
    make_service(city, criteria={"elders": "asks-first"})
    page = get("group=elders")
    assert "In particular for: Older people" in page
    assert "Ask: How about this: Older people?" in page


def test_an_empty_city_is_still_a_page(get, city):
    assert "<h1>0 services</h1>" in get()
    assert "None of these has a place" in get("view=map")


def test_services_silent_about_their_hours_are_named_when_asking_what_is_open(get, city):
    make_service(city, name="Open", opening_hours="24/7")
    make_service(city, name="Silent")
    with time_machine.travel(MONDAY_NOON, tick=False):
        page = get("open_now=true")
    assert shown(page) == ["Open"]
    assert "1 more service fits but does not say when it is open" in page


def test_pages_are_walked(get, city):
    for number in range(23):
        make_service(city, name=f"Door {number:02}")
    first, second = get("order=name"), get("order=name&page=2")
    assert len(shown(first)) == 20
    assert 'href="?order=name&page=2" rel="next"' in first
    assert shown(second) == ["Door 20", "Door 21", "Door 22"]
    assert 'href="?order=name&page=1" rel="prev"' in second


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "9" * 40, "%00", "1.5"])
def test_a_page_that_is_not_there_is_refused_with_a_message(get, city, page):
    make_service(city, name="Lantern")
    text = get(f"page={page}", status=400)
    assert "<code>page</code>" in text
    assert shown(text) == ["Lantern"]


def test_a_wrong_value_is_named_and_nothing_typed_is_lost(get, city):
    make_need("shelter", name="Safe place")
    make_service(city, name="Lantern", needs=["shelter"])
    page = get("need=shelter&search=lantern&open_at=soon&status=undocumented", status=400)
    assert "<code>open_at</code>" in page
    assert "“soon” is not a time" in page
    assert "<title>Error:" in page
    assert 'value="lantern"' in page
    assert 'name="open_at" value="soon"' in page
    assert re.search(r'name="need" value="shelter" checked', page)
    assert re.search(r'name="status" value="undocumented" checked', page)


def test_what_is_typed_is_escaped(client, city):
    response = client.get("/harbour/services/?search=<script>x&need=<script>y&near=<script>z")
    assert b"<script>x" not in response.content
    assert b"<script>y" not in response.content
    assert b"<script>z" not in response.content


def test_unknown_parameters_are_left_out_of_every_link(get, city):
    make_service(city)
    page = get("tracking=1&need=shelter")
    assert not re.search(r'href="[?][^"]*tracking', page)


def test_the_map_lists_what_it_shows_and_counts_the_rest(get, city):
    make_place(city, "Old Station", latitude=50.84, longitude=4.35)
    make_service(city, name="Lantern", place={"latitude": 50.84, "longitude": 4.35})
    make_service(city, name="Line", place=None)
    page = get("view=map")
    assert 'aria-label="1: 1 service near Old Station"' in page
    assert "Lantern" in page
    assert "1 more service is not on the map" in page


def test_the_map_keeps_its_numbers_plain_in_every_language(client, city):
    make_service(city, place={"latitude": 50.84, "longitude": 4.35})
    page = client.get("/harbour/services/?view=map&lang=fr").content.decode()
    assert re.search(r'<circle cx="\d+(\.\d+)?" cy="\d+(\.\d+)?"', page)


def test_the_title_says_nothing_of_what_is_looked_for(get, city):
    make_need("rape-care", name="Care after rape")
    make_service(city, needs=["rape-care"])
    page = get("need=rape-care&search=rape")
    assert re.search(r"<title>(.*?)</title>", page)[1].startswith("Services in Harbour")


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert client.get(address).status_code == 200
    return len(made)


EVERYTHING = (
    "need=shelter&group=lgbtqi&language=ar&status=undocumented&step_free=true&open_now=true"
    "&access=call-first&search=zzzz&near=old-station&radius_km=5"
)


@pytest.mark.parametrize("query", ["", EVERYTHING, "view=map"])
def test_browsing_costs_few_queries_whatever_the_size(client, city, query):
    make_place(city)
    make_group("lgbtqi")
    address = f"/harbour/services/?{query}"
    make_service(city, languages=["ar"])
    few = queries(client, address)
    for _number in range(30):
        make_service(city, languages=["ar"], criteria={"women": "takes"}, groups=["lgbtqi"])
    directory.forget()
    assert queries(client, address) <= max(few, 20)
    assert few <= 20
    assert queries(client, address) <= 5


def test_a_change_is_seen_with_the_next_page(get, city):
    service = make_service(city, name="Lantern")
    assert shown(get()) == ["Lantern"]
    service.status = "withdrawn"
    service.save()
    assert shown(get()) == []
    assert City.objects.count() == 1


@pytest.mark.parametrize("near", ["nowhere", "91,0", "x" * 70])
def test_a_place_that_is_none_is_told_whatever_the_order(get, city, near):
    make_service(city, name="Open House")
    page = get(f"near={near}&order=nearest", status=400)
    assert shown(page) == ["Open House"]
