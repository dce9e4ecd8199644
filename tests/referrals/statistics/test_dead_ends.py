"""A need without a door of its own is counted once a visit, and of nobody."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals import answers
from referrals.models import DeadEnd
from referrals.statistics import dead_ends
from services.models import Service
from tests.referrals.harbour import ADULT, give, kept, make_harbour, plan_url, walk

pytestmark = pytest.mark.django_db

#: Nobody answers about the residence status, at any hour.
NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def city():
    """The clinic is gone: care after violence falls back on another door."""
    city = make_harbour()
    Service.objects.get(official_name="Lantern Clinic").delete()
    return city


def counts():
    return {(row.need, row.group): row.count for row in DeadEnd.objects.all()}


def at_the_plan(client, given=ADULT):
    walk(client, given)
    return client.get(plan_url("harbour"))


def test_a_need_that_falls_back_is_counted_with_each_known_group(client, city):
    page = at_the_plan(client).context["page"]
    fallen = {stop.step.need for stop in page.open_stops + page.folded_stops if stop.step.fallback}
    assert "rape-care" in fallen
    assert counts() == {}
    dead_ends.flush()
    assert counts() == {(need, group): 1 for need in fallen for group in ("", "women-girls")}
    assert {row.month for row in DeadEnd.objects.all()} == {datetime.date(2026, 11, 1)}
    assert {row.city for row in DeadEnd.objects.all()} == {city}


def test_a_reload_counts_nothing_again_and_a_new_visit_does(client, city):
    at_the_plan(client)
    client.get(plan_url("harbour"))
    give(client, "danger", {"danger": "soon"})
    client.get(plan_url("harbour"))
    dead_ends.flush()
    assert counts()["rape-care", ""] == 1
    client.post(reverse("start-again", args=["harbour"]))
    at_the_plan(client)
    dead_ends.flush()
    assert counts()["rape-care", ""] == 2


def test_what_falls_back_only_after_another_answer_is_counted_then(client, city):
    at_the_plan(client)
    dead_ends.flush()
    before = counts()
    Service.objects.get(official_name="Night Ear").delete()
    client.get(plan_url("harbour"))
    dead_ends.flush()
    assert {need for need, _group in counts()} > {need for need, _group in before}
    assert all(counts()[key] == count for key, count in before.items())


def test_without_a_known_group_it_is_counted_all_the_same(client, city):
    at_the_plan(client, ADULT | {"who": {"gender": "man"}})
    dead_ends.flush()
    assert counts()["rape-care", ""] == 1
    assert {group for _need, group in counts()} == {""}


def test_a_plan_of_nobody_is_not_counted_though_it_falls_back(client, city):
    Service.objects.get(official_name="Night Ear").delete()
    page = client.get(plan_url("harbour")).context["page"]
    assert any(stop.step.fallback for stop in page.open_stops)
    dead_ends.flush()
    assert counts() == {}


def test_a_plan_without_answers_a_look_at_its_head_and_the_api_count_nothing(client, city):
    client.get(plan_url("harbour"))
    walk(client, ADULT)
    client.head(plan_url("harbour"))
    facts = {"concerns": ["sexual-violence"], "gender": "woman", "hours_since": 24}
    done = client.post(
        "/api/v1/referral-plan",
        {"city": "harbour", "facts": facts},
        content_type="application/json",
    )
    assert any(step["fallback"] for step in done.json()["steps"])
    dead_ends.flush()
    assert counts() == {}


def test_the_page_asks_the_database_nothing_more(client, city, django_assert_num_queries):
    """The first look warms what is kept in memory; with and without something to count alike."""
    at_the_plan(client)
    with CaptureQueriesContext(connection) as again:
        client.get(plan_url("harbour"))
        number = len(again)
    assert number
    client.post(reverse("start-again", args=["harbour"]))
    walk(client, ADULT)
    with django_assert_num_queries(number):
        client.get(plan_url("harbour"))


def test_once_a_minute_it_is_written_after_an_answer(client, city, monkeypatch):
    monkeypatch.setattr(dead_ends, "WRITTEN_EVERY", 0)
    at_the_plan(client)
    assert counts()["rape-care", ""] == 1


def test_the_month_is_that_of_the_writing(client, city):
    """What waits in memory over the end of a quarter changes nothing that may be published by then."""
    with time_machine.travel(datetime.datetime(2026, 9, 30, 21, 59, tzinfo=datetime.UTC)):
        at_the_plan(client)
    with time_machine.travel(datetime.datetime(2026, 9, 30, 22, 1, tzinfo=datetime.UTC)):
        dead_ends.flush()
    assert {row.month for row in DeadEnd.objects.all()} == {datetime.date(2026, 10, 1)}


def test_a_city_that_is_gone_is_not_counted(client, city):
    at_the_plan(client)
    DeadEnd.objects.all().delete()
    Service.objects.all().delete()
    city.delete()
    dead_ends.flush()
    assert counts() == {}


def test_the_device_remembers_what_it_counted_and_keeps_its_answers(client, city):
    at_the_plan(client)
    remembered = kept(client, city)
    assert remembered["what"] == ADULT["what"]

    class Request:
        COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}

    assert "rape-care" in answers.read_beside(Request, city).counted
    client.get(reverse("question", args=["harbour", "danger"]))
    assert kept(client, city) == remembered
