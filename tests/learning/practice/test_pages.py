"""The pages of practice: the real guide on an invented city, the comparison, and paper."""

import io
import logging
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from learning.practice import city
from referrals import answers
from referrals.pathway.facts import GROUPS
from tests import factories
from tests.learning.practice.walker import (
    CODE,
    address,
    beside_the_plan,
    kept,
    reviewed,
    walk,
)
from tests.referrals import harbour

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
INDEX = "/learn/practice/"


def text_of(response):
    return response.content.decode()


def heading(response):
    return re.search(r"<h1[^>]*>(.*?)</h1>", text_of(response), re.S)[1]


def every_page(client):
    """The pages of a case that was walked, and what stands around it."""
    walk(client, reviewed())
    pages = [INDEX, "/learn/practice/print/families/"]
    pages += [address(name) for name in ("case", "print", "comparison", "plan")]
    pages += [address("question", CODE, question) for question in ("danger", "signs", "wishes")]
    return {page: client.get(page) for page in pages}


# --- the cases ----------------------------------------------------------------------------


def test_the_index_names_every_case_under_its_group(client):
    page = text_of(client.get(INDEX))
    assert page.count('class="done"') == len(city.all_cases())
    for case in city.all_cases().values():
        assert f'href="{address("case", case.code)}">{case.title}</a>' in page
    for group in GROUPS:
        assert f"/learn/practice/print/{group}/" in page


def test_a_case_shows_its_scene_and_starts_the_guide(client):
    response = client.get(address("case"))
    page = text_of(response)
    assert "Last night my husband pressed my neck with his arm" in page
    assert f'href="{address("question", CODE, "danger")}">Start</a>' in page
    assert "Bell Tower" not in page
    assert not response.cookies


def test_unknown_cases_groups_and_questions_are_not_found(client):
    for name in ("case", "print", "plan", "comparison"):
        assert client.get(address(name, "no-such-case")).status_code == 404
    assert client.post(address("start-again", "no-such-case")).status_code == 404
    assert client.get("/learn/practice/print/everybody/").status_code == 404
    assert client.get(address("question", CODE, "near")).status_code == 404


# --- the guide ----------------------------------------------------------------------------


def test_each_question_has_the_scene_within_reach(client):
    for response in walk(client, reviewed()):
        if response.status_code == 200:
            page = text_of(response)
            assert "Last night my husband pressed my neck" in page[: page.index("<h1")]


def test_the_plan_is_made_for_the_moment_of_the_scene(client):
    walk(client, reviewed("three-in-the-morning"), "three-in-the-morning")
    page = text_of(client.get(address("plan", "three-in-the-morning")))
    assert "19 November, 03:05" in page
    assert "Lantern care centre" in page
    assert "Tonight" in page or "hours left" in page


def test_every_page_says_that_nothing_is_real(client):
    for page, response in every_page(client).items():
        assert response.status_code == 200, page
        assert "Practice: nothing here is real." in text_of(response), page
        assert '<meta name="robots" content="noindex">' in text_of(response), page
        assert response["X-Robots-Tag"] == "noindex", page


def test_no_page_of_practice_has_a_number_to_call_or_a_door_to_real_services(client):
    factories.make_city("harbour", name="Harbour")
    for page, response in every_page(client).items():
        links = re.findall(r'(?:href|action)="([^"]*)"', text_of(response))
        own = [link for link in links if link.startswith("/")]
        assert not [link for link in links if link.startswith(("tel:", "mailto:", "sms:"))], page
        allowed = ("/learn/practice/", "/static/", "/language/", "/leave/", "/about/privacy/", "/")
        assert not [link for link in own if not link.startswith(allowed[:-1]) and link != "/"], page
        assert not re.search(r"/(told|refer|report|services|guide/told)/", " ".join(own)), page
        assert 'name="format-detection" content="telephone=no"' in text_of(response), page


def test_the_plan_shows_the_numbers_without_a_link(client):
    walk(client, reviewed())
    page = text_of(client.get(address("plan")))
    assert "+44 1632 960102" in page
    assert "call--off" in page
    for absent in ("What happened?", "Open the full listing", "Report a problem", "Refer them"):
        assert absent not in page


def test_a_warning_sign_shows_the_emergency_number_without_a_link(client):
    walk(client, reviewed())
    page = text_of(client.get(address("question", CODE, "who")))
    assert 'call--off"><svg' in page[: page.index("<h1")]
    assert "<bdi" in page[: page.index("<h1")]


# --- the comparison -----------------------------------------------------------------------


def test_the_reviewed_answers_lead_to_the_reviewed_plan(client):
    walk(client, reviewed())
    beside_the_plan(client, reviewed())
    response = client.get(address("comparison"))
    assert heading(response) == "Your plan is the reviewed one"
    assert "“Nothing to see” is the usual picture" in text_of(response)
    assert "no practitioner has signed it off" in text_of(response)


