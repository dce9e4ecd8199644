"""Each predicate reads no more than it declares; the proof of the questions rests on it."""

import dataclasses

import pytest

from referrals.pathway.facts import Facts
from referrals.pathway.predicates import PREDICATES, Case
from referrals.pathway.questions import samples

WINDOWS = (("hiv-pep", 72), ("emergency-contraception", 120), ("evidence", 168))
BASES = (
    Facts(),
    Facts(age="12-15", unaccompanied=True, gender="woman", concerns=("sexual-violence",)),
    Facts(age="adult", gender="man", hours_since=80, consent="no", languages=("ar",)),
)


def case(facts):
    return Case(facts, "BE", ("fr", "nl"), WINDOWS)


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_a_predicate_reads_only_what_it_declares(name):
    predicate = PREDICATES[name]
    others = {f.name for f in dataclasses.fields(Facts)} - predicate.reads - {"at"}
    for base in BASES:
        before = predicate.holds(case(base))
        for fact in others:
            for value in samples(fact):
                changed = base.with_facts(**{fact: value})
                assert predicate.holds(case(changed)) == before, (fact, value)


@pytest.mark.parametrize(
    ("name", "facts", "holds"),
    [
        ("danger-now", {"danger": "now"}, True),
        ("danger-now", {"danger": "soon"}, False),
        ("in-danger", {"danger": "soon"}, True),
        ("minor", {"age": "16-17"}, True),
        ("minor", {}, False),
        ("adult-or-unknown", {}, True),
        ("unaccompanied-minor", {"age": "12-15", "unaccompanied": True}, True),
        ("unaccompanied-minor", {"age": "adult", "unaccompanied": True}, False),
        ("consent-refused", {"consent": "not-now"}, True),
        ("consent-refused", {}, False),
        ("consent-not-asked", {}, True),
        ("any-violence", {"concerns": ("uses-violence",)}, False),
        ("any-violence", {"concerns": ("harassment",)}, True),
        ("home-violence", {"concerns": ("forced-marriage",)}, True),
        ("nothing-said", {}, True),
        ("nothing-said", {"wants": ("shelter",)}, False),
        ("life-threatening-sign", {"red_flags": ("breathing",)}, True),
        ("life-threatening-sign", {"red_flags": ("strangulation",)}, False),
        ("needs-interpreter", {"languages": ("ar",)}, True),
        ("needs-interpreter", {"languages": ("ar", "fr-be")}, False),
        ("needs-interpreter", {}, False),
        ("hiv-pep-open", {"hours_since": 72}, True),
        ("hiv-pep-open", {"hours_since": 72.5}, False),
        ("hiv-pep-open", {}, True),
        ("emergency-contraception-open", {"hours_since": 120}, True),
        ("emergency-contraception-open", {"hours_since": 121}, False),
        ("evidence-open", {"hours_since": 169}, False),
        ("some-window-closed", {"hours_since": 73}, True),
        ("some-window-closed", {"hours_since": 72}, False),
        ("some-window-closed", {}, False),
        ("acute", {"hours_since": 168}, True),
        ("acute", {"hours_since": 169}, False),
        ("acute", {}, True),
        ("known-recent", {}, False),
        ("pregnancy-possible", {"gender": "man"}, False),
        ("sexual-violence", {"concerns": ("sexual-violence",)}, True),
        ("sign-suicidal", {"red_flags": ("suicidal",)}, True),
        ("wants-shelter", {"wants": ("shelter",)}, True),
        ("prefers-no-police", {"prefers": ("no-police",)}, True),
        ("group-lgbtqi", {"gender": "trans-man"}, True),
        ("group-families", {"children": 1}, True),
        ("dependent-permit", {"status": "dependent-permit"}, True),
    ],
)
def test_predicates_answer(name, facts, holds):
    assert PREDICATES[name].holds(case(Facts(**facts))) is holds
