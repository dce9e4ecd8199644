"""A query that is written once answers as the queryset it is made of does each time."""

import pytest

from services.cities import city_and_places
from services.models import Place
from services.prepared import Prepared
from tests.factories import make_city

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

COLUMNS = ("slug", "name", "latitude", "longitude")


def of_name(name):
    return Place.objects.filter(name=name).exclude(slug="left-out").values_list(*COLUMNS)


@pytest.fixture
def places():
    city = make_city("harbour")
    for number, name in enumerate(["Gare d'Ostende", "100 %s %%", '"; DROP', "Gare d'Ostende"]):
        Place.objects.create(
            city=city, slug=f"spot-{number}", name=name, latitude=50 + number / 3, longitude=-4.1
        )
    Place.objects.create(city=city, slug="left-out", name="100 %s %%", latitude=50, longitude=4)
    return list(Place.objects.all())


def test_answers_as_the_queryset(places, django_assert_num_queries):
    prepared = Prepared(Place, of_name)
    for name in ["Gare d'Ostende", "100 %s %%", '"; DROP', "nowhere", "Gare d'Ostende"]:
        expected = list(of_name(name))
        with django_assert_num_queries(1):
            assert prepared.rows(name) == expected
        assert prepared.first(name) == (expected[0] if expected else None)
    assert len(prepared.rows("Gare d'Ostende")) == 2


def test_spots_of_a_city_are_its_places_by_name(places, django_assert_num_queries):
    Place.objects.create(
        city=make_city("faraway"), slug="theirs", name="Theirs", latitude=1, longitude=1
    )
    with django_assert_num_queries(2):
        city, spots = city_and_places("harbour")
    assert [[getattr(one, name) for name in COLUMNS] for one in spots] == [
        list(row) for row in city.places.order_by("name", "pk").values_list(*COLUMNS)
    ]
    assert {one.city for one in spots} == {city}
