"""What helps now, from a question or a step, and the way back: no address says what it is about."""

import logging
import re

import pytest
from django.test import Client

from learning.models import Passage
from tests import factories
from tests.learning.passages import make_passage
from tests.test_canaries import ANSWERS, dump

pytestmark = pytest.mark.django_db

GUIDE = "/harbour/guide/"
HELP = f"{GUIDE}help/"
MOST_QUESTIONS = 15


@pytest.fixture(autouse=True)
def city():
    city = factories.make_city("harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    for code, group in (("for-all", ""), ("for-families", "families"), ("for-some", "lgbtqi")):
        make_passage(
            code,
            group=group,
            title=code,
            helps=["question:who", "need:shelter", "question:danger", "question:what"],
        )
    return city


def ask(client, what, **more):
    return client.post(HELP, {"for": what, **more})


def heading(response):
    return re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode())[1]


def answer(client, **answers):
    """Go through the guide from its first question; what is not named is skipped."""
    address = client.get(f"{GUIDE}danger/").request["PATH_INFO"]
    for _question in range(MOST_QUESTIONS):
        question = address.rstrip("/").split("/")[-1]
        if question == "plan":
            return
        said = answers.get(question) or ANSWERS.get(question, {"skip": "1"})
        address = client.post(address, said, follow=True).request["PATH_INFO"]
    raise AssertionError(address)


def test_without_answers_it_is_the_passage_for_everybody(client):
    response = ask(client, "question:danger")
    assert heading(response) == "for-all"
    assert f'href="{GUIDE}danger/"' in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert "guide" not in response.cookies


def test_the_answers_choose_the_group(client):
    answer(client, who={"gender": "man", "children": "2"})
    response = ask(client, "need:shelter:3")
    assert heading(response) == "for-families"
    assert "for-all" in response.content.decode()
    assert "for-some" not in response.content.decode()
    assert f'href="{GUIDE}plan/#step-3"' in response.content.decode()


def test_what_is_ticked_chooses_too_and_is_ticked_afterwards(client):
    client.get(f"{GUIDE}danger/")
    response = ask(client, "question:danger", danger="soon")
    assert heading(response) == "for-all"
    again = client.get(f"{GUIDE}danger/").content.decode()
    assert re.search(r'value="soon"[^>]* checked', again)
    answer(client)
    assert heading(ask(client, "question:who", gender="trans-man")) == "for-some"


def test_what_is_ticked_wrongly_or_not_at_all_changes_no_answer(client):
    answer(client)
    before = client.get(f"{GUIDE}plan/").content
    for ticked in ({}, {"danger": "purple"}, {"danger": ["now", "no"]}):
        assert ask(client, "question:danger", **ticked).status_code == 200
    said = re.compile(rb'(csrfmiddlewaretoken" value=")[^"]+')
    assert said.sub(b"", client.get(f"{GUIDE}plan/").content) == said.sub(b"", before)


@pytest.mark.parametrize(
    "what",
    ["", "question:no-such", "question:", "need:shelter", "need:shelter:x", "need:shelter:0",
     "need:boat:1", "need:shelter:²", "passage:for-all", "need::1"],
)  # fmt: skip
def test_what_no_button_asks_for_is_refused_with_a_way_on(client, what):
    response = ask(client, what)
    assert response.status_code == 400
    assert f'href="{GUIDE}danger/"' in response.content.decode()


def test_its_address_alone_leads_on_in_the_guide(client):
    """So a change of language on its page is no dead end."""
    response = client.get(HELP)
    assert (response.status_code, response["Location"]) == (303, f"{GUIDE}danger/")
    answer(client)
    assert client.get(HELP)["Location"] == f"{GUIDE}plan/"


def test_there_is_a_page_even_where_nothing_is_written(client):
    Passage.objects.all().delete()
    response = ask(client, "question:danger")
    assert response.status_code == 200
    assert "No passage could be found" in response.content.decode()
    assert f'href="{GUIDE}danger/"' in response.content.decode()


def test_every_question_and_every_step_has_its_button(client, city):
    factories.make_service(city, name="Lantern", needs=["shelter"])
    answer(client)
    questions = re.findall(rf'"{GUIDE}([a-z]+)/"', client.get(f"{GUIDE}plan/").content.decode())
    asked = set(questions) - {"plan", "help", "told", "card"}
    assert {"danger", "consent", "what", "who"} <= asked
    for question in asked:
        shown = client.get(f"{GUIDE}{question}/").content.decode()
        assert f'value="question:{question}"' in shown
    plan = client.get(f"{GUIDE}plan/").content.decode()
    steps = re.findall(r'id="step-(\d+)"', plan)
    assert len(steps) > 1
    assert re.findall(r'form="help" name="for" value="need:[a-z-]+:(\d+)"', plan) == steps


def test_nothing_of_it_is_kept_logged_or_put_in_an_address(client, caplog):
    caplog.set_level(logging.DEBUG)
    before = dump()
    answer(client)
    responses = [
        ask(client, "question:who", gender="intersex"),
        ask(client, "need:honour-violence:2"),
        ask(client, "need:boat:2"),
    ]
    assert dump() == before
    for response in responses:
        text = response.content.decode()
        for href in re.findall(r'(?:href|action|formaction)="(/[^"]*)"', text):
            assert not re.search("lgbtqi|famil|women|honour|shelter|intersex|children", href), href
        (title,) = re.findall(r"<title>(.*?)</title>", text, re.DOTALL)
        assert "for-" not in title
        cookies = " ".join(morsel.OutputString() for morsel in client.cookies.values())
        assert "intersex" not in cookies + str(response.headers)
    for value in ("intersex", "honour-violence", "boat", "question:who"):
        assert value not in caplog.text


def test_it_asks_the_database_little(client, django_assert_max_num_queries):
    answer(client)
    ask(client, "need:shelter:1")
    with django_assert_max_num_queries(5):
        ask(client, "need:shelter:1")


def test_a_form_without_its_secret_is_refused():
    assert (
        Client(enforce_csrf_checks=True).post(HELP, {"for": "question:danger"}).status_code == 403
    )
