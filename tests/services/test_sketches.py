"""A sketch says of a listing what the projection says, wherever matching reads it."""

import dataclasses
import datetime

import pytest
from django.utils import timezone

from referrals.coverage import grid
from referrals.pathway.facts import NEEDS
from referrals.pathway.matching import fit
from services import sketches
from services.directory import listings
from services.models import City
from services.sketches import Sketch
from services.visibility import Audience
from tests import factories
from tests.referrals import harbour

pytestmark = pytest.mark.django_db

FIELDS = [field.name for field in dataclasses.fields(Sketch)]
AUDIENCES = list(Audience)
#: Every so many people of the grid.
EVERY = 7


def days(number):
    return timezone.now() + datetime.timedelta(days=number)


def seen_of(thing):
    """What matching may read, in a shape that a sketch and a listing share."""
    found = {name: getattr(thing, name) for name in FIELDS if name not in OF_SKETCHES}
    found["criteria"] = {code: (c.stance, c.limit) for code, c in thing.criteria.items()}
    found["capacity"] = thing.capacity_at(timezone.now()), thing.capacity_at(days(5))
    found["trust"] = {group: trust.state for group, trust in thing.trust.items()}
    place = found["place"]
    found["place"] = place and (place.latitude, place.longitude, place.has_coordinates)
    found["doubts"] = [doubt.kind for doubt in found["doubts"]]
    source = found["newest_source"]
    found["newest_source"] = source and (source.publisher, source.date)
    return found


#: What a listing says in one language, and a sketch in all; and how long the clock leaves it as it is.
OF_SKETCHES = ("names", "holds_until")


def both(city, audience=Audience.PUBLIC):
    """(sketches, listings) of a city by slug."""
    whole = {one.slug: one for one in listings(city, audience, "en")}
    return {one.slug: one for one in sketches.read(city, audience=audience)}, whole


def make_varied(city):
    """Services each with something that is easy to read wrongly."""
    make = factories.make_service
    make(city, name="Full", capacity="full", capacity_until=days(3))
    make(city, name="Full no more", capacity="full", capacity_until=days(-1))
    make(city, name="By mail", phones=[], email="house@example.org")
    make(city, name="Neither", phones=[])
    make(city, name="Hidden line", phones=[{"number": "+32 2 555 77 31", "visibility": "sealed"}])
    make(
        city,
        name="Hours of a line",
        phones=[
            {"number": "+32 2 555 77 33"},
            {"number": "+32 2 555 77 32", "opening_hours": "24/7", "visibility": "professional"},
            {"number": "+32 2 555 77 31", "opening_hours": "Mo-Fr 09:00-12:00"},
        ],
    )
    make(city, name="Many tongues", languages=["fr", "ar", "en"], groups=["lgbtqi", "families"])
    make(city, name="Sons", criteria={"with-children": {"stance": "takes", "limit": 12}})
    make(city, name="Europe", reach="european", needs=["helpline"])
    make(city, name="Country", reach="national", needs=["helpline"])
    make(city, name="Doubted", marks=[{"kind": "conflict", "text": "Two numbers."}])
    make(city, name="Sourced", sources=SOURCES)
    make_placed(city)
    for age in (1, 100, 400):
        confirmed = {"field_group": "contact", "confirmed_at": days(-age), "by": "city"}
        make(city, name=f"Confirmed {age} days ago", confirmations=[confirmed])


def make_placed(city):
    """Places that not everybody may know of."""
    make = factories.make_service
    sealed = {"visibility": "sealed", "latitude": 50.1, "longitude": 4.1}
    make(city, name="Sealed place", place=sealed)
    make(city, name="Place for workers", place=sealed | {"visibility": "professional"})
    make(city, name="Unmeasured", place={"latitude": None, "longitude": None})
    make(city, name="Secret", confidential=True, place=sealed)
    make(city, name="By sealed mail", phones=[], email="x@example.org", visibility="sealed")


SOURCES = [
    {"publisher": "Gazette", "date": "2025-03"},
    {"publisher": "Notice", "date": "2026"},
    {"publisher": "Wall"},
]


@pytest.fixture
def city():
    city = harbour.make_harbour()
    make_varied(city)
    # Nobody in public knows of these, or they are of another city.
    for fields in ({"status": "draft"}, {"visibility": "professional"}, {"visibility": "sealed"}):
        factories.make_service(city, **fields)
    factories.make_service(factories.make_city("faraway"), name="Elsewhere")
    return City.objects.get(pk=city.pk)


@pytest.mark.parametrize("audience", list(Audience))
def test_a_sketch_is_what_the_projection_makes(city, audience):
    drawn, whole = both(city, audience)
    assert len(drawn) == (27, 28, 30)[AUDIENCES.index(audience)]
    assert {s: seen_of(one) for s, one in drawn.items()} == {
        s: seen_of(one) for s, one in whole.items()
    }


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_a_sketch_has_the_names_of_its_listing(city, language):
    make = factories.make_service
    make(city, name="Quay", official_name="Le Quai", translations={"fr": {"name": "Quai"}})
    gone = make(city, name="Mole", official_language="fr", official_name="La Jetée")
    gone.translations.filter(language_code="en").update(name="")
    made = {"name": {"from": "en", "of": "Mole"}}
    gone.translations.create(language_code="sv", name="Pir", origins=made)
    City.objects.filter(pk=city.pk).update(version=city.version + 1)
    city.refresh_from_db()
    drawn = {one.slug: one.name_in(language) for one in sketches.read(city)}
    assert drawn == {one.slug: one.name for one in listings(city, Audience.PUBLIC, language)}


def test_matching_finds_the_same_of_both(city):
    drawn, whole = both(city)
    for facts in grid.FACTS[::EVERY]:
        for slug, need in ((slug, need) for slug in drawn for need in NEEDS):
            assert fit(drawn[slug], facts, need) == fit(whole[slug], facts, need), slug


def test_reading_costs_the_same_for_any_number_of_services(city, django_assert_num_queries):
    with django_assert_num_queries(1):
        sketches.read(city)
