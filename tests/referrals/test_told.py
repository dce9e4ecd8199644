"""One tap on what happened at a door: this device's plan, what others see, and what is kept of it."""

import html
import io
import json
import logging
import re

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from referrals import answers, tried
from referrals.beside import Beside
from services import directory
from services.models import City, Report, Service, Signal
from services.signals.telling import tell, tell_as_organization
from tests import factories
from tests.people import browser_of, make_person
from tests.referrals.harbour import ADULT, MONDAY, kept, make_harbour, plan_url, walk

pytestmark = pytest.mark.django_db

TOLD = "/harbour/guide/told/"
SHELTER = ADULT | {
    "what": {"wants": ["shelter"]},
    "when": {"skip": "1"},
    "status": {"status": "documented"},
}


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def harbour():
    city = make_harbour()
    for name, need in (("Attic Rooms", "shelter"), ("Boat House", "housing")):
        factories.make_service(
            city,
            name=name,
            organization=f"{name} Society",
            needs=[need],
            opening_hours="24/7",
            criteria={"women": "takes", "documented": "takes"},
        )
    return city


def later(hours):
    return time_machine.travel(MONDAY.timestamp() + hours * 3600, tick=False)


def at_plan(client):
    walk(client, SHELTER)
    return client


def doors(client, need="shelter"):
    """The names of a step's doors, plan A first."""
    return re.findall(r"<h3[^>]*>([^<]*)</h3>|<b>[ABC]</b> <a[^>]*>([^<]*)</a>", part(client, need))


def names(client, need="shelter"):
    return [large or small for large, small in doors(client, need)]


def part(client, need="shelter"):
    page = page_of(client)
    rail = page[page.index('<ol class="rail">') : page.index("</ol>")]
    found = re.search(rf'<li class="stop[^"]*" id="{need}">(.*?)(?=<li class="stop|\Z)', rail, re.S)
    return found[1]


def page_of(client):
    return html.unescape(client.get(plan_url()).content.decode())


def id_of(name):
    return str(Service.objects.get(official_name=name).pk)


def say(client, name, kind, need="shelter", **more):
    return client.post(TOLD, {"service": id_of(name), "kind": kind, "need": need, **more})


def dump():
    out = io.StringIO()
    call_command("dumpdata", stdout=out, verbosity=0)
    return out.getvalue()


# --- this device's plan -------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["no-answer", "full", "refused"])
def test_after_one_tap_plan_b_is_plan_a(client, harbour, kind):
    before = names(at_plan(client))
    answer = say(client, before[0], kind)
    # The step by its place: the name of a need has no business in a browser's history.
    assert (answer.status_code, answer.url) == (303, "/harbour/guide/plan/#step-1")
    assert names(client) == [*before[1:], before[0]]
    assert (
        f"{before[0]}"
        in re.search(r'class="notice notice--care said">\s*<p>(.*?)</p>', part(client))[1]
    )
    assert names(at_plan(Client())) == before


def test_the_tap_says_what_was_said_and_takes_it_back(client, harbour):
    before = names(at_plan(client))
    say(client, before[0], "no-answer")
    assert f"You said: no answer at {before[0]}." in part(client)
    say(client, before[0], "take-back")
    assert "You said" not in page_of(client)
    assert names(client) == before


def test_a_refusal_asks_why_and_takes_no_for_an_answer(client, harbour):
    first = names(at_plan(client))[0]
    say(client, first, "refused")
    assert "Why? You need not say." in part(client)
    say(client, first, "refused", reason="children")
    assert "Why? You" not in part(client)
    assert "Why: children who come along." in part(client)
    assert Signal.objects.get().reason == "children"


def test_connected_says_what_comes_next(client, harbour):
    walk(client, ADULT)
    before = names(client, "rape-care")
    say(client, before[0], "connected", "rape-care")
    shown = part(client, "rape-care")
    assert "Stay with the person until somebody there has taken over" in shown
    assert 'href="#step-2">Next:' in shown
    assert names(client, "rape-care") == before
    card = re.search(r'<article class="card">(.*?)</article>', shown, re.S)[1]
    assert "What happened?" not in card


