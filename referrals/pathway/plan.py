"""The plan: which needs, in which order, behind which doors.

`make_plan` is a pure function of pathway, facts, listings and moment; the page and the
API both show what it returns. It never returns an empty plan or an empty step.
"""

import dataclasses
import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from referrals.pathway import ranking
from referrals.pathway.facts import Facts
from referrals.pathway.ranking import Door
from referrals.pathway.rules import LEVELS, URGENCIES, NeedRule, Notice, Pathway
from referrals.pathway.sieve import looked_at

#: Where no window is sourced, traces press for three days, then no more than the rest.
FIRST_DAYS_HOURS = 72
WEEK_HOURS = 168


@dataclass(frozen=True)
class Step:
    """One need with its doors, plan A first.

    `set_aside` are those that would do, but came behind as somebody was turned away there lately.
    Of those that do not take the person `passed_over` names the `MOST_PASSED_OVER` that lack least.
    """

    need: str
    urgency: str
    rule: NeedRule
    options: tuple[Door, ...]
    passed_over: tuple[Door, ...]
    fallback: bool
    deadline_hours: float | None = None
    hours_left: float | None = None
    set_aside: tuple[Door, ...] = ()
    #: How many more do not take the person.
    also_passed_over: int = 0

    @property
    def not_chosen(self):
        """Doors that are named with the reason why they are no option."""
        return (*self.set_aside, *self.passed_over)

    def showing(self, listings):
        """The same with these listings, by id, in the place of what it was made of."""

        def shown(doors):
            return tuple(door._replace(listing=listings[door.listing.id]) for door in doors)

        return dataclasses.replace(
            self,
            options=shown(self.options),
            set_aside=shown(self.set_aside),
            passed_over=shown(self.passed_over),
        )


@dataclass(frozen=True)
class Plan:
    """What to do, in this order."""

    at: datetime.datetime
    notices: tuple[Notice, ...]
    steps: tuple[Step, ...]

    def showing(self, listings):
        """The same with these listings, by id, in the place of what it was made of."""
        steps = tuple(step.showing(listings) for step in self.steps)
        return dataclasses.replace(self, steps=steps)


class NoDoorError(Exception):
    """The directory holds no always-open emergency line: a fault in the data, not in the facts."""


def make_plan(
    pathway: Pathway,
    facts: Facts,
    listings: Sequence,
    at: datetime.datetime,
    opening_of: Callable,
    *,
    sample: bool = False,
    told: Mapping | None = None,
) -> Plan:
    """The plan for these facts at an aware moment.

    `opening_of(listing)` gives its `Opening` at that moment. `sample` adds the notice that
    the city has not confirmed its data. `told` maps ids of listings to what is told of them.
    """
    case = pathway.case(facts)
    rules = live_rules(pathway, case)
    step = _steps(pathway, case, rules, listings, at, opening_of, told)
    steps = tuple(sorted(map(step, rules), key=_place(pathway, facts)))
    return Plan(at, _notices(pathway, case, sample), steps)


def make_step(pathway, facts, need, listings, at, opening_of):
    """The step of one need, as it stands in the plan for these facts; None where it has none.

    `listings` need not hold more than the doors of this need and of those behind it.
    """
    case = pathway.case(facts)
    rules = live_rules(pathway, case)
    step = _steps(pathway, case, rules, listings, at, opening_of)
    return next((step(rule) for rule in rules if rule.need == need), None)


def _steps(pathway, case, rules, listings, at, opening_of, told=None):
    """A function that gives the step of a rule."""
    live_needs = frozenset(rule.need for rule in rules)
    doors_of = looked_at(listings, case.facts, opening_of, told)
    return lambda rule: _step(pathway, case, rule, doors_of, live_needs, at)


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
            -1 if alone and step.need == "helpline" else pathway.order.index(step.need),
        )

    return key


def _notices(pathway, case, sample):
    shown = [
        notice
        for notice in pathway.notices
        if (sample if notice.code == "sample-data" else notice.when.holds(case))
    ]
    return tuple(sorted(shown, key=lambda n: LEVELS.index(n.level)))


def _step(pathway, case, rule, doors_of, live_needs, at):
    deadline, left = clock(pathway, case, rule)
    urgency = urgency_of(pathway, case, rule, deadline)
    order = ranking.Step(
        facts=case.facts,
        need=rule.need,
        urgency=urgency,
        at=at,
        hours_left=left,
        first_doors=pathway.first_doors.get(rule.need, ()),
        live_needs=live_needs,
    )
    candidates = doors_of(rule.need).options(order)
    refusing, refuse = doors_of(rule.need).refusing(rule.need)
    chain = pathway.fallbacks.get(rule.need, ("emergency",))
    options = _options(order, candidates, chain, pathway.first_doors, doors_of)
    return Step(
        need=rule.need,
        urgency=urgency,
        rule=rule,
        options=options,
        passed_over=_by_slug(refusing),
        also_passed_over=refuse - len(refusing),
        set_aside=_by_slug(
            door
            for door in candidates
            if door.fit.possible and ranking.turned_away(door) and door not in options
        ),
        fallback=options[0].from_need != rule.need,
        deadline_hours=deadline,
        hours_left=left,
    )


def _by_slug(doors):
    return tuple(sorted(doors, key=lambda door: door.listing.slug))


