"""When a need stands in a plan, and how it presses there: what a verdict depends on besides people."""

import dataclasses
from typing import NamedTuple

from referrals.coverage import grid
from referrals.pathway import plan
from referrals.pathway.predicates import PREDICATES
from referrals.pathway.ranking import PATIENCE_HOURS, SPECIAL_NEEDS

#: Conditions of ranking itself, in the words of the pathway.
_RANKING = ("in-danger", "only-uses-violence", "consent-refused")


class Circumstance(NamedTuple):
    """How a need presses: what else is live, whether an alarm is meant, whose violence it is."""

    need: str
    urgency: str
    hours_left: float | None
    alarm: bool
    live: frozenset
    uses_violence: bool


class Occurrence(NamedTuple):
    """People to whom a circumstance happens, in how many stories each, and one of these."""

    people: int
    stories: int
    story: dict


def circumstances_of(pathway, need):
    """`Circumstance` -> [`Occurrence`] of a need over the whole grid.

    `pathway` holds the rules of this need, and of the special needs that it matters to know live.
    """
    predicates = _predicates(pathway)
    of_people = [p for p in predicates if grid.reads_a_person(p)]
    of_stories = [p for p in predicates if not grid.reads_a_person(p)]
    windows = any(rule.windows for rule in pathway.rules if rule.need == need)
    stories = list(grid.story_classes(pathway, of_stories, ("since",) if windows else ()))
    found = {}
    for people, person in grid.people_classes(pathway, of_people):
        for number, story in stories:
            facts = dataclasses.replace(person, **story)
            circumstance = _circumstance(pathway, need, facts)
            if circumstance:
                found.setdefault(circumstance, []).append(Occurrence(people, number, story))
    return {circumstance: _together(some) for circumstance, some in found.items()}


def _predicates(pathway):
    names = set(_RANKING)
    for rule in pathway.rules:
        names.update(rule.when.names)
        for window in rule.windows:
            if window in pathway.windows:
                names.update(pathway.windows[window].when.names)
    return [PREDICATES[name] for name in sorted(names)]


def _circumstance(pathway, need, facts):
    case = pathway.case(facts)
    live = {rule.need: rule for rule in plan.live_rules(pathway, case)}
    if need not in live:
        return None
    deadline, left = plan.clock(pathway, case, live[need])
    urgency = plan.urgency_of(pathway, case, live[need], deadline)
    pressing = urgency == "hours" and left is not None and left < PATIENCE_HOURS["hours"]
    return Circumstance(
        need,
        urgency,
        left if pressing else None,
        urgency in ("now", "hours") or facts.danger in ("now", "soon"),
        frozenset(live) & SPECIAL_NEEDS,
        facts.concerns == ("uses-violence",),
    )


def _together(occurrences):
    """One `Occurrence` for the same people: its stories counted, the first kept."""
    found = {}
    for one in occurrences:
        known = found.get(one.people)
        number = one.stories + (known.stories if known else 0)
        found[one.people] = Occurrence(one.people, number, known.story if known else one.story)
    return list(found.values())