def test_an_unsafe_door_leaves_this_plan_and_is_reported(client, harbour):
    first = names(at_plan(client))[0]
    say(client, first, "unsafe")
    assert first not in names(client)
    assert "The city has been told. Do not send the person there." in part(client)
    assert Report.objects.values_list("kind", "by_worker").get() == ("unsafe", False)
    assert not Signal.objects.exists()
    say(client, first, "take-back")
    assert first in names(client)
    assert Report.objects.exists()


def test_a_worker_who_finds_it_unsafe_takes_it_from_everybody(harbour):
    worker = at_plan(browser_of("worker", harbour))
    first = names(worker)[0]
    say(worker, first, "unsafe")
    assert first not in names(worker)
    assert "You said: it is not safe. The city has been told." in part(worker)
    assert first not in names(at_plan(Client()))
    say(worker, first, "take-back")
    assert "You said" not in page_of(worker)


def test_doors_tried_one_after_the_other_and_none_left(client, harbour):
    of_the_step = names(at_plan(client))
    for name in of_the_step:
        say(client, name, "full")
    line = names(client)[0]
    assert line not in of_the_step
    assert "The doors of its own did not answer, or turned somebody away" in part(client)
    for _each in range(6):
        say(client, names(client)[0], "no-answer")
    assert 1 <= len(names(client)) <= 3
    # What is about a person falls away with their answers.
    client.post(reverse("start-again", args=["harbour"]))
    assert "You said" not in page_of(at_plan(client))


def test_a_folded_step_opens_where_something_was_said(client, harbour):
    walk(client, ADULT)
    page = page_of(client)
    folded = re.findall(r'stop--folded[^"]*" id="([^"]*)">\s*<details>', page)
    need = folded[-1]
    name = names(client, need)[0]
    say(client, name, "no-answer", need)
    assert re.search(rf'stop--folded[^"]*" id="{need}">\s*<details open>', page_of(client))


def test_a_signal_without_answers_is_kept_and_asked_about(client, harbour):
    say(client, "Night Ear", "no-answer", "helpline")
    start = client.get(reverse("guide", args=["harbour"]))
    assert start.status_code == 200
    assert "The same person, or somebody else?" in start.content.decode()


def test_an_answer_changed_keeps_what_was_tried(client, harbour):
    first = names(at_plan(client))[0]
    say(client, first, "full")
    client.post(reverse("question", args=["harbour", "language"]), {"languages": ["ti"]})
    assert names(client)[-1] == first


def test_a_door_that_falls_out_of_the_three_is_named_with_what_was_told(client, harbour):
    factories.make_service(
        harbour,
        name="Hull House",
        needs=["shelter"],
        opening_hours="24/7",
        criteria={"women": "takes"},
    )
    before = names(at_plan(client))
    tell(id_of(before[0]), "full", worker=make_person("worker", harbour))
    assert before[0] not in names(client)
    told = f"{before[0]}: Full, told less than an hour ago by a worker"
    assert told in part(client).partition("passed over, and why")[2]
    over = api_step()["passed_over"]
    assert [row["reasons"][0]["code"] for row in over if row["name"] == before[0]] == ["told-full"]


# --- what others see ----------------------------------------------------------------------


def test_the_next_worker_sees_what_a_worker_said_and_the_plan_moved_on(harbour):
    first, teller = names(at_plan(Client()))[0], browser_of("worker", harbour)
    say(teller, first, "full")
    with later(2):
        for reader in (Client(), browser_of("worker", harbour)):
            at_plan(reader)
            assert names(reader)[-1] == first
            assert "Full, told 2 hours ago by a worker. Ask first whether there is room" in part(
                reader
            )
    with later(24):
        assert names(at_plan(Client()))[0] == first


def test_what_a_stranger_says_is_shown_and_moves_nobody_else(client, harbour):
    before = names(at_plan(client))
    for _time in range(30):
        say(Client(), before[0], "full")
    assert names(client) == before
    assert "Full, told less than an hour ago by somebody without an account" in part(client)
    assert Signal.objects.count() == 1


def test_a_refusal_is_a_question_for_others_and_its_reason_for_workers(client, harbour):
    before = names(at_plan(client))
    tell(id_of(before[0]), "refused", reason="children", worker=make_person("worker", harbour))
    assert names(client) == before
    assert "Turned somebody away, told less than an hour ago by a worker. Ask" in part(client)
    seen = part(at_plan(browser_of("worker", harbour)))
    assert "by a worker: children who come along. Ask" in seen


