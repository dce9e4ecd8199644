"""The four cities as shipped: no plan is empty, at any hour, for any combination of facts."""

import datetime
import itertools
import random
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals import planning, tried, words
from referrals.pathway import facts as vocabulary
from referrals.pathway import sieve
from referrals.pathway.facts import parse_facts
from referrals.pathway.matching import fit
from services.models import City

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("four_cities"),
    pytest.mark.any_database,
]

CITIES = ("brussels", "luxembourg", "rome", "gothenburg")
#: Working day, its night, a Sunday, a public holiday in all four countries.
MOMENTS = (
    "2026-11-18T11:00:00",
    "2026-11-19T03:00:00",
    "2026-11-22T15:00:00",
    "2026-12-25T02:30:00",
)
URGENCIES = ("now", "hours", "today", "soon", "when-ready")


def plan_for(slug, facts):
    return planning.plan_for(City.objects.get(slug=slug), parse_facts(facts), "en")


def check(plan, facts, listings):
    """What must hold of every plan, whoever it is for."""
    parsed = parse_facts(facts)
    by_id = {entry.service_at_location: entry for entry in listings}
    assert plan.steps
    ranks = [URGENCIES.index(step.urgency) for step in plan.steps]
    assert ranks == sorted(ranks)
    assert len({step.need for step in plan.steps}) == len(plan.steps)
    for step in plan.steps:
        assert 1 <= len(step.options) <= 3, step.need
        assert step.options[0].listing.can_be_contacted, step.need
        organizations = [door.listing.organization for door in step.options]
        assert len(set(organizations)) == len(organizations)
        assert step.hours_left is None or step.hours_left >= 0
        for door in step.options:
            assert door.listing.service_at_location in by_id
            assert fit(door.listing, parsed, door.from_need).match != "does-not-take"
            assert door.distance_km is None or not door.listing.confidential
            for finding in (*door.fit.fits, *door.fit.asks):
                assert (
                    words.finding_text(finding)
                    if finding in door.fit.fits
                    else words.ask_text(finding)
                )
        assert all(words.refusal_text(f) for d in step.passed_over for f in d.fit.refusals)
        if step.urgency in ("now", "hours"):
            assert any(d.opening.state != "closed" for d in step.options), step.need


PEOPLE = [
    {},
    {"age": "under-12"},
    {"age": "12-15", "unaccompanied": True, "gender": "man"},
    {"age": "16-17", "gender": "woman", "unaccompanied": False},
    {"age": "adult", "gender": "woman", "children": 3, "oldest_son": 16},
    {"age": "adult", "gender": "man"},
    {"age": "adult", "gender": "trans-woman", "groups": ["lgbtqi"]},
    {"age": "adult", "gender": "non-binary"},
]
STORIES = [
    {},
    *({"concerns": [concern], "hours_since": 30} for concern in vocabulary.CONCERNS),
    {"concerns": ["sexual-violence"], "hours_since": 2000},
    {"danger": "now", "red_flags": list(vocabulary.RED_FLAGS)},
    {"danger": "soon", "wants": ["shelter"]},
    {"wants": list(vocabulary.NEEDS)},
]
STATES = [
    {},
    {"status": "undocumented", "consent": "no"},
    {"status": "asylum-seeker", "consent": "yes"},
]


@pytest.mark.parametrize("slug", CITIES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_no_combination_ends_in_nothing(slug, moment):
    city = City.objects.get(slug=slug)
    listings = planning.public_listings(city, "en")
    for person, story, state in itertools.product(PEOPLE, STORIES, STATES):
        facts = {**person, **story, **state, "at": moment}
        check(planning.plan_for(city, parse_facts(facts), "en"), facts, listings)


@pytest.mark.parametrize("slug", CITIES)
@pytest.mark.parametrize("kind", ["no-answer", "full", "unsafe"])
def test_no_plan_is_empty_where_every_door_turned_somebody_away(slug, kind):
    city = City.objects.get(slug=slug)
    listings = planning.public_listings(city, "en")
    said = tried.as_told({entry.id: tried.Tried(kind) for entry in listings})
    for person, story, state in itertools.product(PEOPLE[::3], STORIES, STATES):
        facts = {**person, **story, **state, "at": MOMENTS[1]}
        check(planning.plan_for(city, parse_facts(facts), "en", told=said), facts, listings)


def several(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=4)


ANY_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "danger": st.sampled_from(vocabulary.DANGER),
        "age": st.sampled_from(vocabulary.AGES),
        "unaccompanied": st.booleans(),
        "gender": st.sampled_from(vocabulary.GENDERS),
        "groups": several(vocabulary.GROUPS),
        "consent": st.sampled_from(vocabulary.CONSENT),
        "concerns": several(vocabulary.CONCERNS),
        "hours_since": st.floats(0, 10_000, allow_nan=False),
        "red_flags": several(vocabulary.RED_FLAGS),
        "pregnant_possible": st.booleans(),
        "status": st.sampled_from(vocabulary.STATUSES),
        "languages": several(["ar", "fr", "ti", "sv", "it", "en", "prs"]),
        "children": st.integers(0, 5),
        "oldest_son": st.integers(0, 30),
        "wants": several(vocabulary.NEEDS),
        "prefers": several(vocabulary.PREFERENCES),
        "near": st.fixed_dictionaries(
            {"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)}
        ),
        "at": st.dates(datetime.date(2026, 1, 1), datetime.date(2030, 12, 31)).flatmap(
            lambda day: st.times().map(lambda hour: f"{day}T{hour}")
        ),
    },
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(slug=st.sampled_from(CITIES), facts=ANY_FACTS)
def test_any_facts_give_a_sound_plan_and_the_same_one_twice(slug, facts):
    city = City.objects.get(slug=slug)
    facts = {"at": MOMENTS[0], **facts}
    first = planning.plan_for(city, parse_facts(facts), "en")
    check(first, facts, planning.public_listings(city, "en"))
    assert planning.plan_for(city, parse_facts(facts), "en") == first


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(slug=st.sampled_from(CITIES), facts=ANY_FACTS)
def test_a_plan_of_sieved_doors_is_the_plan_of_all(slug, facts):
    city = City.objects.get(slug=slug)
    facts = parse_facts({"at": MOMENTS[0], **facts})
    whole = planning.plan_for(city, facts, "en")
    with mock.patch.object(sieve, "FEW", 0):
        assert planning.plan_for(city, facts, "en") == whole


def test_the_order_in_which_listings_come_does_not_matter(monkeypatch):
    facts = {"danger": "soon", "concerns": ["partner-violence"], "children": 1, "at": MOMENTS[1]}
    city = City.objects.get(slug="rome")
    expected = planning.plan_for(city, parse_facts(facts), "en")
    shuffled = list(planning.public_listings(city, "en"))
    random.Random(7).shuffle(shuffled)
    monkeypatch.setattr(planning, "public_listings", lambda *_: shuffled)
    assert planning.plan_for(city, parse_facts(facts), "en") == expected


@pytest.mark.parametrize("slug", CITIES)
def test_every_city_carries_the_sample_notice(slug):
    assert "sample-data" in [notice.code for notice in plan_for(slug, {}).notices]


@pytest.mark.parametrize("slug", CITIES)
def test_first_doors_are_listings_that_serve_the_city_and_the_need(slug):
    city = City.objects.get(slug=slug)
    by_slug = {entry.slug: entry for entry in planning.public_listings(city, "en")}
    for need, doors in planning.pathway_for(city).first_doors.items():
        for door in doors:
            assert door in by_slug, (need, door)
            assert need in by_slug[door].needs, (need, door)
