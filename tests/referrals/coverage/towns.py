"""Invented towns of plain listings, each made by chance from a number and so always the same."""

import dataclasses
import datetime
import functools
import random
from zoneinfo import ZoneInfo

from services.hours import opening
from services.listing import CriterionStance, Trust
from tests.referrals.pathway.builders import emergency_line, listing

ZONE = ZoneInfo("Europe/Brussels")
#: A Wednesday without a public holiday, in office hours and in its night.
MOMENTS = {
    "day": datetime.datetime(2026, 11, 18, 10, tzinfo=ZONE),
    "evening": datetime.datetime(2026, 11, 18, 20, tzinfo=ZONE),
    "night": datetime.datetime(2026, 11, 18, 2, tzinfo=ZONE),
    "sunday": datetime.datetime(2026, 11, 22, 11, tzinfo=ZONE),
}
NEXT_YEAR = datetime.datetime(2027, 11, 18, 10, tzinfo=ZONE)

#: Needs that many rules of the pathway ask for, with those behind them.
NEEDS = (
    "emergency", "rape-care", "evidence", "urgent-medical", "mental-health-crisis", "shelter",
    "child-protection", "guardianship", "police-report", "trafficking", "fgm", "helpline",
    "violence-support", "medical-care", "perpetrator-work", "lgbtqi-support",
)  # fmt: skip
HOURS = ("24/7", "24/7", "Mo-Fr 09:00-17:00", "Mo-Su 18:00-06:00", "")
WAYS_IN = ("walk-in", "call-first", "call-first", "professional-referral", "authorities-only", "")
STANCES = ("takes", "takes", "asks-first", "does-not-take")
CRITERIA = ("women", "men", "trans", "minors", "documented", "asylum-seeker", "undocumented",
            "lgbtqi", "with-children", "anonymous")  # fmt: skip
GROUPS = ("women-girls", "lgbtqi", "families", "unaccompanied-children")


@functools.cache
def opening_at(moment):
    """A function that gives the `Opening` of a listing at this moment."""
    known = functools.cache(functools.partial(opening, at=moment))
    return lambda one: known(one.hours, timezone=one.timezone, country=one.country)


def town(number, doors=16, alarm=True):
    """The listings of the town with this number."""
    chance = random.Random(number)
    found = [_door(chance, f"door-{place:02}") for place in range(doors)]
    return (*found, emergency_line()) if alarm else tuple(found)


def _door(chance, slug):
    """A door for a few needs that is in some way particular: no two towns are alike."""
    needs = chance.sample(NEEDS, chance.choice((1, 1, 2, 3)))
    plain = listing(
        slug,
        *needs,
        phone=chance.random() < 0.85,
        reach=chance.choice(("city", "city", "city", "national", "european")),
        opening_hours=chance.choice(HOURS),
        how_to_get_in=chance.choice(WAYS_IN),
        groups=chance.sample(GROUPS, chance.choice((0, 0, 0, 1, 2))),
        languages=tuple(chance.sample(("en", "fr", "ar"), chance.choice((0, 1, 2)))),
        interpreter=chance.choice(("", "takes", "does-not-take")),
    )
    return dataclasses.replace(plain, **_who(chance, needs), **_state(chance))


def _who(chance, needs):
    """Whom a door takes."""
    minors = chance.random() < 0.15
    youngest, oldest = chance.choice(((None, None),) * 4 + ((18, None), (None, 17), (12, 25)))
    return {
        "for_minors_only": minors,
        "for_professionals": chance.random() < 0.1,
        "for_people_who_use_violence": "perpetrator-work" in needs and chance.random() < 0.7,
        "age_min": None if minors else youngest,
        "age_max": None if minors else oldest,
        "criteria": {
            code: CriterionStance(chance.choice(STANCES), limit=12 * (code == "with-children"))
            for code in chance.sample(CRITERIA, chance.choice((0, 1, 2, 4)))
        },
    }


def _state(chance):
    """Whether a door is full, and how old what is known of it is."""
    full = chance.random() < 0.15
    return {
        "capacity": "full" if full else "unknown",
        "capacity_until": NEXT_YEAR if full else None,
        "trust": {
            group: Trust(chance.choice(("confirmed", "ageing", "never", "never", "stale")))
            for group in ("contact", "hours")
        },
    }
