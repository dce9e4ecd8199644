"""One listing, one person: unknown is never a no, and a no never becomes an option."""

import datetime

import pytest

from referrals.pathway.facts import parse_facts
from referrals.pathway.matching import fit
from services.listing import CriterionStance
from tests.referrals.pathway.builders import NOON, listing


def found(entry, need="violence-support", **facts):
    return fit(entry, parse_facts(facts), need)


def codes(findings):
    return {finding.code for finding in findings}


@pytest.mark.parametrize(
    ("criteria", "facts", "match"),
    [
        ({}, {}, "takes"),
        ({"women": "takes"}, {"gender": "woman"}, "takes"),
        ({"women": "takes"}, {"gender": "man"}, "asks-first"),
        ({"men": "does-not-take"}, {"gender": "man"}, "does-not-take"),
        ({"men": "does-not-take"}, {}, "asks-first"),
        ({"men": "does-not-take"}, {"gender": "trans-man"}, "does-not-take"),
        ({"men": "does-not-take", "trans": "takes"}, {"gender": "trans-man"}, "takes"),
        ({"women": "takes"}, {"gender": "trans-woman"}, "asks-first"),
        ({"women": "takes", "trans": "does-not-take"}, {"gender": "trans-woman"}, "does-not-take"),
        ({"women": "takes"}, {"gender": "non-binary"}, "asks-first"),
        ({"women": "takes", "men": "takes", "trans": "takes"}, {"gender": "non-binary"}, "takes"),
        ({}, {"status": "undocumented"}, "asks-first"),
        ({"undocumented": "takes"}, {"status": "undocumented"}, "takes"),
        ({"undocumented": "asks-first"}, {"status": "undocumented"}, "asks-first"),
        ({"undocumented": "does-not-take"}, {"status": "undocumented"}, "does-not-take"),
        ({"undocumented": "does-not-take"}, {}, "asks-first"),
        ({"asylum-seeker": "does-not-take"}, {"status": "asylum-seeker"}, "does-not-take"),
        ({}, {"status": "documented"}, "takes"),
        ({"minors": "does-not-take"}, {"age": "16-17"}, "does-not-take"),
        ({"minors": "takes"}, {"age": "16-17"}, "takes"),
        ({}, {"age": "16-17"}, "asks-first"),
        ({}, {"age": "adult"}, "takes"),
        ({"lgbtqi": "does-not-take"}, {"groups": ["lgbtqi"]}, "does-not-take"),
        ({"step-free": "does-not-take"}, {"prefers": ["step-free"]}, "does-not-take"),
        ({}, {"prefers": ["step-free"]}, "asks-first"),
        ({"no-police-report": "does-not-take"}, {"prefers": ["no-police"]}, "does-not-take"),
    ],
)
def test_criteria_decide(criteria, facts, match):
    assert found(listing("door", "violence-support", criteria=criteria), **facts).match == match


@pytest.mark.parametrize(
    ("ages", "age", "match"),
    [
        ({"age_min": 18}, "16-17", "does-not-take"),
        ({"age_min": 18}, "adult", "takes"),
        ({"age_max": 17}, "adult", "does-not-take"),
        ({"age_max": 25}, "adult", "asks-first"),
        ({"age_min": 15}, "12-15", "asks-first"),
        ({"age_min": 13}, "under-12", "does-not-take"),
        ({"age_min": 12, "age_max": 18}, "16-17", "takes"),
        ({"for_minors_only": True}, "adult", "does-not-take"),
        ({"for_minors_only": True}, "under-12", "takes"),
        ({"for_minors_only": True}, None, "asks-first"),
        ({"age_min": 18}, None, "asks-first"),
    ],
)
def test_ages_decide(ages, age, match):
    facts = {"age": age} if age else {}
    assert found(listing("door", "violence-support", **ages), **facts).match == match


def test_a_child_alone_of_unknown_age_is_still_a_child():
    adults_only = listing("door", "violence-support", age_min=18)
    assert not found(adults_only, groups=["unaccompanied-children"]).possible


@pytest.mark.parametrize(
    ("criterion", "facts", "match"),
    [
        (CriterionStance("takes"), {"children": 2}, "takes"),
        (CriterionStance("takes", limit=12), {"children": 1, "oldest_son": 14}, "does-not-take"),
        (CriterionStance("takes", limit=12), {"children": 1, "oldest_son": 12}, "takes"),
        (CriterionStance("takes", limit=12), {"children": 1}, "asks-first"),
        (CriterionStance("does-not-take"), {"children": 1}, "does-not-take"),
        (CriterionStance("does-not-take"), {"children": 0}, "takes"),
    ],
)
def test_children_who_come_along(criterion, facts, match):
    refuge = listing("refuge", "shelter")
    refuge.criteria["with-children"] = criterion
    assert found(refuge, "shelter", **facts).match == match


def test_a_shared_language_is_a_reason_and_a_missing_one_a_question():
    speaks = listing("a", "helpline", languages=("fr", "ar"))
    silent = listing("b", "helpline")
    translated = listing("c", "helpline", interpreter="takes")
    assert "speaks" in codes(found(speaks, "helpline", languages=["ar"]).fits)
    assert "interpreter-for" in codes(found(silent, "helpline", languages=["ar"]).asks)
    assert "interpreter" in codes(found(translated, "helpline", languages=["ar"]).fits)


def test_nobody_is_asked_for_papers_before_an_emergency_call():
    line = listing("112", "emergency")
    assert found(line, "emergency", status="undocumented", languages=["ti"]).match == "takes"


def test_help_for_people_who_use_violence_is_kept_apart():
    programme = listing(
        "programme", "perpetrator-work", "psychosocial", for_people_who_use_violence=True
    )
    assert not found(programme, "psychosocial").possible
    assert found(programme, "perpetrator-work").possible


def test_a_line_for_professionals_is_no_door_for_a_person_alone():
    desk = listing("desk", "helpline", for_professionals=True)
    assert found(desk, "helpline").possible
    assert not found(desk, "helpline", consent="no").possible


def test_the_police_are_passed_over_for_somebody_who_wants_none():
    station = listing("station", "police-report", "evidence")
    assert not found(station, "evidence", prefers=["no-police"]).possible


def test_a_full_shelter_is_passed_over_while_the_statement_lasts():
    friday = NOON + datetime.timedelta(days=2)
    full = listing("full", "shelter", capacity="full", capacity_until=friday)
    today, after = NOON.isoformat(), (friday + datetime.timedelta(hours=1)).isoformat()
    assert not found(full, "shelter").possible
    assert not found(full, "shelter", at=today).possible
    assert found(full, "shelter", at=after).possible


def test_nothing_is_dropped_silently():
    refused = found(listing("door", "shelter", criteria={"men": "does-not-take"}), gender="man")
    assert codes(refused.refusals) == {"men"}


def test_who_gives_no_name_is_not_asked_for_papers():
    line = listing("line", "helpline", criteria={"anonymous": "takes"})
    assert found(line, "helpline", status="undocumented").match == "takes"


def test_nobody_asks_a_phone_line_about_steps():
    line = listing("line", "helpline", criteria={"remote": "takes"})
    assert found(line, "helpline", prefers=["step-free"]).match == "takes"


def test_a_line_for_children_is_for_every_child():
    line = listing("line", "helpline", groups=["unaccompanied-children"], for_minors_only=True)
    assert found(line, "helpline", age="12-15", unaccompanied=False).match == "takes"