def test_that_somebody_got_through_is_shown_to_nobody(client, harbour):
    first = names(at_plan(client))[0]
    say(browser_of("worker", harbour), first, "connected")
    assert "connected" not in page_of(client).replace('value="connected"', "")
    # But the contact is confirmed, to the day; pages say so when the directory is read anew.
    directory.forget()
    assert "a worker's report" in part(client)


def test_a_worker_takes_back_what_others_were_told(harbour):
    worker = browser_of("worker", harbour)
    first = names(at_plan(worker))[0]
    say(worker, first, "full")
    assert names(at_plan(Client()))[-1] == first
    say(worker, first, "take-back")
    assert names(at_plan(Client()))[0] == first


def test_a_stranger_takes_back_the_mark_alone(client, harbour):
    first = names(at_plan(client))[0]
    say(client, first, "full")
    say(client, first, "take-back")
    assert names(client)[0] == first
    assert Signal.objects.count() == 1


@pytest.mark.parametrize("who", ["waiting", "elsewhere", "nobody"])
def test_whoever_is_not_vetted_here_is_a_stranger(harbour, who):
    elsewhere = factories.make_city("faraway", country="IT")
    browser = {
        "waiting": lambda: browser_of("worker", harbour, strong=False),
        "elsewhere": lambda: browser_of("administrator", elsewhere),
        "nobody": browser_of,
    }[who]()
    say(browser, "Attic Rooms", "full")
    assert Signal.objects.values_list("by", "worker").get() == ("anonymous", None)


def test_listings_for_vetted_workers_are_told_of_by_them_alone(client, harbour):
    Service.objects.filter(official_name="Attic Rooms").update(visibility="professional")
    City.objects.update(version=99)
    assert say(client, "Attic Rooms", "full").status_code == 404
    assert not Signal.objects.exists()
    assert say(browser_of("worker", harbour), "Attic Rooms", "full").status_code == 303
    assert Signal.objects.get().by == "worker"
    at_plan(client)
    assert "Attic Rooms" not in page_of(client)


# --- alarm lines --------------------------------------------------------------------------


def test_nothing_is_asked_or_told_of_an_alarm_line(client, harbour):
    alarm = Service.objects.get(official_name="Alarm Line")
    Service.objects.filter(pk=alarm.pk).update(reach="national")
    City.objects.update(version=99)
    walk(client, ADULT | {"danger": {"danger": "now"}})
    assert "What happened?" not in part(client, "emergency")
    assert say(client, "Alarm Line", "no-answer", "emergency").status_code == 404
    tell(alarm.pk, "no-answer", worker=make_person("worker", harbour))
    assert "No answer" not in part(client, "emergency")
    assert names(client, "emergency")[0] == "Alarm Line"


# --- forms that make no sense -------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "closed"},
        {"kind": "full\x00"},
        {"kind": "x" * 5000},
        {"service": ""},
        {"service": "quay"},
        {"service": "\x00"},
        {"service": "1" * 5000},
        {"reason": "poor", "kind": "refused"},
        {"reason": "age\x00", "kind": "refused"},
        {"need": "../"},
        {"need": "shelter\x00"},
        {"need": "a" * 5000},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing_and_shows_the_way_back(client, harbour, wrong):
    before = names(at_plan(client))
    answer = (
        say(client, before[0], **{"kind": "full"} | wrong)
        if "service" not in wrong
        else (client.post(TOLD, {"kind": "full", "need": "shelter"} | wrong))
    )
    assert answer.status_code == 400
    assert 'href="/harbour/guide/plan/"' in answer.content.decode()
    assert names(client) == before
    assert not Signal.objects.exists()


def test_a_door_of_nowhere_and_one_of_another_city_are_not_found(client, harbour):
    elsewhere = factories.make_service(factories.make_city("faraway", country="IT"))
    draft = factories.make_service(harbour, status="draft")
    for pk in (elsewhere.pk, draft.pk, "5d2b7f60-9a3c-4a51-8f0e-0c5c1e6a7b11"):
        answer = client.post(TOLD, {"service": pk, "kind": "full"})
        assert answer.status_code == 404
        assert "Back to the plan" in answer.content.decode()
        assert client.post(TOLD, {"service": pk, "kind": "take-back"}).status_code == 404
    assert not Signal.objects.exists()


