"""Each cell of the matrix says what matching every listing by hand would say, and plans agree."""

import dataclasses
import functools
import random

import pytest

from referrals.coverage.matrix import (
    ALARM_NEEDS,
    ASKS,
    EXCLUDES,
    NOTHING,
    SERVED,
    STALE,
    STATES,
    Cell,
    Matrix,
)
from referrals.coverage.people import BY_CODE, STATUSES
from referrals.pathway.facts import NEEDS
from referrals.pathway.matching import TAKES, fit
from referrals.pathway.plan import make_plan
from referrals.pathway.ranking import is_alarm_line, specialised_in
from services.listing import CriterionStance, Trust
from tests.referrals.coverage.towns import MOMENTS, NEXT_YEAR, opening_at, town
from tests.referrals.pathway.builders import base_pathway, emergency_line, listing

LANGUAGES = ("fr", "ar", "uk")
TOWNS = (11, 12, 13)


def state(*listings, need="shelter", person="woman", hour="night", status="documented", tag="fr"):
    """The state of one cell of a town of these listings."""
    cell = Cell(need, person, hour, status, tag)
    return Matrix(listings, MOMENTS, LANGUAGES).state(cell)


def shelter(slug="house", **fields):
    """A shelter that takes every woman, in French, day and night."""
    return listing(
        slug,
        *fields.pop("needs", ("shelter",)),
        criteria=fields.pop("criteria", {"women": "takes"}),
        **{"opening_hours": "24/7", "languages": ("fr",)} | fields,
    )


def test_a_door_that_is_open_and_takes_the_person_serves_them():
    assert state(shelter()) == SERVED


ASKING = {
    "of the person": ({"criteria": {"women": "asks-first"}}, {}),
    "because of the status": ({}, {"status": "undocumented"}),
    "because of children": ({}, {"person": "mother"}),
    "for an interpreter": ({}, {"tag": "ar"}),
    "as nobody knows when it is open": ({"opening_hours": ""}, {}),
    "as it is there for something else": ({"needs": ("shelter", "trafficking")}, {}),
}


@pytest.mark.parametrize(("door", "cell"), ASKING.values(), ids=ASKING.keys())
def test_a_door_that_may_take_the_person_asks_first(door, cell):
    assert state(shelter(**door), **cell) == ASKS


@pytest.mark.parametrize("group", ["contact", "hours", "acceptance"])
def test_a_door_confirmed_too_long_ago_is_stale(group):
    assert state(_trusted(group, "stale")) == STALE
    assert state(_trusted(group, "ageing")) == SERVED


@pytest.mark.parametrize("group", ["capacity", "rest"])
def test_what_nobody_is_called_for_makes_no_door_stale(group):
    assert state(_trusted(group, "stale")) == SERVED


def _trusted(group, trust):
    return dataclasses.replace(shelter(), trust={group: Trust(trust)})


EXCLUDING = {
    "by who they are": ({"criteria": {"women": "does-not-take"}}, {}),
    "by status": ({"criteria": {"undocumented": "does-not-take"}}, {"status": "undocumented"}),
    "by age": ({"age_min": 18}, {"person": "girl-alone"}),
    "as it is closed then": ({"opening_hours": "Mo-Fr 09:00-17:00"}, {}),
    "as it cannot be called": ({"phone": False}, {}),
    "as it is full": ({"capacity": "full", "capacity_until": NEXT_YEAR}, {}),
}


@pytest.mark.parametrize(("door", "cell"), EXCLUDING.values(), ids=EXCLUDING.keys())
def test_a_door_that_cannot_be_used_excludes(door, cell):
    assert state(shelter(**door), **cell) == EXCLUDES


def test_without_a_listing_for_the_need_there_is_nothing():
    assert state(shelter(needs=("legal-advice",))) == NOTHING
    assert state() == NOTHING


def test_the_best_door_decides():
    refuses = shelter("no", criteria={"women": "does-not-take"})
    old = _trusted("contact", "stale")
    asks = shelter("ask", criteria={"women": "asks-first"})
    assert state(refuses) == EXCLUDES
    assert state(refuses, old) == STALE
    assert state(refuses, old, asks) == ASKS
    assert state(refuses, old, asks, shelter("yes")) == SERVED


def test_an_email_is_enough_to_ask():
    assert state(shelter(phone=False, email="house@example.org")) == SERVED


def test_another_hour_is_another_cell():
    house = shelter(opening_hours="Mo-Fr 09:00-17:00")
    found = {hour: state(house, hour=hour) for hour in MOMENTS}
    assert found == {"day": SERVED, "evening": EXCLUDES, "night": EXCLUDES, "sunday": EXCLUDES}


def test_emergency_lines_lose_no_time_over_questions():
    line = listing("night-ear", "mental-health-crisis", "emergency", opening_hours="24/7")
    assert state(line, need="mental-health-crisis", tag="uk", status="undocumented") == SERVED
    quiet = listing("night-ear", "mental-health-crisis", opening_hours="24/7")
    assert state(quiet, need="mental-health-crisis", tag="uk") == ASKS


def test_the_emergency_number_serves_an_alarm_alone():
    alarm = listing(
        "112", "emergency", "shelter", opening_hours="24/7", reach="national", languages=("fr",)
    )
    assert state(alarm, need="emergency") == SERVED
    assert state(alarm, need="shelter") == ASKS


