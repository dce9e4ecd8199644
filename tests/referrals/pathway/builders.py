"""Small listings and pathways for engine tests: no database, invented names."""

import datetime
from zoneinfo import ZoneInfo

from referrals.pathway import loading
from referrals.pathway.facts import parse_facts
from referrals.pathway.plan import make_plan
from services.hours import opening
from services.listing import CriterionStance, Listing, PhoneLine, Place, Trust

ZONE = ZoneInfo("Europe/Brussels")
#: A Wednesday without a public holiday.
NOON = datetime.datetime(2026, 11, 18, 12, 0, tzinfo=ZONE)
NIGHT = datetime.datetime(2026, 11, 18, 3, 0, tzinfo=ZONE)

LINE = PhoneLine("02 000 00 00", "tel:+3220000000")


def listing(slug, *needs, criteria=None, phone=True, trust=None, at=None, **fields):
    """A listing with one phone, known by its slug; criteria as code=stance."""
    values = {
        "id": f"id-{slug}",
        "service_at_location": f"at-{slug}",
        "slug": slug,
        "name": slug.replace("-", " ").title(),
        "official_name": slug,
        "official_language": "en",
        "organization": f"{slug} organisation",
        "summary": "",
        "reach": "city",
        "country": "BE",
        "timezone": "Europe/Brussels",
        "confidential": False,
        "how_to_get_in": "call-first",
        "phones": (LINE,) if phone else (),
        "needs": frozenset(needs),
        "criteria": {c: CriterionStance(s) for c, s in (criteria or {}).items()},
        "trust": {"contact": Trust(trust)} if trust else {},
        "place": Place("Street 1", "1000", "Town", "", *at) if at else None,
    }
    if "groups" in fields:
        fields["groups"] = frozenset(fields["groups"])
    return Listing(**{**values, **fields})


def emergency_line():
    return listing("112", "emergency", opening_hours="24/7", reach="national")


def plan(listings, at=NOON, pathway=None, **facts):
    """The plan for these facts among these listings and the emergency line."""
    return make_plan(
        pathway or base_pathway(),
        parse_facts(facts),
        [*listings, emergency_line()],
        at,
        lambda entry: opening(entry.hours, at, entry.timezone, entry.country),
    )


def base_pathway(city="", country="BE", languages=("fr", "nl")):
    return loading.load(city, country, languages)


def step(found, need):
    """The step of a plan for a need; None when the plan has none."""
    return next((s for s in found.steps if s.need == need), None)


def needs(found):
    return [s.need for s in found.steps]


def slugs(found_step):
    return [door.listing.slug for door in found_step.options]
