"""Which answer explains which difference: found by walking again with one answer put right."""

import subprocess
import sys

import pytest

from learning.practice import city
from learning.practice.comparing import compare, differences

pytestmark = pytest.mark.any_database


def case_of(code):
    return city.all_cases()[code]


def compared(code, changed=None, *, without=(), unfinished=None):
    """The comparison for the reviewed answers with some changed, left out, or not reached yet."""
    case = case_of(code)
    course = city.course(case)
    given = {
        question.id: course.walk(course.answers_of(case.facts)).answer_to(question)
        for question in course.walk(course.answers_of(case.facts)).asked
    }
    given |= changed or {}
    ids = [question.id for question in course.pathway.questions]
    kept = ids[: ids.index(unfinished)] if unfinished else ids
    answers = {k: v for k, v in given.items() if k in kept and k not in without}
    return compare(course, answers, case.facts)


def keys(found):
    return {(each.kind, each.subject) for each in found}


def explained(made):
    return {row.question.id: keys(row.explains) for row in made.answers}


def test_the_reviewed_answers_give_the_reviewed_plan():
    made = compared("a-scarf-indoors")
    assert made.is_same
    assert made.answers == ()
    assert not any(step.kinds for step in (*made.mine, *made.reviewed))


def test_one_wrong_answer_explains_all_that_differs():
    made = compared("a-scarf-indoors", {"signs": {}})
    assert keys(made.differences) == {
        ("missing", "urgent-medical"),
        ("notice-missing", "strangulation-red-flag"),
    }
    assert explained(made) == {"signs": keys(made.differences)}
    assert made.together == ()


def test_two_wrong_answers_explain_each_their_own():
    made = compared("a-scarf-indoors", {"signs": {}, "who": {"gender": "woman"}})
    rows = explained(made)
    assert ("missing", "urgent-medical") in rows["signs"]
    assert ("missing", "lgbtqi-support") in rows["who"]
    assert ("missing", "urgent-medical") not in rows["who"]
    assert set().union(*rows.values()) == keys(made.differences)


def test_what_either_of_two_wrong_answers_would_do_is_said_of_both():
    """An adult is asked about no guardian: the age alone is wrong, and brings the question with it."""
    made = compared("no-birthday", {"age": {"age": "adult"}, "consent": {"consent": "no"}})
    rows = explained(made)
    assert ("missing", "guardianship") in rows["age"]
    assert ("missing", "disclosure") in rows["consent"]
    assert "alone" not in rows


def test_a_question_asked_only_because_of_a_wrong_answer_is_not_held_against_anybody():
    made = compared("the-cough", {"age": {"age": "16-17"}, "alone": {"unaccompanied": True}})
    assert set(explained(made)) == {"age"}
    assert ("extra", "guardianship") in explained(made)["age"]
    assert ("extra", "child-protection") in explained(made)["age"]


def test_an_answer_left_out_counts_as_not_answered():
    made = compared("the-cough", without=("language",), unfinished="signs")
    row = next(row for row in made.answers if row.question.id == "signs")
    assert not row.is_answered
    assert ("missing", "urgent-medical") in keys(row.explains)


def test_an_answer_that_changes_nothing_says_so():
    made = compared("a-scarf-indoors", {"wishes": {}})
    (row,) = made.answers
    assert row.facts == ("prefers",)
    assert row.explains == ()
    assert made.is_same


def test_only_the_facts_that_differ_are_named():
    made = compared("four-coats", {"who": {"gender": "woman", "children": 1}})
    (row,) = made.answers
    assert row.facts == ("children",)


def test_the_order_of_a_list_is_no_difference():
    said = case_of("the-school-bag").facts["concerns"]
    made = compared("the-school-bag", {"what": {"concerns": said[::-1]}})
    assert made.answers == ()


def test_urgency_time_and_first_door_are_told_apart():
    assert ("urgency", "violence-support") in keys(
        compared("a-scarf-indoors", {"danger": {"danger": "no"}}).differences
    )
    assert ("time", "rape-care") in keys(
        compared("three-in-the-morning", {"when": {"hours_since": 48}}).differences
    )
    assert ("door", "shelter") in keys(
        compared("four-coats", {"son": {"oldest_son": 12}}).differences
    )


def test_steps_out_of_order_are_found():
    plan = _plan("the-new-number")

    class Turned:
        steps = (plan.steps[1], plan.steps[0], *plan.steps[2:])
        notices = plan.notices

    assert keys(differences(Turned, plan)) in (
        {("moved", plan.steps[0].need)},
        {("moved", plan.steps[1].need)},
    )


def _plan(code):
    case = case_of(code)
    course = city.course(case)
    return course.walk(course.answers_of(case.facts)).plan


def test_every_wrong_answer_to_a_question_is_explained():
    """One answer wrong at a time: all that differs is explained by that answer."""
    case = case_of("half-past-one")
    course = city.course(case)
    walk = course.walk(course.answers_of(case.facts))
    for question in (q for q in walk.journey.asked if q.id in ("danger", "age", "consent")):
        for field in question.fields:
            for option in field.options:
                wrong = {field.fact: [option.value] if field.several else option.value}
                made = compared(case.code, {question.id: {**walk.answer_to(question), **wrong}})
                assert made.together == (), (question.id, option.value)
                assert bool(made.answers) or made.is_same


@pytest.mark.parametrize("module", ["cases", "walking", "comparing", "regression", "fitting"])
def test_what_is_plain_imports_no_django(module):
    code = f"import sys, learning.practice.{module}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
