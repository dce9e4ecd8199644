"""The plan: which needs, in which order, behind which doors.

`make_plan` is a pure function of pathway, facts, listings and moment; the page and the
API both show what it returns. It never returns an empty plan or an empty step.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from referrals.pathway import ranking
from referrals.pathway.facts import Facts
from referrals.pathway.ranking import Door
from referrals.pathway.rules import URGENCIES, NeedRule, Notice, Pathway

WEEK_HOURS = 168
LEVEL_ORDER = ("danger", "duty", "care", "info")


@dataclass(frozen=True)
class Step:
    """One need with its doors, plan A first."""

    need: str
    urgency: str
    rule: NeedRule
    options: tuple[Door, ...]
    passed_over: tuple[Door, ...]
    fallback: bool
    deadline_hours: float | None = None
    hours_left: float | None = None


@dataclass(frozen=True)
class Plan:
    """What to do, in this order."""

    at: datetime.datetime
    notices: tuple[Notice, ...]
    steps: tuple[Step, ...]


class NoDoorAtAll(Exception):
    """The directory holds no always-open emergency line: a fault in the data, not in the facts."""


def make_plan(
    pathway: Pathway,
    facts: Facts,
    listings: Sequence,
    at: datetime.datetime,
    opening_of: Callable,
    *,
    sample: bool = False,
) -> Plan:
    """The plan for these facts at an aware moment.

    `opening_of(listing)` gives its `Opening` at that moment. `sample` adds the notice that
    the city has not confirmed its data.
    """
    case = pathway.case(facts)
    steps = [
        _step(pathway, case, rule, listings, at, opening_of) for rule in live_rules(pathway, case)
    ]
    return Plan(
        at, _notices(pathway, case, sample), tuple(sorted(steps, key=_place(pathway, facts)))
    )


def live_rules(pathway, case):
    """For each need of the plan the rule that makes it most urgent, the first in the file among equals."""
    chosen = {}
    for rule in pathway.rules:
        if not rule.when.holds(case) or not _allowed(rule, case):
            continue
        known = chosen.get(rule.need)
        if known is None or URGENCIES.index(rule.urgency) < URGENCIES.index(known.urgency):
            chosen[rule.need] = rule
    return list(chosen.values())


def _allowed(rule, case):
    """Without consent only what the person can use alone, danger, and a child's safety."""
    return rule.without_consent or case.facts.consent not in ("no", "not-now")


def _place(pathway, facts):
    """The clock first, then the order of the pathway; for a person alone the helpline leads."""
    alone = facts.consent in ("no", "not-now")

    def key(step):
        return (
            URGENCIES.index(step.urgency),
            step.hours_left if step.hours_left is not None and step.urgency == "hours" else 0,
            -1 if alone and step.need == "helpline" else pathway.order.index(step.need),
        )

    return key


def _notices(pathway, case, sample):
    shown = [
        notice
        for notice in pathway.notices
        if (sample if notice.code == "sample-data" else notice.when.holds(case))
    ]
    return tuple(sorted(shown, key=lambda n: LEVEL_ORDER.index(n.level)))


def _step(pathway, case, rule, listings, at, opening_of):
    deadline, left = clock(pathway, case, rule)
    urgency = _urgency(rule, deadline, case)
    candidates = ranking.doors(listings, rule.need, case.facts, opening_of)
    order = _Order(pathway, case.facts, urgency, at, left)
    own = order.of(candidates, rule.need)
    options = _options(order, own, rule.need, listings, opening_of)
    return Step(
        need=rule.need,
        urgency=urgency,
        rule=rule,
        options=options,
        passed_over=tuple(
            sorted((d for d in candidates if not d.fit.possible), key=lambda d: d.listing.slug)
        ),
        fallback=options[0].from_need != rule.need,
        deadline_hours=deadline,
        hours_left=left,
    )


def clock(pathway, case, rule):
    """The next window still open for this person, in hours, and what is left of it.

    With no time known the first window counts and nothing is said to be left.
    """
    passed = case.facts.hours_since
    limits = sorted(
        window.hours
        for name in rule.windows
        if (window := pathway.windows.get(name)) and window.when.holds(case)
    )
    if passed is None:
        return (limits[0] if limits else None), None
    still_open = [hours for hours in limits if hours >= passed]
    if not still_open:
        return None, None
    return still_open[0], round(still_open[0] - passed, 2)


def _urgency(rule, deadline, case):
    """A rule that hurries because of its windows slows down when the last one has closed."""
    passed = case.facts.hours_since
    if rule.windows and deadline is None and passed is not None:
        return "today" if passed <= WEEK_HOURS else "soon"
    return rule.urgency


@dataclass(frozen=True)
class _Order:
    """How the doors of one step are put in order."""

    pathway: Pathway
    facts: Facts
    urgency: str
    at: datetime.datetime
    hours_left: float | None

    def of(self, candidates, need):
        return ranking.ranked(
            candidates,
            facts=self.facts,
            urgency=self.urgency,
            at=self.at,
            first_doors=self.pathway.first_doors.get(need, ()),
            hours_left=self.hours_left,
        )

    def in_time(self, door):
        return ranking.opens_in_time(door.opening, self.urgency, self.at, self.hours_left) is True


def _options(order, own, need, listings, opening_of):
    """One to three doors; the last resort is a line of the fallback chain that is open now.

    Plan A can always be contacted. When a need presses and none of its doors is sure to
    open in time, a line that is joins them, last.
    """
    chosen = ranking.best_of_each_organization(own)
    reachable = bool(chosen) and chosen[0].listing.can_be_contacted
    pressing = order.urgency in ranking.PRESSING
    if reachable and (not pressing or any(map(order.in_time, chosen))):
        return tuple(chosen)
    line = _fallback_line(order, need, listings, opening_of, chosen)
    if line is None and not reachable:
        raise NoDoorAtAll(f"no line that is always open stands behind “{need}”")
    if line is None:
        return tuple(chosen)
    if reachable:
        return (*chosen[: ranking.MOST_OPTIONS - 1], line)
    return (line, *chosen[: ranking.MOST_OPTIONS - 1])


def _fallback_line(order, need, listings, opening_of, chosen):
    """The first door down the chain that is open, else the first that can be called at all.

    It comes from an organisation not yet among the options.
    """
    taken = {door.listing.organization for door in chosen[: ranking.MOST_OPTIONS - 1]}
    usable = [
        door
        for following in order.pathway.fallbacks.get(need, ("emergency",))
        for door in order.of(ranking.doors(listings, following, order.facts, opening_of), following)
        if door.listing.can_be_contacted and door.listing.organization not in taken
    ]
    return next((door for door in usable if door.opening.state == "open"), next(iter(usable), None))