def clock(pathway, case, rule):
    """The next window still open for this person, in hours, and what is left of it.

    With no time known the first window counts and nothing is said to be left.
    """
    passed = case.facts.hours_since
    limits = windows_of(pathway, case, rule)
    if passed is None:
        return (limits[0] if limits else None), None
    still_open = [hours for hours in limits if hours >= passed]
    if not still_open:
        return None, None
    return still_open[0], round(still_open[0] - passed, 2)


def windows_of(pathway, case, rule):
    """The hours of a rule's windows that apply to this person in this country, shortest first."""
    return sorted(
        window.hours
        for name in rule.windows
        if (window := pathway.windows.get(name)) and window.when.holds(case)
    )


def urgency_of(pathway, case, rule, deadline):
    """A rule that hurries because of its windows slows down when the last one has closed."""
    passed = case.facts.hours_since
    if not rule.windows or deadline is not None or passed is None or passed <= FIRST_DAYS_HOURS:
        return rule.urgency
    return "today" if passed <= WEEK_HOURS else "soon"


def _options(order, candidates, chain, first_doors, doors_of):
    """One to three doors; behind them stands a line of the fallback chain that is open now.

    Plan A can always be contacted. When a need presses and none of its doors is sure to
    open in time, or each has turned somebody away, such a line joins them: last if the best
    door may be open, first if it surely is not.
    """
    ordered = ranking.ranked(candidates, order)
    chosen = ranking.best_of_each_organization(ordered)
    fits = _plan_a_fits(order, chosen)
    reachable = fits and not ranking.turned_away(chosen[0])
    if reachable and _somebody_answers(order, chosen):
        return tuple(chosen)
    if fits and not (order.presses and order.is_alarm):
        # Nobody rings the emergency number because a helpline sleeps.
        chain = tuple(need for need in chain if need != "emergency")
    line_behind = functools.partial(_fallback_line, order, chain, first_doors, doors_of)
    kept, line = _with_line(ordered, line_behind, callable_first=reachable)
    if line is None and not chosen:
        raise NoDoorError(f"no line that can be called stands behind “{order.need}”")
    if line is None:
        return tuple(chosen)
    if fits and not reachable and ranking.turned_away(line):
        # No better than the doors themselves.
        kept, line = _with_line(ordered, line_behind, callable_first=True)
        return (*kept, line) if line else tuple(chosen)
    surely_closed = not reachable or chosen[0].opening.state == "closed"
    return (line, *kept) if surely_closed else (*kept, line)


def _with_line(ordered, line_behind, *, callable_first):
    """The best doors but for one place, and the line for that place or None.

    What this reader found unsafe makes room for the line.
    """
    most = ranking.MOST_OPTIONS - 1
    kept = ranking.best_of_each_organization(ordered, most, callable_first=callable_first)
    line = line_behind(kept)
    if line is not None:
        kept = [door for door in kept if not ranking.found_unsafe(door)]
    return kept, line


def _plan_a_fits(order, chosen):
    """Whether the first door can be called, and is not made for others while a later one fits."""
    if not chosen or not chosen[0].listing.can_be_contacted:
        return False
    return not ranking.asks_whether_it_fits(chosen[0]) or all(
        map(ranking.asks_whether_it_fits, chosen)
    )


def _somebody_answers(order, chosen):
    """Whether one of these doors will do: open where that is the point, else open in time.

    One that has turned somebody away lately is not sure to.
    """
    likely = [door for door in chosen if not ranking.turned_away(door)]
    if order.need == ranking.ANSWERED_AT_ONCE and not order.presses:
        return any(door.opening.state == "open" for door in likely)
    return not order.presses or any(
        door.listing.can_be_contacted and order.in_time(door) is True for door in likely
    )


def _fallback_line(order, chain, first_doors, doors_of, kept):
    """The first door down the chain that can be called; where somebody must answer, one that will.

    It comes from an organisation not yet among the options. The emergency number is the last; in
    an alarm it comes before a line that has turned somebody away.
    """
    taken = {door.listing.organization for door in kept}
    orders = [
        dataclasses.replace(order, need=need, first_doors=first_doors.get(need, ()))
        for need in chain
    ]
    usable = [
        door
        for behind in orders
        for door in ranking.ranked(doors_of(behind.need).lines(behind), behind)
        if door.listing.can_be_contacted and door.listing.organization not in taken
    ]
    likely = [door for door in usable if not ranking.turned_away(door)]
    tries = [
        *_by_answer(order, _quiet(likely), likely if order.is_alarm else _quiet(likely)),
        *_by_answer(order, _quiet(usable), usable),
    ]
    return next((door for doors in tries for door in doors), None)


def _quiet(doors):
    """Those that are no alarm."""
    return [door for door in doors if "emergency" not in door.listing.needs]


def _by_answer(order, quiet, usable):
    """Lists of doors to try in turn: open, open in time, the alarm where there is one, the rest.

    Where nobody need answer now, the best first.
    """
    if not order.open_first:
        return [quiet, usable]
    is_open = [door for door in quiet if door.opening.state == "open"]
    in_time = [door for door in quiet if order.in_time(door) is True]
    alarm = [door for door in usable if door.opening.state == "open"]
    return (
        [is_open, in_time, alarm, quiet, usable]
        if order.is_alarm
        else [is_open, in_time, quiet, usable]
    )