def test_a_form_of_another_site_is_refused(harbour):
    browser = Client(enforce_csrf_checks=True)
    assert say(browser, "Attic Rooms", "full").status_code == 403
    assert not Signal.objects.exists()


def test_reading_the_plan_writes_nothing(client, harbour):
    first = names(at_plan(client))[0]
    say(browser_of("worker", harbour), first, "full")
    before = dump()
    page_of(client)
    assert dump() == before
    assert client.get(TOLD).status_code == 405


# --- how much is taken --------------------------------------------------------------------


def test_over_the_limit_only_the_own_plan_moves_and_the_page_says_so(harbour, settings):
    caches["requests"].clear()
    settings.SIGNALS_PER_HOUR = 1
    client = at_plan(Client(REMOTE_ADDR="192.0.2.77"))
    first, second, third = names(client)
    say(client, first, "full")
    say(client, second, "full")
    assert names(client)[0] == third
    assert "This changed your own plan only" in part(client)
    assert Signal.objects.count() == 1
    say(Client(REMOTE_ADDR="192.0.2.78"), second, "full")
    assert Signal.objects.count() == 2
    text = dump()
    assert "192.0.2" not in text
    assert "192.0.2" not in str(caches["requests"]._cache)


def test_a_worker_is_counted_wherever_they_are(harbour, settings):
    caches["requests"].clear()
    settings.SIGNALS_PER_HOUR = 1
    worker = browser_of("worker", harbour)
    say(worker, "Attic Rooms", "full", need="shelter")
    worker.defaults["REMOTE_ADDR"] = "192.0.2.9"
    say(worker, "Boat House", "full")
    assert Signal.objects.count() == 1


def test_too_many_reports_are_not_passed_on_either(client, harbour, settings):
    caches["requests"].clear()
    settings.REPORTS_PER_HOUR = 1
    first, second, _third = names(at_plan(client))
    say(client, first, "unsafe")
    say(client, second, "unsafe")
    assert not {first, second} & set(names(client))
    assert "the city has not been told" in part(client)
    assert Report.objects.count() == 1


# --- what is kept -------------------------------------------------------------------------


def test_nothing_typed_is_kept_logged_or_readable(client, harbour, caplog):
    caplog.set_level(logging.DEBUG)
    at_plan(client)
    canary = "zanzibar7"
    sent = {"name": canary, "note": canary, "service": id_of("Attic Rooms"), "need": "shelter"}
    for more in ({"kind": canary}, {"kind": "refused", "reason": canary}, {"kind": "refused"}):
        answer = client.post(TOLD, sent | more)
        assert canary not in str(answer.headers)
        assert canary not in answer.content.decode()
    assert Signal.objects.count() == 1
    assert canary not in dump()
    assert canary not in caplog.text
    cookies = " ".join(morsel.OutputString() for morsel in client.cookies.values())
    for word in (canary, "refused", "shelter", id_of("Attic Rooms")):
        assert word not in cookies
    assert id_of("Attic Rooms") not in caplog.text


def test_a_signal_holds_a_door_a_kind_and_a_time(client, harbour):
    at_plan(client)
    say(client, "Attic Rooms", "refused", reason="status")
    (row,) = Signal.objects.values()
    assert set(row) == {
        "id", "service_id", "kind", "reason", "by", "worker_id", "at", "expires_at",
    }  # fmt: skip
    assert row["worker_id"] is None


# --- the cookie ---------------------------------------------------------------------------


def response_with(given, marks):
    from django.http import HttpResponse

    response = HttpResponse()
    answers.write(response, City(slug="harbour"), given, Beside(tried=marks))
    return response


def read_back(response):
    class Request:
        COOKIES = {"guide": response.cookies["guide"].value}

    city = City(slug="harbour")
    return answers.read(Request, city), answers.read_beside(Request, city).tried


def test_the_cookie_brings_back_what_was_tried():
    marks = {"a": tried.Tried("refused", "age", "shelter", False)}
    assert read_back(response_with({}, marks)) == ({}, marks)


