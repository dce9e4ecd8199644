"""The proof says of every combination of facts what planning it would have said."""

import itertools
from collections import Counter
from types import SimpleNamespace

import pytest

from referrals.coverage import dead_ends, grid
from referrals.coverage.cubes import Space
from referrals.coverage.dead_ends import FAR_LINES, NO_DOOR
from referrals.coverage.matrix import ALARM_NEEDS
from referrals.pathway import ranking
from referrals.pathway.facts import Facts
from referrals.pathway.plan import NoDoorError, clock, live_rules, make_plan, make_step, urgency_of
from referrals.pathway.rules import URGENCIES
from tests.referrals.coverage.towns import MOMENTS, opening_at, town
from tests.referrals.pathway.builders import base_pathway, listing

#: A grid small enough to plan every combination: some people, some stories, all hours.
FEW_PEOPLE = (
    ("not-said", "not-said", "not-said", "none", "yes"),
    ("under-12-alone", "woman", "undocumented", "none", "yes"),
    ("12-15", "lgbtqi-man", "documented", "none", "no"),
    ("16-17-alone", "trans-woman", "asylum-seeker", "two", "yes"),
    ("adult", "woman", "undocumented", "son-of-16", "yes"),
    ("adult", "man", "dependent-permit", "none", "yes"),
    ("adult", "lgbtqi-woman", "documented", "two", "no"),
    ("adult", "non-binary", "undocumented", "none", "yes"),
)
WHAT = (
    "nothing", "sexual-violence", "fgm-risk", "trafficking", "uses-violence",
    "partner-violence+fgm-done", "sexual-violence+trafficking", "wants-shelter", "wants-helpline",
    "wants-police-report", "wants-perpetrator-work", "wants-lgbtqi-support",
)  # fmt: skip
FEW_STORIES = {
    "what": [one for one in grid.WHAT if one[0] in WHAT],
    "danger": [one for one in grid.DANGER if one[0] != "soon"],
    "signs": [one for one in grid.SIGNS if one[0] in ("none", "suicidal")],
    "since": [one for one in grid.SINCE if one[0] in ("not-said", "days")],
}

#: The second has no line that is always open.
TOWNS = (1, 12, 25)


@pytest.fixture
def small_grid(monkeypatch):
    """A grid of which every combination can be planned, with its stories."""
    monkeypatch.setattr(grid, "PERSONS", list(FEW_PEOPLE))
    monkeypatch.setattr(grid, "FACTS", tuple(Facts(**grid.facts_of(one)) for one in FEW_PEOPLE))
    points = [(*one, hour) for hour in grid.HOURS for one in FEW_PEOPLE]
    monkeypatch.setattr(grid, "SITUATIONS", Space((*grid.PERSON_AXES, "hour"), points))
    monkeypatch.setattr(grid, "STORY_AXES", FEW_STORIES)
    return [_story(values) for values in itertools.product(*FEW_STORIES.values())]


def _story(values):
    return {fact: value for _name, facts in values for fact, value in facts.items()}


@pytest.fixture
def prove(monkeypatch):
    """A function that proves a town."""

    def proved(listings):
        monkeypatch.setattr(dead_ends.planning, "doors", lambda *_: listings)
        monkeypatch.setattr(dead_ends.planning, "pathway_for", lambda _city: base_pathway())
        monkeypatch.setattr(dead_ends, "moments_of", lambda _city: MOMENTS)
        return dead_ends.prove(SimpleNamespace())

    return proved


