"""What each filter leaves, what it refuses, and that facets count exactly that."""

import datetime

import pytest
import time_machine
from django.http import QueryDict

from services.directory import directory_of
from services.facets import facets
from services.filters import ServiceFilter
from services.models import Service
from services.names import names
from services.ordering import ordered
from services.visibility import Audience
from tests.factories import make_city, make_group, make_need, make_place, make_service

pytestmark = pytest.mark.django_db

MONDAY_NOON = datetime.datetime(2030, 1, 7, 11, tzinfo=datetime.UTC)


@pytest.fixture
def city():
    return make_city("harbour")


def filtered(city, query=""):
    """The filters of an address, over what the public may see."""
    queryset = Service.objects.visible_to(Audience.PUBLIC).serving(city)
    here = directory_of(city, Audience.PUBLIC)
    return ServiceFilter(
        QueryDict(query), queryset, city=city, directory=here, places=city.places.all()
    )


def in_order(filters):
    return ordered(filters.directory.sets.all, filters, "en")


def slugs(city, query):
    filters = filtered(city, query)
    assert not filters.form.errors
    return set(filters.qs.values_list("slug", flat=True))


def test_no_filter_leaves_every_service_of_the_city(city):
    make_service(city, slug="own")
    make_service(city, slug="national", reach="national")
    make_service(slug="european", reach="european")
    make_service(make_city(country="IT"), slug="elsewhere")
    assert slugs(city, "") == {"own", "national", "european"}


def test_several_needs_widen(city):
    for need in ("shelter", "legal-advice", "helpline"):
        make_service(city, slug=f"for-{need}", needs=[need])
    assert slugs(city, "need=shelter&need=legal-advice") == {"for-shelter", "for-legal-advice"}


def test_different_filters_narrow(city):
    make_service(city, slug="both", needs=["shelter"], how_to_get_in="walk-in")
    make_service(city, slug="one", needs=["shelter"], how_to_get_in="call-first")
    assert slugs(city, "need=shelter&access=walk-in") == {"both"}


def test_a_service_in_several_needs_is_found_once(city):
    make_service(city, needs=["shelter", "helpline"])
    assert filtered(city, "need=shelter&need=helpline").qs.count() == 1


@pytest.mark.parametrize(
    ("parameter", "code", "value"),
    [("status", "undocumented", "undocumented"), ("step_free", "step-free", "true")],
)
def test_criteria_keep_what_asks_first_and_what_does_not_say(city, parameter, code, value):
    for stance in ("takes", "asks-first", "does-not-take"):
        make_service(city, slug=stance, criteria={code: stance})
    make_service(city, slug="silent")
    assert slugs(city, f"{parameter}={value}") == {"takes", "asks-first", "silent"}


def test_step_free_false_filters_nothing(city):
    make_service(city, slug="stairs", criteria={"step-free": "does-not-take"})
    assert slugs(city, "step_free=false&open_now=false") == {"stairs"}


def test_a_group_is_what_a_service_is_filed_under_or_says_it_takes(city):
    make_group("lgbtqi")
    make_service(city, slug="filed", groups=["lgbtqi"])
    make_service(city, slug="says", criteria={"lgbtqi": "takes"})
    make_service(city, slug="asks", criteria={"lgbtqi": "asks-first"})
    make_service(city, slug="refuses", groups=["lgbtqi"], criteria={"lgbtqi": "does-not-take"})
    make_service(city, slug="silent")
    assert slugs(city, "group=lgbtqi") == {"filed", "says", "asks"}


def test_a_language_is_spoken_or_interpreted(city):
    make_service(city, slug="speaks", languages=["ar"])
    make_service(city, slug="regional", languages=["ar-MA"])
    make_service(city, slug="interprets", interpreter="takes")
    make_service(city, slug="alike", languages=["arz"])
    make_service(city, slug="refuses", interpreter="does-not-take")
    assert slugs(city, "language=ar") == {"speaks", "regional", "interprets"}


def test_open_now_reads_the_citys_clock(city):
    make_service(city, slug="day", opening_hours="Mo-Fr 09:00-13:00")
    make_service(city, slug="evening", opening_hours="Mo-Fr 18:00-22:00")
    make_service(city, slug="silent")
    with time_machine.travel(MONDAY_NOON, tick=False):
        assert slugs(city, "open_now=true") == {"day"}