def test_only_the_newest_are_remembered_and_the_cookie_stays_small():
    marks = {}
    for number in range(60):
        mark = tried.Tried("no-answer", "", "mental-health-crisis")
        marks = tried.noted(marks, f"{number:036}", mark)
    assert len(marks) == tried.MOST
    large = {"what": {"wants": ["x" * 1500]}}
    response = response_with(large, marks)
    given, found = read_back(response)
    assert len(response.cookies["guide"].OutputString()) <= answers.MOST_BYTES
    assert given == large
    assert 0 < len(found) < tried.MOST
    assert list(found) == list(marks)[-len(found) :]


@pytest.mark.parametrize(
    "found",
    [None, [], "x", {"a": "full"}, {"a": ["full"]}, {"a": ["nonsense", "", "", 1]},
     {"a": ["full", "poor", "", 1]}, {"a": ["full", "", 7, 1]}],
)  # fmt: skip
def test_marks_of_another_shape_count_as_none(found):
    assert tried.unpacked(found) == {}


def test_the_harbour_cookie_still_gives_its_answers_alone(client, harbour):
    at_plan(client)
    say(client, "Attic Rooms", "full")
    assert set(kept(client, harbour)) >= {"what", "danger"}


# --- by API -------------------------------------------------------------------------------


def api_step(facts=None, need="shelter"):
    body = {"city": "harbour", "facts": {"wants": ["shelter"], "gender": "woman", **(facts or {})}}
    answer = Client().post(
        "/api/v1/referral-plan", json.dumps(body), content_type="application/json"
    )
    return next(step for step in answer.json()["steps"] if step["need"] == need)


def test_the_api_tells_it_as_something_to_ask_and_adds_no_key(harbour):
    before = api_step()
    first = before["options"][0]["name"]
    tell(id_of(first), "full", worker=make_person("worker", harbour))
    with later(2):
        after = api_step()
    assert after["options"][0]["name"] == before["options"][1]["name"]
    told = next(option for option in after["options"] if option["name"] == first)
    assert set(told) == set(before["options"][0])
    assert told["ask"][0] == {
        "code": "told-full",
        "text": "Full, told 2 hours ago by a worker. Ask first whether there is room",
    }


@pytest.mark.parametrize(
    ("kind", "code"), [("no-answer", "told-no-answer"), ("refused", "told-refused")]
)
def test_the_api_tells_every_kind(harbour, kind, code):
    first = api_step()["options"][0]
    tell_as_organization(first["service"], kind)
    options = api_step()["options"]
    assert [o["ask"][0]["code"] for o in options if o["service"] == first["service"]] == [code]


def test_the_api_says_nothing_that_strangers_said(harbour):
    before = api_step()
    tell(before["options"][0]["service"], "full")
    assert api_step() == before


def test_a_plan_for_tomorrow_knows_nothing_of_tonight(harbour):
    before = api_step({"at": "2026-11-24T20:00"})
    tell(before["options"][0]["service"], "full", worker=make_person("worker", harbour))
    assert api_step({"at": "2026-11-24T20:00"}) == before
    assert (
        api_step({"at": "2026-11-23T20:00"})["options"][-1]["service"]
        == (before["options"][0]["service"])
    )


# --- what it costs ------------------------------------------------------------------------


def test_the_plan_asks_two_more_things_while_something_is_told(
    client, harbour, django_assert_num_queries
):
    first = names(at_plan(client))[0]
    client.get(plan_url())
    with django_assert_num_queries(3):
        client.get(plan_url())
    tell(id_of(first), "full")
    with django_assert_num_queries(5):
        client.get(plan_url())
    with later(0.4):
        say(client, first, "no-answer")
        with django_assert_num_queries(5):
            client.get(plan_url())


@pytest.mark.parametrize("language", ["fr", "nl", "de", "it", "sv"])
def test_what_was_told_is_shown_in_every_language(client, harbour, language):
    first = names(at_plan(client))[0]
    tell(id_of(first), "refused", reason="age", worker=make_person("worker", harbour))
    say(client, first, "refused")
    client.cookies["language"] = language
    assert client.get(plan_url()).status_code == 200
