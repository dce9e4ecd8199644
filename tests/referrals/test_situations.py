"""Situations from practice against the shipped cities: who comes, what must come of it."""

import tomllib
from pathlib import Path

import pytest

from referrals import planning
from referrals.pathway.facts import parse_facts
from services.models import City

TABLE = Path(__file__).with_name("situations.toml")
SITUATIONS = tomllib.loads(TABLE.read_text(encoding="utf-8"))["situation"]
KEYS = {
    "name", "city", "facts", "first", "needs", "not", "notices", "quiet", "plan_a", "offers", "never",
}  # fmt: skip

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("four_cities"),
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s["name"])
def test_situation(situation):
    assert set(situation) <= KEYS
    city = City.objects.get(slug=situation["city"])
    plan = planning.plan_for(city, parse_facts(situation["facts"]), "en")
    doors = {s.need: [door.listing.slug for door in s.options] for s in plan.steps}
    notices = {notice.code for notice in plan.notices}
    if "first" in situation:
        assert plan.steps[0].need == situation["first"]
    assert set(situation.get("needs", ())) <= set(doors)
    assert not set(situation.get("not", ())) & set(doors)
    assert set(situation.get("notices", ())) <= notices
    assert not set(situation.get("quiet", ())) & notices
    for need, slug in situation.get("plan_a", {}).items():
        assert doors[need][0] == slug
    for need, slug in situation.get("offers", {}).items():
        assert slug in doors[need]
    assert not set(situation.get("never", ())) & {slug for row in doors.values() for slug in row}


def test_every_listing_that_a_situation_names_exists():
    named = {
        slug
        for s in SITUATIONS
        for slug in (
            *s.get("plan_a", {}).values(), *s.get("offers", {}).values(), *s.get("never", ())
        )
    }  # fmt: skip
    known = {
        entry.slug for city in City.objects.all() for entry in planning.public_listings(city, "en")
    }
    assert named <= known
