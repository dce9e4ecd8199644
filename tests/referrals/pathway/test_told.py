"""What somebody met at a door moves the next one up, hides nothing, and leaves no step empty."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.pathway.facts import parse_facts
from referrals.pathway.plan import make_plan
from services.hours import opening
from tests.referrals.pathway.builders import (
    NIGHT,
    NOON,
    base_pathway,
    emergency_line,
    listing,
    slugs,
    step,
)

FIRST = listing("a-house", "shelter", opening_hours="24/7")
SECOND = listing("b-house", "shelter", opening_hours="24/7")
THIRD = listing("c-house", "shelter", opening_hours="24/7")
HELPLINE = listing("helpline", "helpline", opening_hours="24/7")
OTHER_LINE = listing("other-line", "helpline", opening_hours="24/7")
BY_DAY = listing("by-day", "shelter", opening_hours="Mo-Fr 09:00-17:00")
PATHWAY = base_pathway()
TURNED_AWAY = ["no-answer", "full", "refused"]


def told(kind="full", counts=True):
    return SimpleNamespace(kind=kind, counts=counts)


def plan(listings, said, at=NOON, **facts):
    return make_plan(
        PATHWAY,
        parse_facts({"wants": ["shelter"], **facts}),
        [*listings, emergency_line()],
        at,
        lambda entry: opening(entry.hours, at, entry.timezone, entry.country),
        told={f"id-{slug}": one for slug, one in said.items()},
    )


def shelter(listings, said, at=NOON, **facts):
    return step(plan(listings, said, at, **facts), "shelter")


@pytest.mark.parametrize("kind", TURNED_AWAY)
def test_plan_b_moves_up(kind):
    doors = [FIRST, SECOND, THIRD]
    assert slugs(shelter(doors, {})) == ["a-house", "b-house", "c-house"]
    found = shelter(doors, {"a-house": told(kind)})
    assert slugs(found) == ["b-house", "c-house", "a-house"]
    assert not found.fallback
    assert found.options[2].told.kind == kind


@pytest.mark.parametrize("said", [told("full", counts=False), told("connected")])
def test_what_does_not_count_moves_nothing(said):
    found = shelter([FIRST, SECOND], {"a-house": said})
    assert slugs(found) == ["a-house", "b-house"]
    assert found.options[0].told is said


def test_a_door_that_opens_in_time_comes_before_one_that_was_full():
    found = shelter([FIRST, BY_DAY], {"a-house": told()}, NIGHT)
    assert slugs(found)[0] == "by-day"


def test_a_full_house_that_fits_comes_before_one_made_for_others():
    for_others = listing("b-others", "shelter", opening_hours="24/7", groups=["lgbtqi"])
    found = shelter([FIRST, for_others], {"a-house": told()}, age="adult")
    assert slugs(found) == ["a-house", "b-others"]


def test_with_every_house_full_the_line_behind_leads_and_nothing_is_hidden():
    said = {"a-house": told(), "b-house": told("no-answer")}
    found = shelter([FIRST, SECOND, HELPLINE], said)
    assert slugs(found) == ["helpline", "a-house", "b-house"]
    assert found.fallback


def test_a_line_that_did_not_answer_gives_way_to_another():
    said = {"a-house": told(), "helpline": told("no-answer")}
    found = shelter([FIRST, HELPLINE, OTHER_LINE], said)
    assert slugs(found) == ["other-line", "a-house"]


def test_with_the_line_tried_too_the_doors_themselves_stay_first():
    said = {"a-house": told(), "helpline": told("no-answer")}
    found = shelter([FIRST, HELPLINE], said)
    assert slugs(found) == ["a-house", "helpline"]
    # Nobody rings the emergency number because a house is full.
    assert "112" not in slugs(found)


def test_in_an_alarm_the_emergency_number_comes_before_a_line_that_did_not_answer():
    said = {"a-house": told(), "helpline": told("no-answer")}
    assert slugs(shelter([FIRST, HELPLINE], said, danger="now"))[0] == "112"


def test_a_pressing_need_whose_open_house_is_full_gets_the_line_too():
    unknown = listing("unknown", "shelter")
    assert slugs(shelter([FIRST, unknown, HELPLINE], {}, NIGHT, danger="soon")) == [
        "a-house",
        "unknown",
    ]
    found = shelter([FIRST, unknown, HELPLINE], {"a-house": told()}, NIGHT, danger="soon")
    assert slugs(found) == ["unknown", "a-house", "helpline"]


def test_what_this_reader_found_unsafe_is_gone_while_another_door_can_be_called():
    said = {"a-house": told("unsafe")}
    assert slugs(shelter([FIRST, SECOND], said)) == ["b-house"]
    assert slugs(shelter([FIRST, HELPLINE], said)) == ["helpline"]


def test_nothing_is_told_of_an_alarm_line():
    found = step(plan([FIRST], {"112": told("no-answer")}, danger="now"), "emergency")
    assert slugs(found) == ["112"]
    assert found.options[0].told is None


DOORS = [FIRST, SECOND, BY_DAY, HELPLINE, OTHER_LINE, listing("post", "shelter", phone=False)]
DOORS += [listing("clinic", "rape-care", "evidence", opening_hours="24/7")]


@settings(deadline=None)
@given(
    said=st.dictionaries(
        st.sampled_from([*(door.slug for door in DOORS), "112"]),
        st.builds(told, st.sampled_from([*TURNED_AWAY, "unsafe", "connected"]), st.booleans()),
    ),
    everything=st.booleans(),
    at=st.sampled_from([NOON, NIGHT]),
    facts=st.fixed_dictionaries(
        {},
        optional={
            "danger": st.sampled_from(["now", "soon", "no"]),
            "consent": st.sampled_from(["yes", "no"]),
            "gender": st.sampled_from(["woman", "man", "trans-woman"]),
            "concerns": st.just(["sexual-violence"]),
            "wants": st.just(["shelter", "helpline", "psychosocial", "legal-advice"]),
        },
    ),
)
def test_no_step_is_ever_empty_whatever_is_told(said, everything, at, facts):
    if everything:
        said = dict.fromkeys([*(door.slug for door in DOORS), "112"], told("no-answer"))
    found = plan(DOORS, said, at, **facts)
    quiet = plan(DOORS, {}, at, **facts)
    assert [one.need for one in found.steps] == [one.need for one in quiet.steps]
    for one in found.steps:
        assert 1 <= len(one.options) <= 3
        assert one.options[0].listing.can_be_contacted
        organizations = [door.listing.organization for door in one.options]
        assert len(set(organizations)) == len(organizations)
        if one.need == "emergency":
            assert slugs(one) == slugs(step(quiet, "emergency"))


def test_what_strangers_say_leaves_the_order_as_it_was():
    facts = {"danger": "soon", "concerns": ["sexual-violence"]}
    nothing = plan(DOORS, {}, NIGHT, **facts)
    strangers = dict.fromkeys([door.slug for door in DOORS], told("full", counts=False))
    with_them = plan(DOORS, strangers, NIGHT, **facts)
    assert list(map(slugs, with_them.steps)) == list(map(slugs, nothing.steps))
