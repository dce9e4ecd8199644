"""For whom a city must have which door before it goes live, and whether it has one that is fresh.

Core needs are those that cannot wait for a better city: somebody to speak to, a specialist who
stays with the person, care in the first days, a safe night, and the law. Children who are alone
need those who protect them by law instead of a counsellor and a lawyer. What every country has by
one number (`emergency`) is judged by that number; the rest of the needs a plan can fall back from.
"""

from dataclasses import dataclass

from referrals.pathway import ranking
from referrals.pathway.facts import parse_facts

FOR_ALL = ("helpline", "rape-care", "shelter")
FOR_ADULTS = (*FOR_ALL, "violence-support", "legal-advice")
#: Target group -> the needs that it must have a door for, and somebody of that group.
CORE = {
    "women-girls": (FOR_ADULTS, {"age": "adult", "gender": "woman"}),
    "lgbtqi": (FOR_ADULTS, {"age": "adult", "groups": ["lgbtqi"]}),
    "families": (
        (*FOR_ADULTS, "child-protection"),
        {"age": "adult", "groups": ["families"], "children": 2},
    ),
    "unaccompanied-children": (
        (*FOR_ALL, "child-protection", "guardianship"),
        {"age": "12-15", "unaccompanied": True},
    ),
}
NEEDS = tuple(dict.fromkeys(need for needs, _facts in CORE.values() for need in needs))
#: Confirmed, and not so long ago that the plan puts it behind whatever else fits.
FRESH = ("confirmed", "ageing")


@dataclass(frozen=True)
class Gap:
    """A core need, and the groups that have no fresh door for it."""

    need: str
    groups: tuple[str, ...]


def gaps(listings):
    """One `Gap` for each core need, in order, with no groups where all have a door. No query."""
    fresh = [listing for listing in listings if _is_fresh(listing)]
    people = {group: (needs, parse_facts(facts)) for group, (needs, facts) in CORE.items()}
    return [
        Gap(
            need,
            tuple(
                group
                for group, (needs, facts) in people.items()
                if need in needs and not _has_door(fresh, need, facts)
            ),
        )
        for need in NEEDS
    ]


def _is_fresh(listing):
    return ranking.contact_trust(listing) in FRESH and listing.can_be_contacted


def _has_door(listings, need, facts):
    """As the plan chooses: it may take the person, and is not made for somebody else."""
    doors = ranking.doors(listings, need, facts, lambda _listing: None)
    return any(door.fit.possible and not ranking.asks_whether_it_fits(door) for door in doors)