@pytest.mark.parametrize(
    "moment",
    [
        "2030-01-07T20:00",
        "2030-01-07T19:00:00Z",
        "2030-01-07T20:00%2B01:00",
        "2030-01-07T20:00+01:00",
    ],
)
def test_open_at_a_moment(city, moment):
    make_service(city, slug="day", opening_hours="Mo-Fr 09:00-17:00")
    make_service(city, slug="evening", opening_hours="Mo-Fr 18:00-22:00")
    assert slugs(city, f"open_at={moment}") == {"evening"}


def test_a_sealed_line_does_not_make_a_service_open(city):
    sealed = {"number": "+32 2 555 01 99", "opening_hours": "24/7", "visibility": "sealed"}
    make_service(city, slug="quiet", phones=[sealed])
    with time_machine.travel(MONDAY_NOON, tick=False):
        assert slugs(city, "open_now=true") == set()


def test_radius_leaves_what_is_near_and_what_cannot_be_measured(city):
    make_place(city, "Old Station", latitude=50.0, longitude=4.0)
    make_service(city, slug="near", place={"latitude": 50.001, "longitude": 4.0})
    make_service(city, slug="far", place={"latitude": 50.2, "longitude": 4.0})
    make_service(city, slug="line", place=None)
    assert slugs(city, "near=old-station&radius_km=2") == {"near", "line"}
    assert slugs(city, "near=50.0,4.0&radius_km=2") == {"near", "line"}


def test_nearest_first_and_confidential_after_without_a_distance(city):
    make_place(city, "Old Station", latitude=50.0, longitude=4.0)
    make_service(city, name="Far", place={"latitude": 50.2, "longitude": 4.0})
    make_service(city, name="Near", place={"latitude": 50.01, "longitude": 4.0})
    make_service(city, name="Aside", place=None)
    make_service(
        city,
        name="Closest of all",
        confidential=True,
        place={"latitude": 50.0, "longitude": 4.0, "visibility": "sealed", "confidential": True},
    )
    for audience in Audience:
        filters = filtered(city, "near=old-station")
        filters.directory = directory_of(city, audience)
        shown = in_order(filters)
        assert [one.name_in("en") for one in shown] == ["Near", "Far", "Aside", "Closest of all"]


def test_best_fit_puts_sure_before_ask_and_own_before_national(city):
    make_service(city, name="A national", reach="national", criteria={"undocumented": "takes"})
    make_service(city, name="B asks")
    make_service(city, name="C own", criteria={"undocumented": "takes"})
    filters = filtered(city, "status=undocumented")
    assert [one.name_in("en") for one in in_order(filters)] == [
        "C own",
        "A national",
        "B asks",
    ]


def test_what_bears_the_name_searched_for_comes_first(city):
    make_service(city, name="Anchor", summary="Near the Lantern.")
    make_service(city, name="Lantern", reach="national")
    filters = filtered(city, "search=lantern")
    assert [one.name_in("en") for one in in_order(filters)] == ["Lantern", "Anchor"]


def test_stale_comes_after_fresh(city):
    old = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    stale = {"field_group": "contact", "by": "city", "confirmed_at": old}
    make_service(city, name="A stale", confirmations=[stale])
    make_service(city, name="B never")
    make_service(city, name="C fresh", confirmations=[{"field_group": "contact", "by": "city"}])
    filters = filtered(city)
    shown = [one.name_in("en") for one in in_order(filters)]
    assert shown == ["C fresh", "B never", "A stale"]


STALE = {
    "field_group": "contact",
    "by": "city",
    "confirmed_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
}


def test_stale_never_comes_first_while_something_fresh_fits(city):
    make_service(city, name="Own lantern, stale", confirmations=[STALE])
    make_service(city, name="National", reach="national", summary="Lantern.")
    make_service(city, name="Asks", reach="national", criteria={"undocumented": "asks-first"})
    filters = filtered(city, "search=lantern")
    shown = [one.name_in("en") for one in in_order(filters)]
    assert shown.index("National") < shown.index("Own lantern, stale")


def test_stale_but_sure_comes_before_what_must_be_asked(city):
    make_service(city, name="Sure", confirmations=[STALE], criteria={"undocumented": "takes"})
    make_service(city, name="Asks")
    filters = filtered(city, "status=undocumented")
    assert [one.name_in("en") for one in in_order(filters)] == ["Sure", "Asks"]


