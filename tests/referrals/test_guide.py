"""The guide's pages: one question each, replayed from the first on every request."""

import itertools
import logging
import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from referrals import planning
from referrals.pathway.facts import UNKNOWN
from services import directory
from tests.referrals.harbour import (
    ADULT,
    CHILD_ALONE,
    MONDAY,
    give,
    kept,
    make_harbour,
    plan_url,
    question_url,
    walk,
)

pytestmark = pytest.mark.django_db
START = "/harbour/guide/"


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def harbour():
    return make_harbour()


def text_of(response):
    return response.content.decode()


def title_of(response):
    return re.search(r"<title>(.*?)</title>", text_of(response), re.S)[1]


def checked_in(response):
    """The values picked on a page, as {(name, value)}."""
    rows = re.findall(r'name="(\w+)" value="([^"]*)" id="[^"]*" checked', text_of(response))
    return set(rows)


# --- starting -----------------------------------------------------------------------------


def test_the_guide_goes_straight_to_the_first_question(client, harbour):
    response = client.get(START)
    assert response.status_code == 303
    assert response["Location"] == question_url("danger")
    assert not response.cookies


def test_reading_a_question_keeps_nothing_but_the_secret_of_the_form(client, harbour):
    assert set(client.get(question_url("danger")).cookies) == {"csrftoken"}


def test_an_unknown_city_has_no_guide(client, harbour):
    for name, arguments in (("guide", []), ("plan", []), ("question", ["danger"])):
        assert client.get(reverse(name, args=["nowhere", *arguments])).status_code == 404


def test_an_unknown_question_is_not_found(client, harbour):
    assert client.get(question_url("shoe-size")).status_code == 404


def test_answers_still_on_the_device_are_not_taken_for_the_next_person(client, harbour):
    give(client, "danger", {"danger": "now"})
    response = client.get(START)
    html = text_of(response)
    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert f'action="{reverse("start-again", args=["harbour"])}"' in html
    assert f'href="{question_url("age")}"' in html
    assert title_of(response) == "Guide – Harbour · City services guide"


# --- every question -----------------------------------------------------------------------


WITH_CHILDREN = {"what": {"wants": ["shelter"]}, "who": {"gender": "woman", "children": "2"}}


def every_question(city):
    return planning.pathway_for(city).questions


def test_every_question_opens_with_all_its_choices(client, harbour):
    seen = set()
    for person in (ADULT, CHILD_ALONE, ADULT | WITH_CHILDREN):
        walker = Client()
        asked = walk(walker, person)
        for question in every_question(harbour):
            response = walker.get(question_url(question.id))
            if response.status_code == 303:
                assert question.id not in asked
                continue
            seen.add(question.id)
            html = text_of(response)
            assert html.count("<h1") == 1
            for field in question.fields:
                for option in field.options:
                    assert f'name="{field.fact}" value="{option.key}"' in html
    assert seen == {question.id for question in every_question(harbour)}


def test_titles_number_the_question_and_say_no_more(client, harbour):
    walk(client, ADULT)
    for question in ("danger", "what", "when"):
        title = title_of(client.get(question_url(question)))
        assert re.fullmatch(r"Question \d – Harbour · City services guide", title)


def test_dont_know_can_be_said_to_every_question(client, harbour):
    walk(client, CHILD_ALONE | WITH_CHILDREN)
    for question in every_question(harbour):
        response = client.get(question_url(question.id))
        if response.status_code == 303:
            continue
        html = text_of(response)
        says_so = f'value="{UNKNOWN}"' in html or 'name="skip"' in html
        assert says_so, f"{question.id} cannot be left open"


def test_nobody_knows_anything_and_there_is_a_plan(client, harbour):
    walk(client, {})
    assert kept(client, harbour)["age"] == {}
    assert client.get(plan_url()).status_code == 200


def test_nothing_ticked_goes_on(client, harbour):
    walk(client, ADULT, until="signs")
    response = give(client, "signs", {})
    assert response.status_code == 303
    assert kept(client, harbour)["signs"] == {}


