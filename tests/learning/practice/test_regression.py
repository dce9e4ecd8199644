"""Every practice case ends where it was reviewed to end; a changed rule shows which do not any more."""

import dataclasses

import pytest
from django.core.management import CommandError, call_command

from learning.practice import cases, city, fitting
from learning.practice.regression import ending, reviewed_ending
from referrals.pathway.facts import GROUPS

CASES = cases.read()
MOST_SECONDS_TO_READ = 120
pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_case_ends_where_it_was_reviewed_to_end(case):
    found = ending(case, city.course(case))
    assert found.lines() == reviewed_ending(case).lines(), "run manage.py practice_cases"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_every_fact_of_a_case_can_be_answered_on_the_way(case):
    assert fitting.unasked(case, city.course(case)) == []


def test_each_group_has_at_least_six_cases():
    for group in GROUPS:
        assert len([case for case in CASES if case.group == group]) >= 6, group


def test_the_cases_differ_in_what_makes_a_plan():
    """Night and day, danger, windows, a yes and a no: what a worker may meet stands in some case."""

    def said(fact):
        values = [case.facts.get(fact) for case in CASES]
        return {v for value in values for v in (value if isinstance(value, list) else [value])}

    assert said("danger") >= {"now", "soon", "no"}
    assert said("consent") >= {"yes", "no", "not-now", None}
    assert said("age") >= {"adult", "16-17", "12-15", None}
    assert said("status") >= {"undocumented", "dependent-permit", "asylum-seeker", "documented"}
    assert said("red_flags") >= {"strangulation", "suicidal"}
    assert said("concerns") >= {
        "sexual-violence", "partner-violence", "family-violence", "honour-violence",
        "forced-marriage", "fgm-risk", "fgm-done", "trafficking", "hate-violence", "stalking",
        "online-abuse", "past-violence", "uses-violence",
    }  # fmt: skip
    assert {True} <= {case.at.hour in (22, 23, 0, 1, 2, 3) for case in CASES}
    assert any(case.facts.get("oldest_son", 0) > 14 for case in CASES)


def test_the_city_shows_fallbacks_and_several_doors():
    plans = [_plan(case) for case in CASES]
    steps = [step for plan in plans for step in plan.steps]
    assert any(step.fallback for step in steps)
    assert any(len(step.options) == 3 for step in steps)
    assert any(step.passed_over for step in steps)


def _plan(case):
    course = city.course(case)
    return course.walk(course.answers_of(case.facts)).plan


def test_the_command_is_content_with_the_shipped_cases(capsys):
    call_command("practice_cases")
    assert f"All {len(CASES)} cases" in capsys.readouterr().out


@pytest.fixture
def changed_rule(monkeypatch):
    """A pathway in which pressure on the neck no longer asks for care within hours."""
    pathway = city.pathway()
    rules = tuple(
        dataclasses.replace(rule, urgency="soon") if rule.id == "strangulation-care" else rule
        for rule in pathway.rules
    )
    monkeypatch.setattr(city, "pathway", lambda: dataclasses.replace(pathway, rules=rules))


@pytest.mark.usefixtures("changed_rule")
def test_a_changed_rule_shows_which_cases_now_end_elsewhere(capsys):
    with pytest.raises(CommandError, match=r"^2 of \d+ end elsewhere: a-scarf-indoors, the-cough$"):
        call_command("practice_cases")
    said = capsys.readouterr().out
    assert "    -hours       urgent-medical        bell-tower-emergency" in said
    assert "    +soon        urgent-medical        bell-tower-emergency" in said
    assert '{ need = "urgent-medical", urgency = "soon", door = "bell-tower-emergency" },' in said


@pytest.mark.usefixtures("changed_rule")
def test_what_the_command_says_can_be_pasted(tmp_path, capsys, monkeypatch):
    with pytest.raises(CommandError):
        call_command("practice_cases", "the-cough")
    said = capsys.readouterr().out
    pasted = said[said.index("plan = [") :]
    text = cases.FILE.read_text(encoding="utf-8")
    start = text.index("plan = [", text.index('code = "the-cough"'))
    end = text.index("teaching", start)
    (tmp_path / "cases.toml").write_text(text[:start] + pasted + text[end:], encoding="utf-8")
    changed = {case.code: case for case in cases.read(tmp_path / "cases.toml")}["the-cough"]
    assert reviewed_ending(changed) == ending(changed, city.course(changed))


def test_one_case_can_be_asked_for_and_an_unknown_one_is_named(capsys):
    call_command("practice_cases", "the-boss")
    assert "All 1 cases" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no case “nobody”"):
        call_command("practice_cases", "nobody")


def test_a_fact_that_the_guide_does_not_ask_is_told(capsys, monkeypatch):
    case = dataclasses.replace(CASES[0], facts={**CASES[0].facts, "unaccompanied": False})
    monkeypatch.setattr(cases, "read", lambda: (case,))
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("practice_cases")
    assert "does not ask for “unaccompanied”" in capsys.readouterr().out