def test_a_guardian_is_no_specialist_in_something_else_for_a_child_alone():
    guard = shelter(needs=("shelter", "guardianship"), criteria={"minors": "takes"})
    assert state(guard, person="girl-alone") == SERVED
    assert state(guard, person="woman") == ASKS


def by_hand(listings, cell):
    """Kind -> slugs of the listings of a cell, by asking each listing about the person."""
    moment = MOMENTS[cell.hour]
    found = {kind: set() for kind in STATES[:4]}
    for one in listings:
        if cell.need in one.needs:
            found[_kind(one, cell, moment)].add(one.slug)
    return found


def _kind(one, cell, moment):
    facts = cell.facts(moment)
    fits = fit(one, facts, cell.need)
    opening = opening_at(moment)(one)
    if not fits.possible or not one.can_be_contacted or opening.state == "closed":
        return EXCLUDES
    if any(trust.state == "stale" for trust in one.trust.values()):
        return STALE
    wanted = {cell.need, *(["guardianship"] if facts.is_unaccompanied_minor else [])}
    elsewhere = specialised_in(one) and not specialised_in(one) & wanted
    alarm = is_alarm_line(one) and cell.need not in ALARM_NEEDS
    sure = fits.match == TAKES and opening.state == "open" and not elsewhere and not alarm
    return SERVED if sure else ASKS


@pytest.mark.parametrize("number", TOWNS)
def test_every_cell_is_what_its_listings_say_one_by_one(number):
    listings = town(number)
    matrix = Matrix(listings, MOMENTS, LANGUAGES)
    wrong = []
    for cell, told in zip(matrix.cells, matrix.states, strict=True):
        expected = by_hand(listings, cell)
        tally = matrix.tally(cell)._asdict()
        found = {kind: _slugs(matrix, mask) for kind, mask in tally.items()}
        best = next((kind for kind in STATES[:4] if expected[kind]), NOTHING)
        if found != expected or told != best:
            wrong.append((cell, found, expected))
    assert wrong == []


def _slugs(matrix, mask):
    return {one.slug for n, one in enumerate(matrix.masks.listings) if mask >> n & 1}


def test_the_invented_towns_hold_every_state():
    matrices = [Matrix(town(number), MOMENTS, LANGUAGES) for number in TOWNS]
    assert {told for matrix in matrices for told in matrix.states} == {*STATES}


@pytest.mark.parametrize("number", TOWNS)
def test_plans_agree_with_the_matrix(number):
    """Who is served gets a door of their own that may be open; who is excluded gets none that is."""
    listings = town(number)
    matrix = Matrix(listings, MOMENTS, LANGUAGES)
    cells = random.Random(number).sample(list(matrix.cells), 400)
    looked_at = set()
    for cell in cells:
        step = _step(listings, cell)
        if step is None:
            continue
        looked_at.add(told := matrix.state(cell))
        own = [door for door in step.options if door.from_need == cell.need]
        if told == SERVED:
            assert not step.fallback, cell
            assert any(door.opening.state != "closed" for door in own), cell
        if told in (EXCLUDES, NOTHING):
            usable = [d for d in own if d.listing.can_be_contacted and d.opening.state != "closed"]
            assert usable == [], cell
        if told == NOTHING:
            assert step.fallback, cell
    assert looked_at >= {SERVED, EXCLUDES, NOTHING}


pathway = functools.cache(base_pathway)


def _step(listings, cell):
    """The step of a plan for somebody of this cell who asks for its need."""
    moment = MOMENTS[cell.hour]
    facts = cell.facts(moment).with_facts(wants=(cell.need,))
    plan = make_plan(pathway(), facts, listings, moment, opening_at(moment))
    return next((step for step in plan.steps if step.need == cell.need), None)


def test_all_axes_are_combined():
    matrix = Matrix([emergency_line()], MOMENTS, LANGUAGES)
    cells = list(matrix.cells)
    assert len(cells) == len(set(cells)) == len(matrix.states)
    assert len(cells) == len(NEEDS) * len(BY_CODE) * len(MOMENTS) * len(STATUSES) * len(LANGUAGES)


@pytest.mark.parametrize("axis", Cell._fields)
def test_counts_of_an_axis_are_those_of_its_cells(axis):
    matrix = Matrix(town(11), MOMENTS, LANGUAGES)
    counts = matrix.counts(axis)
    assert sum(sum(found.values()) for found in counts.values()) == len(matrix.states)
    value = next(iter(counts))
    place = Cell._fields.index(axis)
    states = [
        s for cell, s in zip(matrix.cells, matrix.states, strict=True) if cell[place] == value
    ]
    assert counts[value] == {one: states.count(one) for one in STATES if one in states}


def test_a_listing_left_out_counts_for_nothing():
    matrix = Matrix([shelter("first"), shelter("second")], MOMENTS, LANGUAGES)
    cell = Cell("shelter", "woman", "night", "documented", "fr")
    first = 1 << matrix.masks.number_of("first")
    assert matrix.tally(cell, first).state == SERVED
    assert matrix.tally(cell, 0b11).state == NOTHING
    assert matrix.masks.number_of("third") is None


def test_sons_beyond_the_limit_exclude_a_mother():
    criteria = {"with-children": CriterionStance("takes", limit=8)}
    house = dataclasses.replace(shelter(), criteria=shelter().criteria | criteria)
    assert state(house, person="mother") == EXCLUDES
    assert state(house, person="woman") == SERVED