def test_nearest_puts_stale_after_everything_else(city):
    make_place(city, "Old Station", latitude=50.0, longitude=4.0)
    near = {"latitude": 50.001, "longitude": 4.0}
    make_service(city, name="Near, stale", place=near, confirmations=[STALE])
    make_service(city, name="Far", place={"latitude": 50.2, "longitude": 4.0})
    make_service(city, name="Line", place=None)
    filters = filtered(city, "near=old-station")
    shown = [one.name_in("en") for one in in_order(filters)]
    assert shown == ["Far", "Line", "Near, stale"]


def test_the_name_searched_for_is_found_as_a_word(city):
    make_service(city, name="Women", summary="Men too.")
    make_service(city, name="Men", reach="national")
    filters = filtered(city, "search=men")
    assert [one.name_in("en") for one in in_order(filters)] == ["Men", "Women"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("need=nope", "need"),
        ("need=%00", "need"),
        ("group=nope", "group"),
        ("language=xx-nope", "language"),
        ("status=nope", "status"),
        ("status=%00", "status"),
        ("step_free=maybe", "step_free"),
        ("open_now=maybe", "open_now"),
        ("open_at=tomorrow", "open_at"),
        ("open_at=2030-02-31T10:00", "open_at"),
        ("open_at=9999-12-31T23:59-23:00", "open_at"),
        ("open_at=0001-01-01T00:00%2B23:00", "open_at"),
        ("open_at=%00", "open_at"),
        ("access=nope", "access"),
        ("search=%00", "search"),
        ("search=%21%21", "search"),
        ("search=" + "a" * 201, "search"),
        ("near=nowhere", "near"),
        ("near=91,0", "near"),
        ("near=nan,nan", "near"),
        ("near=1,2,3", "near"),
        ("near=%00", "near"),
        ("near=1,2&radius_km=nan", "radius_km"),
        ("near=1,2&radius_km=-1", "radius_km"),
        ("near=1,2&radius_km=" + "9" * 40, "radius_km"),
        ("radius_km=3", "radius_km"),
        ("order=nope", "order"),
        ("order=nearest", "order"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(city, query, parameter):
    make_service(city)
    filters = filtered(city, query)
    assert list(filters.form.errors) == [parameter]
    assert filters.qs.count() == 1


def test_a_known_code_still_filters_beside_an_unknown_one(city):
    make_service(city, slug="wanted", needs=["shelter"])
    make_service(city, needs=["helpline"])
    found = filtered(city, "need=shelter&need=nope").qs
    assert set(found.values_list("slug", flat=True)) == {"wanted"}


def test_empty_values_filter_nothing(city):
    make_service(city, slug="one")
    empty = "need=&group=&language=&status=&step_free=&open_now=&open_at=&access=&search=&near=&radius_km=&order="
    assert slugs(city, empty) == {"one"}


@pytest.fixture
def varied(city):
    """A city in which every filter has something to leave and something to drop."""
    make_group("lgbtqi")
    make_group("families")
    make_need("legal-advice", stage="recovery")
    make_service(city, needs=["shelter"], languages=["ar", "fr"], opening_hours="24/7")
    make_service(city, needs=["shelter", "legal-advice"], interpreter="asks-first")
    make_service(city, groups=["lgbtqi"], criteria={"undocumented": "takes", "step-free": "takes"})
    make_service(city, groups=["families"], criteria={"undocumented": "does-not-take"})
    make_service(city, criteria={"lgbtqi": "asks-first"}, how_to_get_in="walk-in")
    make_service(city, reach="national", languages=["fr"], how_to_get_in="call-first")
    make_service(city, criteria={"step-free": "does-not-take"}, languages=["fr-BE"])
    return city


@pytest.mark.parametrize(
    "rest", ["", "need=shelter", "status=undocumented&language=fr", "group=lgbtqi"]
)
def test_every_count_is_what_the_choice_leaves(varied, rest):
    filters = filtered(varied, rest)
    shown = facets(filters, names(varied))
    choices = [c for facet in shown for c in (*facet.shown, *facet.folded)]
    assert len(choices) >= 9
    for choice in choices:
        query = QueryDict(rest, mutable=True)
        query.setlist(choice.parameter, [choice.value])
        left = len(slugs(varied, query.urlencode()))
        assert choice.takes + choice.asks == left, choice


def test_the_count_tells_sure_from_ask(varied):
    filters = filtered(varied)
    shown = facets(filters, names(varied))
    papers = next(facet for facet in shown if facet.code == "status")
    undocumented = next(c for c in papers.shown if c.value == "undocumented")
    assert undocumented.count == "1 + 5 ask"