class Planned:
    """What every combination of the small grid ends in, found by planning each."""

    def __init__(self, listings, stories):
        self.pathway, self.listings = base_pathway(), listings
        self.numbers = Counter()  # (need, urgency, end) -> combinations
        self.situations = {}  # the same -> (person, hour) pairs
        self.having = {}  # (need, urgency) -> (person, hour) pairs that have the need
        for (place, hour), number in itertools.product(enumerate(MOMENTS), range(len(FEW_PEOPLE))):
            for story in stories:
                self._see(number, story, hour, place)

    def _see(self, number, story, hour, place):
        moment = MOMENTS[hour]
        facts = grid.example(number, story).with_facts(at=moment)
        bit = 1 << (place * len(FEW_PEOPLE) + number)
        for need, urgency, end in self.ends(facts):
            self._add(self.having, (need, urgency), bit)
            if end:
                self.numbers[need, urgency, end] += 1
                self._add(self.situations, (need, urgency, end), bit)

    def _add(self, found, key, bit):
        found[key] = found.get(key, 0) | bit

    def ends(self, facts):
        """(need, urgency, what it ends in, "" for a door of its own) of every step of a plan."""
        case = self.pathway.case(facts)
        rules = live_rules(self.pathway, case)
        needs = frozenset(rule.need for rule in rules)
        try:
            steps = make_plan(
                self.pathway, facts, self.listings, facts.at, opening_at(facts.at)
            ).steps
        except NoDoorError:
            return [self._end_alone(facts, rule, case, needs) for rule in rules]
        return [(step.need, step.urgency, self._end(step, facts, needs)) for step in steps]

    def _end_alone(self, facts, rule, case, needs):
        """The same of one step, where another of the plan may have no door at all."""
        urgency = urgency_of(self.pathway, case, rule, clock(self.pathway, case, rule)[0])
        try:
            step = make_step(
                self.pathway, facts, rule.need, self.listings, facts.at, opening_at(facts.at)
            )
        except NoDoorError:
            return rule.need, urgency, NO_DOOR
        return rule.need, urgency, self._end(step, facts, needs)

    def _end(self, step, facts, needs):
        if step.fallback:
            return step.options[0].from_need
        if not any(door.listing.can_be_contacted for door in step.options):
            return NO_DOOR
        return FAR_LINES if self._is_far(step, facts, needs) else ""

    def _is_far(self, step, facts, needs):
        """Whether whatever the plan could name of this need is a European line."""
        if step.need in ALARM_NEEDS:
            return False
        order = ranking.Step(
            facts, step.need, step.urgency, facts.at, step.hours_left, live_needs=needs
        )
        doors = ranking.doors(self.listings, step.need, facts, opening_at(facts.at))
        named = [d.listing for d in ranking.ranked(doors, order) if d.listing.can_be_contacted]
        return all(one.reach == "european" or ranking.is_alarm_line(one) for one in named)


@pytest.mark.any_database
@pytest.mark.parametrize("number", TOWNS)
def test_every_combination_is_told_as_its_plan_ends(small_grid, prove, number):
    listings = town(number, alarm=number % 3 != 0)
    planned = Planned(listings, small_grid)
    proof = prove(listings)
    told, masks = Counter(), {}
    for one in proof.dead_ends:
        key = (one.need, one.urgency, one.ends_in)
        told[key] += one.combinations
        masks[key] = masks.get(key, 0) | grid.SITUATIONS.of(one.facts)
    assert told == planned.numbers
    assert proof.situations == sum(planned.numbers.values())
    # The facts that are named are true of nobody who has the need at this urgency and a door.
    having = planned.having
    assert {key: mask & having[key[:2]] for key, mask in masks.items()} == planned.situations


def test_the_emergency_number_does_not_bring_a_far_line_near(small_grid, prove):
    """In calm the number of the country is no door for what it is filed under besides."""
    europe = listing("europe", "lgbtqi-support", opening_hours="24/7", reach="european")
    alarm = listing("112", "emergency", "lgbtqi-support", opening_hours="24/7", reach="national")
    planned = Planned((europe, alarm), small_grid)
    told = Counter()
    for one in prove((europe, alarm)).dead_ends:
        told[one.need, one.urgency, one.ends_in] += one.combinations
    assert told == planned.numbers
    assert told["lgbtqi-support", "soon", FAR_LINES]


@pytest.mark.any_database
@pytest.mark.parametrize("number", TOWNS)
def test_each_example_ends_as_it_is_told(small_grid, prove, number):
    listings = town(number, alarm=number % 3 != 0)
    planned = Planned(listings, [])
    for one in prove(listings).dead_ends:
        person, story, place = one.example
        facts = grid.example(person, story).with_facts(at=list(MOMENTS.values())[place])
        assert (one.need, one.urgency, one.ends_in) in planned.ends(facts)


@pytest.mark.any_database
@pytest.mark.parametrize("number", TOWNS)
def test_the_worst_comes_first(small_grid, prove, number):
    told = prove(town(number, alarm=number % 3 != 0)).dead_ends
    order = [(URGENCIES.index(one.urgency), -one.combinations) for one in told]
    assert order == sorted(order)
    assert len({one.urgency for one in told}) > 1