def test_a_wrong_answer_is_named_with_the_words_of_the_scene_and_can_be_changed(client):
    given = reviewed()
    walk(client, given | {"signs": {}})
    beside_the_plan(client, given)
    page = text_of(client.get(address("comparison")))
    assert "missing in yours" in page
    assert "In the scene: “pressed my neck with his arm”" in page
    assert "The reviewed answer: “Hands or something else around the neck”." in page
    assert "You left it open." in page
    change = address("question", CODE, "signs")
    assert f'<a href="{change}">Change this answer' in page
    changed = client.post(change, given["signs"])
    assert changed["Location"] == address("plan")
    assert heading(client.get(address("comparison"))) == "Your plan is the reviewed one"


def test_a_walk_that_was_cut_short_says_so(client):
    client.post(address("question", CODE, "danger"), {"danger": "no"})
    page = text_of(client.get(address("comparison")))
    assert "You have not answered every question" in page
    assert f'href="{address("question", CODE, "age")}">Answer the rest' in page
    assert "You did not answer this question." in page


def test_without_answers_the_comparison_leads_to_the_scene(client):
    response = client.get(address("comparison"))
    assert response.status_code == 303
    assert response["Location"] == address("case")


# --- paper --------------------------------------------------------------------------------


def test_a_case_prints_on_two_sheets(client):
    page = text_of(client.get(address("print")))
    first, second = re.findall(r'<article class="sheet.*?</article>', page, re.S)
    assert "pressed my neck with his arm" in first
    assert "Do you see or hear of any of these?" in first
    assert "Bell Tower" not in first
    assert "Bell Tower emergency department" in second
    assert "usual picture after pressure on the neck" in second
    assert "Pressure on the neck: hospital today" in second


def test_a_group_prints_two_sheets_a_case(client):
    page = text_of(client.get("/learn/practice/print/lgbtqi/"))
    cases = [case for case in city.all_cases().values() if case.group == "lgbtqi"]
    assert page.count('<article class="sheet') == 2 * len(cases)
    assert page.count("<h1") == 1


# --- nothing is kept here -----------------------------------------------------------------

CANARIES = ("strangulation", "dependent-permit", "partner-violence")


def dump():
    out = io.StringIO()
    call_command("dumpdata", stdout=out, verbosity=0)
    return out.getvalue()


def test_a_walk_leaves_nothing_on_the_server(client, caplog):
    caplog.set_level(logging.DEBUG)
    before = dump()
    responses = walk(client, reviewed())
    responses += [client.get(address("plan")), client.get(address("comparison"))]
    assert dump() == before
    assert Session.objects.count() == 0
    seen = [caplog.text, *(str(dict(r.headers)) + r.cookies.output() for r in responses)]
    seen += [response.request["PATH_INFO"] for response in responses]
    assert not [canary for canary in CANARIES for text in seen if canary in text]
    assert not [r for r in responses if r.request["QUERY_STRING"]]
    assert {r["Cache-Control"] for r in responses} == {"no-store"}


def test_only_the_cookies_of_practice_and_of_forms_are_set(client):
    walk(client, reviewed())
    assert set(client.cookies) == {"practice", "csrftoken"}


def test_practice_and_the_real_guide_keep_their_own_answers(client):
    real = harbour.make_harbour()
    harbour.walk(client, harbour.ADULT)
    before = harbour.kept(client, real)
    walk(client, reviewed())
    assert harbour.kept(client, real) == before
    assert kept(client)["signs"] == {"red_flags": ["strangulation"]}
    client.post(address("start-again"))
    assert kept(client) == {}
    assert harbour.kept(client, real) == before


def test_the_cookie_of_one_opens_nothing_for_the_other(client):
    """Not even for a city that has the name of the case."""
    walk(client, reviewed())

    class Request:
        COOKIES = {"guide": client.cookies["practice"].value}

    assert answers.read(Request, city.PracticeCity(CODE)) == {}


def test_answers_of_one_case_are_none_of_the_next(client):
    walk(client, reviewed())
    assert kept(client, "the-boss") == {}
    assert ">Start</a>" in text_of(client.get(address("case", "the-boss")))


def test_a_case_that_was_begun_can_be_gone_on_with_or_started_again(client):
    client.post(address("question", CODE, "danger"), {"danger": "no"})
    page = text_of(client.get(address("case")))
    assert f'href="{address("question", CODE, "age")}">Go on where you were' in page
    response = client.post(address("start-again"))
    assert response["Location"] == address("question", CODE, "danger")
    assert kept(client) == {}


def test_the_cookie_dies_with_the_browser_and_stays_on_this_site(client):
    client.post(address("question", CODE, "danger"), {"danger": "no"})
    cookie = client.cookies["practice"]
    assert cookie["max-age"] == cookie["expires"] == ""
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Strict"


def test_leaving_forgets_the_practice_too(client):
    walk(client, reviewed())
    left = client.get("/leave/")
    assert left.cookies["practice"].value == ""
    assert '"storage"' in left["Clear-Site-Data"]
