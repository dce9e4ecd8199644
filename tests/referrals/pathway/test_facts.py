"""What may be said about a person, and how it is refused."""

import datetime

import pytest

from referrals.pathway.facts import READERS, FactError, Facts, parse_facts


def test_nothing_said_is_all_unknown():
    assert parse_facts({}) == Facts()


@pytest.mark.parametrize("fact", sorted(READERS))
@pytest.mark.parametrize("value", [None, "unknown"])
def test_every_fact_may_be_unknown(fact, value):
    assert parse_facts({fact: value}) == Facts()


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("danger", "maybe"),
        ("danger", 1),
        ("danger", ["now"]),
        ("age", 17),
        ("unaccompanied", "yes"),
        ("unaccompanied", 1),
        ("groups", "lgbtqi"),
        ("groups", ["everybody"]),
        ("groups", [["lgbtqi"]]),
        ("hours_since", -1),
        ("hours_since", "12"),
        ("hours_since", True),
        ("hours_since", float("nan")),
        ("hours_since", float("inf")),
        ("hours_since", 10**400),
        ("children", 10**400),
        ("near", {"latitude": 10**400, "longitude": 4}),
        ("children", 1.5),
        ("children", -1),
        ("children", 31),
        ("oldest_son", 121),
        ("languages", "en"),
        ("languages", ["not a tag"]),
        ("languages", ["en"] * 21),
        ("languages", [7]),
        ("wants", ["everything"]),
        ("near", [50, 4]),
        ("near", {"latitude": 91, "longitude": 4}),
        ("near", {"latitude": 50}),
        ("near", {"latitude": "50", "longitude": 4}),
        ("at", "tomorrow"),
        ("at", 20261122),
        ("at", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_wrong_value_names_the_fact_and_what_it_takes(fact, value):
    with pytest.raises(FactError) as refusal:
        parse_facts({fact: value})
    assert refusal.value.field.startswith(f"facts.{fact}")
    assert refusal.value.allowed


def test_an_unknown_fact_is_refused_with_the_list_of_facts():
    with pytest.raises(FactError) as refusal:
        parse_facts({"name": "somebody"})
    assert refusal.value.field == "facts.name"
    assert "danger" in refusal.value.allowed


def test_something_else_than_an_object_is_refused():
    with pytest.raises(FactError):
        parse_facts(["danger"])


def test_languages_are_kept_once_in_lower_case():
    assert parse_facts({"languages": ["AR", "ar", "fr-BE"]}).languages == ("ar", "fr-be")


def test_a_moment_keeps_its_offset():
    moment = parse_facts({"at": "2026-11-22T03:00:00+01:00"}).at
    assert moment.utcoffset() == datetime.timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "minor"),
    [
        ({"age": "16-17"}, True),
        ({"age": "adult"}, False),
        ({"age": "adult", "unaccompanied": True}, False),
        ({"unaccompanied": True}, True),
        ({"groups": ["unaccompanied-children"]}, True),
        ({}, None),
    ],
)
def test_who_is_a_minor(facts, minor):
    assert parse_facts(facts).is_minor is minor


@pytest.mark.parametrize(
    ("facts", "groups"),
    [
        ({"gender": "trans-woman"}, {"lgbtqi", "women-girls"}),
        ({"gender": "intersex"}, {"lgbtqi"}),
        ({"gender": "man"}, set()),
        ({"children": 2}, {"families"}),
        ({"age": "12-15", "unaccompanied": True}, {"unaccompanied-children"}),
        ({"age": "12-15", "unaccompanied": False, "groups": ["unaccompanied-children"]}, set()),
        ({"age": "adult", "groups": ["unaccompanied-children"]}, set()),
    ],
)
def test_groups_follow_from_other_facts(facts, groups):
    assert parse_facts(facts).all_groups == groups


@pytest.mark.parametrize(
    ("facts", "possible"),
    [
        ({}, True),
        ({"gender": "woman"}, True),
        ({"gender": "trans-man"}, True),
        ({"gender": "man"}, False),
        ({"gender": "trans-woman"}, False),
        ({"gender": "man", "pregnant_possible": True}, True),
        ({"gender": "woman", "pregnant_possible": False}, False),
        ({"age": "under-12"}, False),
    ],
)
def test_pregnancy_is_possible_unless_something_known_excludes_it(facts, possible):
    assert parse_facts(facts).pregnancy_possible is possible


def test_a_whole_number_may_be_written_with_a_point():
    """To JSON 2.0 is one: https://json-schema.org/draft/2020-12/json-schema-core, 4.2.3."""
    assert parse_facts({"children": 2.0}).children == 2
