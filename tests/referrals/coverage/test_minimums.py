"""The minimums of the Council of Europe, counted from what everybody may see."""

import pytest

from referrals.coverage.minimums import minimums_of
from services.models import City
from tests import factories

pytestmark = pytest.mark.django_db

LINE = {"needs": ["helpline", "violence-support"], "reach": "national", "opening_hours": "24/7"}


@pytest.fixture
def city():
    return City.objects.get(pk=factories.make_city("harbour").pk)


def places(city):
    return minimums_of(city)[0]


def centres(city):
    return minimums_of(city)[1]


def line(city):
    return minimums_of(city)[2]


@pytest.mark.parametrize(
    ("population", "wanted"), [(0, 0), (1, 1), (10_000, 1), (10_001, 2), (1_250_000, 125)]
)
def test_one_family_place_is_wanted_for_each_ten_thousand(city, population, wanted):
    city.population = population
    assert places(city).wanted == wanted


@pytest.mark.parametrize(("women", "wanted"), [(1, 1), (200_000, 1), (200_001, 2), (630_000, 4)])
def test_one_crisis_centre_is_wanted_for_each_two_hundred_thousand_women(city, women, wanted):
    city.women = women
    assert centres(city).wanted == wanted


def test_without_inhabitants_nothing_is_claimed(city):
    factories.make_service(city, places=8)
    factories.make_service(city, needs=["rape-care"])
    assert (places(city).wanted, places(city).state) == (None, "unknown")
    assert (centres(city).wanted, centres(city).state) == (None, "unknown")


def test_places_are_added_up(city):
    city.population = 100_000
    factories.make_service(city, places=6)
    factories.make_service(city, places=4)
    assert (places(city).listed, places(city).state) == (10, "met")
    city.population = 110_000
    assert places(city).state == "missed"


def test_places_that_are_not_known_are_no_reason_to_say_missed(city):
    city.population = 110_000
    factories.make_service(city, places=10)
    factories.make_service(city, places=None)
    assert (places(city).listed, places(city).state) == (10, "unknown")
    assert "of 1 the places are not known" in places(city).note
    city.population = 100_000
    assert places(city).state == "met"


def test_without_any_shelter_there_is_no_place(city):
    city.population = 10_000
    assert (places(city).listed, places(city).state) == (0, "missed")


NOT_FOR_FAMILIES = {
    "it takes no women": {"criteria": {"women": "does-not-take"}},
    "it is for under-18s": {"for_minors_only": True},
    "it is elsewhere in the country": {"reach": "national"},
    "nobody may know of it": {"visibility": "sealed"},
    "it is a draft": {"status": "draft"},
    "it is no shelter": {"needs": ["housing"]},
}


@pytest.mark.parametrize("fields", NOT_FOR_FAMILIES.values(), ids=NOT_FOR_FAMILIES.keys())
def test_places_of_other_houses_are_not_counted(city, fields):
    factories.make_service(city, places=6, **fields)
    factories.make_service(factories.make_city("faraway"), places=6)
    assert places(city).listed == 0


def test_a_house_under_several_needs_is_counted_once(city):
    factories.make_service(
        city, places=6, needs=["shelter", "housing"], criteria={"women": "takes", "men": "takes"}
    )
    assert places(city).listed == 6


def test_an_organisation_is_one_crisis_centre(city):
    city.women = 200_000
    for name in ("By day", "By night"):
        factories.make_service(city, name=name, organization="Lantern", needs=["rape-care"])
    assert (centres(city).listed, centres(city).state) == (1, "met")
    factories.make_service(city, organization="Elsewhere", needs=["rape-care"], reach="national")
    assert centres(city).listed == 1
    city.women = 200_001
    assert centres(city).state == "missed"


def test_a_line_that_never_closes_is_a_helpline(city):
    assert (line(city).listed, line(city).state) == (0, "missed")
    factories.make_service(city, **LINE)
    assert (line(city).listed, line(city).state) == (1, "met")


NO_HELPLINE = {
    "it closes": {"opening_hours": "Mo-Su 08:00-23:00"},
    "its hours are not known": {"opening_hours": ""},
    "it has no phone": {"phones": []},
    "its phone is not for everybody": {
        "phones": [{"number": "+32 2 555 01 00", "visibility": "professional"}]
    },
    "it is far away": {"reach": "european"},
    "it is for under-18s": {"for_minors_only": True},
    "it ends at 17": {"age_max": 17},
    "it is for professionals": {"for_professionals": True},
    "it is for people who use violence": {"for_people_who_use_violence": True},
    "it takes no women": {"criteria": {"women": "does-not-take"}},
    "it costs something": {"cost": "paid"},
    "it is not about violence": {"needs": ["helpline", "mental-health-crisis"]},
}


@pytest.mark.parametrize("fields", NO_HELPLINE.values(), ids=NO_HELPLINE.keys())
def test_another_line_is_no_helpline(city, fields):
    factories.make_service(city, **LINE | fields)
    assert (line(city).listed, line(city).state) == (0, "missed")


def test_counting_costs_the_same_for_any_number(city, django_assert_max_num_queries):
    for _number in range(12):
        factories.make_service(city, **LINE)
        factories.make_service(city, places=3)
    with django_assert_max_num_queries(14):
        minimums_of(city)