def test_dont_know_wins_over_what_is_ticked(client, harbour):
    walk(client, ADULT, until="what")
    give(client, "what", {"concerns": ["stalking"], "skip": "1"})
    assert kept(client, harbour)["what"] == {}


# --- wrong answers ------------------------------------------------------------------------

WRONG = {
    "nothing chosen": ("danger", {}),
    "an unknown choice": ("danger", {"danger": "maybe"}),
    "two at once": ("danger", {"danger": ["now", "no"]}),
    "dressed-up words": ("danger", {"danger": "no\x00"}),
    "a value of another question": ("danger", {"danger": "adult"}),
}


@pytest.mark.parametrize(("question", "given"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_refused_with_what_to_do(client, harbour, question, given):
    response = give(client, question, given)
    html = text_of(response)
    assert response.status_code == 200
    assert title_of(response).startswith("Error: ")
    target = re.search(r'<li><a href="#([\w-]+)">', html)[1]
    assert f'id="{target}"' in html
    assert "guide" not in client.cookies


def test_what_was_picked_stands_beside_what_was_wrong(client, harbour):
    walk(client, ADULT, until="what")
    response = give(client, "what", {"concerns": ["stalking", "<canary>"], "wants": ["shelter"]})
    assert title_of(response).startswith("Error: ")
    assert checked_in(response) == {("concerns", "stalking"), ("wants", "shelter")}
    assert "canary" not in text_of(response)
    assert "what" not in kept(client, harbour)


def test_a_wrong_answer_changes_nothing_that_was_said_before(client, harbour):
    walk(client, ADULT)
    before = kept(client, harbour)
    give(client, "age", {"age": "a hundred"})
    assert kept(client, harbour) == before


def test_a_form_without_its_secret_is_refused(harbour):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(question_url("danger"), {"danger": "no"}).status_code == 403
    assert strict.post(reverse("start-again", args=["harbour"])).status_code == 403


# --- the way through ----------------------------------------------------------------------


def test_an_answer_leads_on_with_a_get(client, harbour):
    response = give(client, "danger", {"danger": "no"})
    assert response.status_code == 303
    assert response["Location"] == question_url("age")


def test_a_question_opens_only_when_the_answers_lead_there(client, harbour):
    give(client, "danger", {"danger": "no"})
    response = client.get(question_url("when"))
    assert response.status_code == 303
    assert response["Location"] == question_url("age")


def test_an_answer_to_a_question_out_of_reach_is_not_taken(client, harbour):
    give(client, "danger", {"danger": "no"})
    response = client.post(question_url("when"), {"hours_since": "24"})
    assert response["Location"] == question_url("age")
    assert kept(client, harbour) == {"danger": {"danger": "no"}}


def test_only_a_child_is_asked_who_is_with_them(client, harbour):
    assert "alone" not in walk(client, ADULT)
    assert "alone" in walk(Client(), CHILD_ALONE)


def test_a_typical_case_needs_at_most_eight_answers(client, harbour):
    assert len(walk(client, ADULT)) <= 8


def test_back_leads_to_the_question_before(client, harbour):
    asked = walk(client, ADULT)
    for before, question in itertools.pairwise(asked):
        assert f'href="{question_url(before)}">Back' in text_of(client.get(question_url(question)))
    assert 'href="/harbour/">Back' in text_of(client.get(question_url(asked[0])))


def test_going_back_shows_what_was_said(client, harbour):
    walk(client, ADULT | {"age": {"age": UNKNOWN}})
    assert checked_in(client.get(question_url("what"))) == {("concerns", "sexual-violence")}
    assert checked_in(client.get(question_url("when"))) == {("hours_since", "24")}
    assert checked_in(client.get(question_url("age"))) == {("age", UNKNOWN)}


def test_a_changed_answer_asks_only_what_is_new(client, harbour):
    walk(client, ADULT)
    assert give(client, "age", {"age": "12-15"})["Location"] == question_url("alone")
    assert give(client, "alone", {"unaccompanied": "yes"})["Location"] == plan_url()
    assert kept(client, harbour)["what"] == {"concerns": ["sexual-violence"]}


def test_a_changed_answer_drops_what_no_longer_applies(client, harbour):
    walk(client, CHILD_ALONE)
    assert kept(client, harbour)["alone"] == {"unaccompanied": True}
    give(client, "age", {"age": "adult"})
    assert "alone" not in kept(client, harbour)


def test_the_plan_can_be_had_at_every_question(client, harbour):
    for question in walk(Client(), ADULT):
        walker = Client()
        walk(walker, ADULT, until=question)
        response = give(walker, question, {"then": "plan"})
        assert response.status_code == 303
        assert response["Location"] == plan_url()
        assert walker.get(plan_url()).status_code == 200
        assert question not in kept(walker, harbour)


def test_the_plan_asked_for_early_keeps_what_was_picked(client, harbour):
    walk(client, ADULT, until="what")
    give(client, "what", {"wants": ["shelter"], "then": "plan"})
    assert kept(client, harbour)["what"] == {"wants": ["shelter"]}
    assert "Quay House" in text_of(client.get(plan_url()))


def test_start_again_forgets(client, harbour):
    walk(client, ADULT)
    response = client.post(reverse("start-again", args=["harbour"]))
    assert response.status_code == 303
    assert response["Location"] == START
    assert kept(client, harbour) == {}
    assert client.get(START)["Location"] == question_url("danger")


def test_start_again_cannot_be_followed_as_a_link(client, harbour):
    walk(client, ADULT)
    before = kept(client, harbour)
    assert client.get(reverse("start-again", args=["harbour"])).status_code == 405
    assert kept(client, harbour) == before


def test_every_page_starts_the_idle_time_anew(client, harbour):
    walk(client, ADULT)
    for minutes in (25, 50, 75):
        with time_machine.travel(MONDAY.timestamp() + minutes * 60, tick=False):
            assert client.get(question_url("age")).status_code == 200
            assert kept(client, harbour)["age"] == {"age": "adult"}


GONE = "No answers are left on this device"


def asks_the_first_question(response):
    """Whether a page says that the answers are gone and takes an answer to the first question."""
    page = text_of(response)
    top = page[: page.index("<h1")]
    return (
        response.status_code == 200
        and GONE in top
        and "30 minutes without use" in top
        and 'name="danger"' in page
        and f'<form method="post" action="{question_url("danger")}"' in page
        and not checked_in(response)
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_answers_forgotten_by_time_are_said_to_be_gone(client, harbour, method):
    walk(client, ADULT, until="when")
    with time_machine.travel(MONDAY.timestamp() + 31 * 60, tick=False):
        response = getattr(client, method)(question_url("when"), {"hours_since": "24"})
        assert asks_the_first_question(response)
        assert "guide" not in response.cookies
        assert kept(client, harbour) == {}


def test_a_plan_asked_for_with_forgotten_answers_says_so_too(client, harbour):
    response = client.post(question_url("when"), {"then": "plan"})
    assert asks_the_first_question(response)


def test_with_answers_on_the_device_nothing_is_said_to_be_gone(client, harbour):
    assert GONE not in text_of(client.get(question_url("danger")))
    walk(client, ADULT, until="when")
    assert GONE not in text_of(client.get(question_url("when")))
    assert GONE not in text_of(client.post(question_url("what"), {"concerns": "nonsense"}))


def test_a_question_beside_the_plan_comes_back_to_it(client, harbour):
    walk(client, ADULT)
    response = give(client, "language", {"languages": ["fr", "ar"]})
    assert response["Location"] == plan_url()
    assert kept(client, harbour)["language"] == {"languages": ["fr", "ar"]}
    page = text_of(client.get(question_url("language")))
    assert f'href="{plan_url()}">Back' in page


def test_a_question_beside_the_plan_waits_for_the_plan(client, harbour):
    assert asks_the_first_question(client.get(question_url("language")))
    give(client, "danger", {"danger": "no"})
    assert client.get(question_url("language"))["Location"] == question_url("age")


# --- what must be known before the story --------------------------------------------------

DUTY = "Under 18: say what you must report, before the story"


def test_the_duty_to_report_stands_before_the_story(client, harbour):
    asked = walk(client, ADULT | {"age": {"age": "16-17"}}, until="what")
    assert asked.index("age") < len(asked)
    after_age = text_of(client.get(question_url("alone")))
    assert re.search(rf'notice--duty"><h2>{DUTY}</h2><p>', after_age)
    assert after_age.index(DUTY) < after_age.index("<h1")


def test_a_duty_read_once_is_folded_but_stays(client, harbour):
    walk(client, CHILD_ALONE, until="what")
    page = text_of(client.get(question_url("what")))
    assert f"<summary>{DUTY}</summary>" in page


def test_an_adult_sees_no_duty_about_children(client, harbour):
    walk(client, ADULT, until="what")
    assert DUTY not in text_of(client.get(question_url("what")))


def test_danger_stays_on_top_of_every_later_question(client, harbour):
    asked = walk(client, ADULT | {"danger": {"danger": "now"}})
    for question in asked[1:]:
        page = text_of(client.get(question_url(question)))
        top = page[: page.index("<h1")]
        assert 'href="tel:112"' in top
        assert 'href="tel:101"' in top
        assert plan_url() in top


def test_without_danger_nothing_red_stands_on_a_question(client, harbour):
    walk(client, ADULT, until="what")
    assert "notice--danger" not in text_of(client.get(question_url("what")))


def test_a_warning_sign_is_acted_on_at_once(client, harbour):
    walk(client, ADULT, until="signs")
    following = give(client, "signs", {"red_flags": ["strangulation"]})["Location"]
    page = text_of(client.get(following))
    assert "notice--danger" in page[: page.index("<h1")]


# --- nothing is kept here -----------------------------------------------------------------

SAID = {
    "what": {"concerns": ["honour-violence", "fgm-risk"]},
    "who": {"gender": "trans-man"},
    "status": {"status": "undocumented"},
}
CANARIES = ("honour-violence", "fgm-risk", "trans-man", "undocumented")


def test_no_answer_reaches_an_address_a_header_or_a_log(client, harbour, caplog):
    caplog.set_level(logging.DEBUG)
    seen = []
    following = client.get(START)["Location"]
    while following != plan_url():
        question = following.rstrip("/").split("/")[-1]
        given = (ADULT | SAID).get(question, {"skip": "1"})
        response = give(client, question, given)
        seen += [
            following,
            str(dict(response.headers)),
            response.cookies.output(),
            text_of(response),
        ]
        following = response["Location"]
    plan = client.get(plan_url())
    seen += [following, str(dict(plan.headers)), plan.cookies.output(), caplog.text]
    assert not [canary for canary in CANARIES for text in seen if canary in text]


def test_a_later_question_repeats_no_earlier_answer(client, harbour):
    walk(client, ADULT | SAID, until="status")
    assert checked_in(client.get(question_url("status"))) == set()


def test_nothing_is_written_to_the_database(client, harbour, django_assert_max_num_queries):
    walk(client, ADULT | SAID)
    assert Session.objects.count() == 0
    with django_assert_max_num_queries(6) as queries:
        give(client, "age", {"age": "adult"})
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)


def test_pages_of_the_guide_are_kept_by_no_cache(client, harbour):
    walk(client, ADULT)
    for address in (START, question_url("what"), plan_url()):
        assert client.get(address)["Cache-Control"] == "no-store"


# --- cost ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [question_url("status"), plan_url()])
def test_a_warm_page_asks_the_database_at_most_three_times(
    client, harbour, django_assert_max_num_queries, address
):
    walk(client, ADULT)
    client.get(address)
    with django_assert_max_num_queries(3):
        client.get(address)


@pytest.mark.parametrize("address", [question_url("status"), plan_url()])
def test_a_cold_page_asks_the_database_at_most_twenty_times(
    client, harbour, django_assert_max_num_queries, address
):
    walk(client, ADULT)
    directory.forget()
    planning._pathway.cache_clear()
    with django_assert_max_num_queries(20):
        client.get(address)
