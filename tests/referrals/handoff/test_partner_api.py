"""A partner's program refers and reads what became of it: its own alone, and never a person."""

import datetime
import io
import json
import logging
import threading
import uuid

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.handoff import acts, codes, contacts, rules
from referrals.models import Outcome, Referral, ReferralEvent
from services.models import PartnerKey, Service
from tests import factories
from tests.people import make_person
from tests.referrals.handoff.desk import URL, Desk, body_for, make_door, make_referral, withdraw

CANARY = "Marzipan-4711"
KEYS = {
    "id", "code", "city", "service", "need", "group", "urgency", "language", "state", "reason",
    "due_at", "overdue", "consent_until", "created_at", "answered_at", "closed_at", "events",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return factories.make_city("harbour", name="Harbour")


@pytest.fixture
def desk(client, city):
    return Desk(client, city)


@pytest.fixture
def door(city):
    return make_door(city)


def assert_problem(response, status, field=None):
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem.get("field") == field
    return problem


# The scope.


def every_request(desk, pk):
    """One request for everything there is."""
    yield desk.ask()
    yield desk.send()
    yield desk.ask(f"/{pk}")
    yield desk.erase(pk)
    for act in ("receive", "accept", "refuse", "arrive", "miss", "close", "withdraw"):
        yield desk.send(f"/{pk}/{act}")


def test_without_a_key_nothing_is_told(client, desk, door):
    pk = make_referral(desk.key, door).pk
    desk.plain = "none"
    for answer in every_request(desk, pk):
        assert_problem(answer, 401)
    for answer in (client.get(URL), client.post(URL), client.get(f"{URL}/{pk}")):
        problem = assert_problem(answer, 401)
        assert answer["WWW-Authenticate"] == "Api-Key"
        assert "key that may refer" in problem["title"]
    assert Referral.objects.get().version == 1


@pytest.mark.parametrize("level", ["public", "professional"])
def test_a_key_without_the_scope_is_told_who_gives_it(client, city, desk, door, level):
    pk = make_referral(desk.key, door).pk
    reader = Desk(client, city, level=level, may_refer=False)
    for answer in every_request(reader, pk):
        problem = assert_problem(answer, 403)
        assert "Who runs the site" in problem["detail"]
    assert Referral.objects.get().version == 1


@pytest.mark.parametrize("ended", [{"revoked": True}, {"expiry_date": timezone.now()}])
def test_a_key_that_ended_refers_no_more(desk, city, door, ended):
    PartnerKey.objects.update(**ended)
    assert_problem(desk.send(body=body_for(door, city)), 401)


def test_requests_that_are_refused_are_counted_too(client, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    statuses = [client.get(URL).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_somebody_signed_in_without_a_key_is_nobody(client, city):
    client.force_login(make_person("administrator", city))
    assert client.get(URL).status_code == 401


# To refer.


def test_the_least_there_is(desk, city, door):
    response = desk.send(body=body_for(door, city))
    assert response.status_code == 201
    body = response.json()
    made = Referral.objects.get()
    assert set(body) == KEYS
    assert response["Location"] == f"{URL}/{made.pk}"
    assert desk.client.get(response["Location"], headers=desk.headers).json() == body
    assert (made.key, made.worker, made.city, made.service) == (desk.key, None, city, door)
    assert codes.read(body["code"]) == made.code
    assert (body["city"], body["service"], body["need"]) == ("harbour", str(door.pk), "shelter")
    assert (body["group"], body["language"], body["reason"], body["closed_at"]) == (None,) * 4
    assert (body["state"], body["urgency"], body["overdue"]) == ("sent", "24h", False)
    [event] = body["events"]
    assert event == {
        "number": 1, "act": "refer", "state": "sent", "by": "partner", "at": body["created_at"],
    }  # fmt: skip


def test_everything_there_is(desk, city, door):
    factories.make_group("families")
    body = body_for(
        door, city, group="families", language="kmr", urgency="2w", code="ACD-346",
        contact={"by": "phone", "value": "+32 2 555 01 00"},
    )  # fmt: skip
    answered = desk.send(body=body)
    made = Referral.objects.get()
    assert (made.group, made.language, made.urgency, made.code) == (
        "families", "kmr", "2w", "ACD346",
    )  # fmt: skip
    assert answered.json()["code"] == "ACD-346"
    assert contacts.read(made) == "+32 2 555 01 00"
    assert b"555 01 00" not in answered.content


@pytest.mark.parametrize(
    ("contact", "kept"),
    [
        (None, ""),
        ({"by": "none"}, ""),
        ({"by": "none", "value": None}, ""),
        ({"by": "phone", "value": "116 006"}, "116 006"),
        ({"by": "email", "value": "desk@example.org"}, "desk@example.org"),
    ],
)
def test_how_the_worker_is_reached_is_sealed_and_told_to_nobody(desk, city, door, contact, kept):
    made = desk.send(body=body_for(door, city) | {"contact": contact})
    referral = Referral.objects.get()
    assert contacts.read(referral) == kept
    assert bool(referral.sealed_contact) is bool(kept)
    for answer in (made, desk.ask(), desk.ask(f"/{referral.pk}")):
        assert "contact" not in answer.content.decode()
        assert not kept or kept.encode() not in answer.content


NOT_THERE = "5d2b7f60-9a3c-4a51-8f0e-0c5c1e6a7b11"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"city": None}, 400, "city"),
        ({"city": 7}, 400, "city"),
        ({"city": "harbour\x00"}, 400, "city"),
        ({"city": "atlantis"}, 404, "city"),
        ({"service": None}, 400, "service"),
        ({"service": "quay-house"}, 400, "service"),
        ({"service": [NOT_THERE]}, 400, "service"),
        ({"service": NOT_THERE}, 404, "service"),
        ({"need": None}, 400, "need"),
        ({"need": "legal-advice"}, 400, "need"),
        ({"need": ["shelter"]}, 400, "need"),
        ({"group": "pirates"}, 400, "group"),
        ({"group": {}}, 400, "group"),
        ({"urgency": None}, 400, "urgency"),
        ({"urgency": "now"}, 400, "urgency"),
        ({"urgency": 24}, 400, "urgency"),
        ({"language": "tlh"}, 400, "language"),
        ({"language": ["fr"]}, 400, "language"),
        ({"contact": "+32 2 555 01 00"}, 400, "contact"),
        ({"contact": {"by": "phone", "value": "112", "name": "x"}}, 400, "contact"),
        ({"contact": {}}, 400, "contact.by"),
        ({"contact": {"by": "pigeon"}}, 400, "contact.by"),
        ({"contact": {"by": ["none"]}}, 400, "contact.by"),
        ({"contact": {"by": "none", "value": "x"}}, 400, "contact.value"),
        ({"contact": {"by": "phone"}}, 400, "contact.value"),
        ({"contact": {"by": "phone", "value": 112}}, 400, "contact.value"),
        ({"contact": {"by": "phone", "value": "ask for Ada, 112"}}, 400, "contact.value"),
        ({"contact": {"by": "phone", "value": "02 555 01 00"}}, 400, "contact.value"),
        ({"contact": {"by": "email", "value": "desk"}}, 400, "contact.value"),
        ({"contact": {"by": "email", "value": '"Ada,15"@example.org'}}, 400, "contact.value"),
        ({"contact": {"by": "email", "value": "a" * 64 + "@" + "b." * 99 + "org"}}, 400, "contact.value"),
        ({"code": ""}, 400, "code"),
        ({"code": "ABC-DEF"}, 400, "code"),
        ({"code": "ACD-346" + " " * 40 + "Ada"}, 400, "code"),
        ({"code": 346346}, 400, "code"),
        ({"consent": None}, 400, "consent"),
        ({"consent": False}, 400, "consent"),
        ({"consent": "true"}, 400, "consent"),
        ({"consent": 1}, 400, "consent"),
        ({"note": "Ada is fifteen"}, 400, "body"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_and_named(desk, city, door, change, status, field):
    factories.make_need("legal-advice")
    factories.make_group("families")
    response = desk.send(body=body_for(door, city, **change))
    problem = assert_problem(response, status, field)
    assert "Ada" not in response.content.decode()
    assert problem.get("allowed") or problem.get("detail") or status == 404
    assert not Referral.objects.exists()


@pytest.mark.parametrize("body", [[], "shelter", 7, None, True])
def test_a_body_that_is_no_object_is_refused(desk, body):
    response = desk.client.post(
        URL, json.dumps(body), content_type="application/json", headers=desk.headers
    )
    assert assert_problem(response, 400, "body")["allowed"]


def test_without_a_yes_it_says_what_to_do(desk, city, door):
    problem = assert_problem(desk.send(body=body_for(door, city, consent=False)), 400, "consent")
    assert problem["allowed"] == [True]
    assert "Ask first" in problem["detail"]


def test_what_is_allowed_is_said(desk, city, door):
    allowed = {
        field: desk.send(body=body_for(door, city) | {field: "x"}).json()["allowed"]
        for field in ("need", "urgency", "city")
    }
    assert allowed == {
        "need": ["housing", "shelter"], "urgency": ["24h", "72h", "2w"], "city": ["harbour"],
    }  # fmt: skip


def test_a_key_refers_in_its_own_cities_alone(desk, door):
    elsewhere = factories.make_city("fartown", country="SE")
    other = make_door(elsewhere)
    problem = assert_problem(desk.send(body=body_for(other, elsewhere)), 403, "city")
    assert problem["allowed"] == ["harbour"]
    city = desk.key.cities.get()
    assert_problem(desk.send(body=body_for(other, city)), 404, "service")
    assert not Referral.objects.exists()


def test_what_may_not_be_known_is_as_if_it_never_was(desk, city):
    never = desk.send(body=body_for(NOT_THERE, city))
    assert_problem(never, 404, "service")
    held = make_door(city)
    Service.objects.filter(pk=held.pk).update(held=True)
    withdrawn = make_door(city)
    withdraw(withdrawn)
    draft, sealed = make_door(city, status="draft"), make_door(city, visibility="sealed")
    for service in (held, withdrawn, draft, sealed):
        answer = desk.send(body=body_for(service, city))
        assert (answer.status_code, answer.content) == (404, never.content)
    assert not Referral.objects.exists()


def test_what_the_directory_keeps_in_memory_does_not_decide(desk, city, door):
    assert desk.send(body=body_for(door, city)).status_code == 201
    Service.objects.filter(pk=door.pk).update(held=True)
    assert_problem(desk.send(body=body_for(door, city)), 404, "service")


def test_what_vetted_workers_may_see_can_be_referred_to(desk, city):
    door = make_door(city, visibility="professional")
    assert desk.send(body=body_for(door, city)).status_code == 201


def test_a_national_service_can_be_referred_to_and_the_emergency_number_cannot(desk, city):
    line = make_door(city, reach="national")
    assert desk.send(body=body_for(line, city)).status_code == 201
    alarm = make_door(city, reach="national", needs=["emergency", "shelter"])
    assert_problem(desk.send(body=body_for(alarm, city)), 400, "service")


# The same code again.


def test_the_same_code_again_says_which_it_is_to_its_own_key_alone(client, desk, city, door):
    body = body_for(door, city, code="ACD-346")
    made = desk.send(body=body).json()
    acts.receive(made["id"], "receiver")
    again = assert_problem(desk.send(body=body), 409, "code")
    assert (again["referral"], again["state"]) == (made["id"], "received")
    stranger = Desk(client, city)
    theirs = stranger.send(body=body)
    assert set(assert_problem(theirs, 409, "code")) == {"type", "status", "title", "field"}
    assert made["id"] not in theirs.content.decode()
    assert Referral.objects.count() == 1


def test_the_same_code_goes_to_another_service_and_again_once_it_is_closed(desk, city, door):
    body = body_for(door, city, code="ACD-346")
    first = desk.send(body=body).json()
    assert desk.send(body=body_for(make_door(city), city, code="ACD-346")).status_code == 201
    assert desk.send(f"/{first['id']}/withdraw").status_code == 200
    assert desk.send(body=body).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_who_refer_the_same_code_at_once_make_one_referral(desk, city, door):
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    gate, answers = threading.Barrier(4), []

    def work():
        browser = Client()
        gate.wait()
        answers.append(
            browser.post(
                URL,
                body_for(door, city, code="ACD-346"),
                content_type="application/json",
                headers=desk.headers,
            )
        )
        connection.close()

    in_threads(work, 4)
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    made = Referral.objects.get()
    assert {one.json().get("referral") for one in answers} == {None, str(made.pk)}
    assert made.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_too_late(desk, door):
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    made = make_referral(desk.key, door)
    acts.accept(made.pk, "receiver")
    gate, answers = threading.Barrier(2), []

    def work(act):
        browser = Client()
        gate.wait()
        answer = browser.post(
            f"{URL}/{made.pk}/{act}", content_type="application/json", headers=desk.headers
        )
        answers.append(answer.status_code)
        connection.close()

    in_threads(work, "close", "withdraw")
    assert sorted(answers) == [200, 409]
    assert [event.number for event in made.events.all()] == [1, 2, 3]


def in_threads(work, *arguments):
    """Run it at once: so many times, or once for each argument."""
    given = [()] * arguments[0] if isinstance(arguments[0], int) else [(one,) for one in arguments]
    threads = [threading.Thread(target=work, args=one) for one in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# To read.


def test_others_are_as_if_they_never_were(client, desk, city, door):
    stranger = Desk(client, city)
    of_a_worker = acts.refer(
        acts.Wanted(city=city, service=door, need="shelter", urgency="24h"),
        consent=True,
        worker=make_person("editor", city),
    )
    theirs = make_referral(stranger.key, door)
    never = [answer.content for answer in every_request_for_one(desk, uuid.uuid4())]
    for pk in (of_a_worker.pk, theirs.pk, CANARY, "x" * 36):
        for answer, told in zip(every_request_for_one(desk, pk), never, strict=True):
            assert_problem(answer, 404, "id")
            assert answer.content == told
    assert desk.ask().json()["total_items"] == 0
    assert stranger.ask().json()["total_items"] == 1
    assert not Referral.objects.exclude(version=1).exists()


def every_request_for_one(desk, pk):
    return list(every_request(desk, pk))[2:]


def test_a_listing_that_left_is_still_read(desk, door):
    made = make_referral(desk.key, door)
    withdraw(door)
    assert desk.ask(f"/{made.pk}").json()["service"] == str(door.pk)
    door.delete()
    assert desk.ask(f"/{made.pk}").json()["service"] is None


def test_a_worker_is_nowhere(desk, door):
    """Should a referral ever have both."""
    made = make_referral(desk.key, door)
    person = make_person("editor", desk.key.cities.get(), email=f"{CANARY}@example.org")
    Referral.objects.update(worker=person)
    for answer in (desk.ask(), desk.ask(f"/{made.pk}")):
        assert CANARY not in answer.content.decode()
        assert set(answer.json().get("contents", [answer.json()])[0]) == KEYS


def test_what_waits_too_long_is_overdue(desk, door):
    made = make_referral(desk.key, door)
    body = desk.ask(f"/{made.pk}").json()
    due = datetime.datetime.fromisoformat(body["due_at"])
    assert abs(due - made.created_at - rules.OPENED_WITHIN["24h"]) < datetime.timedelta(seconds=1)
    with time_machine.travel(due + datetime.timedelta(seconds=1)):
        assert desk.ask(f"/{made.pk}").json()["overdue"] is True
        acts.refuse(made.pk, "receiver", "full")
        again = desk.ask(f"/{made.pk}").json()
    assert (again["overdue"], again["due_at"]) == (False, None)


def test_the_list_is_narrowed_by_state_and_by_change(desk, door):
    start = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as clock:
        old = make_referral(desk.key, door)
        clock.shift(60)
        quiet = make_referral(desk.key, door)
        clock.shift(60)
        acts.accept(old.pk, "receiver")

        def found(**query):
            return [one["id"] for one in desk.ask(**query).json()["contents"]]

        assert found() == [str(quiet.pk), str(old.pk)]
        assert found(state="sent") == [str(quiet.pk)]
        assert found(changed_after="2026-12-01T12:01:00Z") == [str(old.pk)]
        assert found(changed_after="2026-12-01T12:02:00Z") == []
        assert found(changed_after="2026-11-30", state="can-take") == [str(old.pk)]


def test_the_list_comes_in_pages(desk, door):
    made = {str(make_referral(desk.key, door).pk) for _ in range(5)}
    pages = [desk.ask(per_page=2, page=number).json() for number in (1, 2, 3)]
    assert [page["size"] for page in pages] == [2, 2, 1]
    assert {one["id"] for page in pages for one in page["contents"]} == made
    assert [page["last_page"] for page in pages] == [False, False, True]


def test_unchanged_is_said_so_and_nothing_is_for_a_cache(desk, city, door):
    made = make_referral(desk.key, door)
    first = desk.ask(f"/{made.pk}")
    again = desk.client.get(
        f"{URL}/{made.pk}", headers=desk.headers | {"If-None-Match": first["ETag"]}
    )
    assert again.status_code == 304
    for answer in (first, again, desk.send(), desk.ask("/x"), *every_request(desk, made.pk)):
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": CANARY}, "state"),
        ({"changed_after": CANARY}, "changed_after"),
        ({"page": CANARY}, "page"),
        ({"lang": CANARY}, "lang"),
        ({CANARY: "x"}, "query"),
    ],
)
def test_a_parameter_that_is_not_known_is_refused_without_its_words(desk, query, field):
    answer = desk.ask(**query)
    assert_problem(answer, 400, field)
    assert CANARY not in answer.content.decode()


def test_the_queries_of_a_list_do_not_grow(desk, door):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert desk.ask().status_code == 200
        return len(seen)

    make_referral(desk.key, door)
    queries()
    few = queries()
    for _ in range(20):
        acts.accept(make_referral(desk.key, door).pk, "receiver")
    # The key, its use, the referrals, their events, how many there are.
    assert queries() == few == 5


def test_to_read_one_and_to_act_cost_few_queries(desk, city, door):
    made = make_referral(desk.key, door)
    # The directory is read once, and kept.
    desk.send(body=body_for(door, city))
    for request, most in (
        (lambda: desk.ask(f"/{made.pk}"), 4),
        (lambda: desk.send(f"/{made.pk}/receive"), 12),
        (lambda: desk.send(body=body_for(door, city)), 15),
    ):
        with CaptureQueriesContext(connection) as seen:
            assert request().status_code < 300
        assert len(seen) <= most


# To write down what was said.

PATHS = {
    "received": ["receive"],
    "can-take": ["receive", "accept"],
    "cannot": ["refuse"],
    "arrived": ["accept", "arrive"],
    "not-arrived": ["accept", "miss"],
    "closed": ["accept", "arrive", "close"],
    "recalled": ["withdraw"],
}


def do(desk, pk, act):
    return desk.send(f"/{pk}/{act}", {"reason": "full"} if act == "refuse" else {})


@pytest.mark.parametrize("state", PATHS)
def test_each_state_is_reached_and_the_second_time_changes_nothing(desk, door, state):
    pk = make_referral(desk.key, door).pk
    for act in PATHS[state]:
        answer = do(desk, pk, act)
        assert answer.status_code == 200, act
        assert set(answer.json()) == KEYS
        assert do(desk, pk, act).content == answer.content
    body = desk.ask(f"/{pk}").json()
    assert body["state"] == state
    assert body["reason"] == ("full" if state == "cannot" else None)
    assert [event["act"] for event in body["events"]] == ["refer", *PATHS[state]]
    assert {event["by"] for event in body["events"]} == {"partner"}
    assert (body["closed_at"] is None) is (state not in ("closed", "recalled"))


def test_what_no_longer_fits_says_how_it_stands(desk, door):
    pk = make_referral(desk.key, door).pk
    problem = assert_problem(do(desk, pk, "arrive"), 409, "act")
    assert (problem["referral"], problem["state"]) == (str(pk), "sent")
    do(desk, pk, "withdraw")
    for act in ("receive", "accept", "refuse", "close"):
        assert assert_problem(do(desk, pk, act), 409, "act")["state"] == "recalled"
    assert ReferralEvent.objects.count() == 2


def test_when_the_yes_has_run_out_it_is_said_and_only_the_end_is_left(desk, door):
    pk = make_referral(desk.key, door).pk
    with time_machine.travel(timezone.now() + rules.CONSENT + datetime.timedelta(seconds=1)):
        problem = assert_problem(do(desk, pk, "accept"), 409, "act")
        assert "yes has run out" in problem["title"]
        assert problem["state"] == "sent"
        assert do(desk, pk, "withdraw").status_code == 200
        late = assert_problem(do(desk, pk, "accept"), 409, "act")
    assert "yes has run out" not in late["title"]


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("refuse", {}, "reason"),
        ("refuse", {"reason": CANARY}, "reason"),
        ("refuse", {"reason": ["full"]}, "reason"),
        ("refuse", {"reason": "full", CANARY: 1}, "body"),
        ("refuse", [], "body"),
        ("accept", {"reason": "full"}, "body"),
        ("accept", {"note": CANARY}, "body"),
        ("accept", [CANARY], "body"),
    ],
)
def test_an_act_takes_no_words(desk, door, act, body, field):
    pk = make_referral(desk.key, door).pk
    answer = desk.send(f"/{pk}/{act}", body)
    problem = assert_problem(answer, 400, field)
    assert CANARY not in answer.content.decode()
    if field == "reason":
        assert problem["allowed"] == Referral.Reason.values
    assert Referral.objects.get().version == 1


def test_an_act_needs_no_body_at_all(desk, door):
    pk = make_referral(desk.key, door).pk
    assert desk.client.post(f"{URL}/{pk}/accept/", headers=desk.headers).status_code == 415
    answer = desk.client.post(f"{URL}/{pk}/accept", b"", "application/json", headers=desk.headers)
    assert answer.json()["state"] == "can-take"


def test_an_act_that_is_not_there_says_which_are(desk, door):
    pk = make_referral(desk.key, door).pk
    for act in ("refer", "erase", CANARY):
        answer = desk.send(f"/{pk}/{act}")
        assert "withdraw" in assert_problem(answer, 404, "act")["allowed"]
        assert CANARY not in answer.content.decode()


def test_methods_that_are_not_there_are_refused(desk, door):
    pk = make_referral(desk.key, door).pk
    for address in (f"{URL}/{pk}/accept", f"{URL}/{pk}/refuse"):
        refused = desk.client.get(address, headers=desk.headers)
        assert (refused.status_code, refused["Allow"]) == (405, "POST")
    assert desk.client.put(f"{URL}/{pk}", headers=desk.headers).status_code == 405


def test_what_is_erased_is_gone_and_counted(desk, door):
    pk = make_referral(desk.key, door).pk
    answer = desk.erase(pk)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Referral.objects.exists()
    assert not ReferralEvent.objects.exists()
    assert Outcome.objects.get().end == "recalled"
    assert_problem(desk.erase(pk), 404, "id")
    closed = make_referral(desk.key, door).pk
    do(desk, closed, "withdraw")
    assert desk.erase(closed).status_code == 204


def test_what_is_erased_in_the_middle_of_an_act_is_not_found(desk, door, monkeypatch):
    made = make_referral(desk.key, door)
    monkeypatch.setattr(acts, "_locked", lambda _pk: Referral.objects.get(pk=uuid.uuid4()))
    assert_problem(do(desk, made.pk, "accept"), 404, "id")
    assert_problem(desk.erase(made.pk), 404, "id")


def test_nothing_is_sent_in_an_address(desk, city, door):
    pk = make_referral(desk.key, door).pk
    query = f"?{CANARY}={CANARY}"
    for answer in (
        desk.send(query, body_for(door, city)),
        desk.send(f"/{pk}/accept{query}"),
        desk.send(f"/{pk}/refuse{query}", {"reason": "full"}),
        desk.erase(f"{pk}{query}"),
        desk.client.get(f"{URL}/{pk}{query}", headers=desk.headers),
    ):
        assert_problem(answer, 400, "query")
        assert CANARY not in answer.content.decode()
    assert Referral.objects.get().version == 1


# Canaries.


@pytest.fixture
def log(monkeypatch):
    """What the site's own handlers write, down to the least."""
    stream = io.StringIO()
    console = next(h for h in logging.getLogger().handlers if h.name == "console")
    monkeypatch.setattr(console, "stream", stream)
    for name in ("", "django", "django.request", "django.server"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    return stream


def dump():
    """The whole database as text."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out, verbosity=0)
    return out.getvalue()


def everything_with_a_canary(desk, city, door):
    """Requests with a canary in every place where something can stand."""
    pk = make_referral(desk.key, door).pk
    for body in bodies_with_a_canary(body_for(door, city)):
        yield desk.send(body=body)
        yield desk.send(f"/{pk}/refuse", body)
    for path in ("", f"?a={CANARY}", f"/{CANARY}", f"/{pk}?state={CANARY}", f"/{CANARY}/accept",
                 f"/{pk}/{CANARY}", f"/{pk}/accept?{CANARY}"):  # fmt: skip
        yield desk.client.get(URL + path, headers=desk.headers)
        yield desk.send(path, body_for(door, city, note=CANARY))
        yield desk.client.delete(URL + path + f"?{CANARY}", headers=desk.headers)
    for kind in ("application/json", f"text/{CANARY}"):
        yield desk.client.post(URL, CANARY, content_type=kind, headers=desk.headers)
    for headers in headers_with_a_canary():
        yield desk.client.get(f"{URL}/{pk}", headers=desk.headers | headers)
        yield desk.send(f"/{pk}/receive", **headers)


def bodies_with_a_canary(good):
    for field in (*good, "group", "language", "contact", "code", "reason", CANARY):
        for value in (CANARY, [CANARY], {CANARY: CANARY}):
            yield good | {field: value}
    for by in ("none", "phone", "email", CANARY):
        for value in (f"{CANARY} 112", f'"{CANARY}"@example.org', [CANARY]):
            yield good | {"contact": {"by": by, "value": value}}
    yield good | {"contact": {"by": "none", CANARY: 1}}


def headers_with_a_canary():
    for name in ("Accept", "Accept-Language", "Idempotency-Key", "User-Agent", "Referer", "Origin",
                 "Cookie", "If-None-Match", "X-Forwarded-For", "Authorization"):  # fmt: skip
        yield {name: CANARY}
        yield {name: f"Api-Key {CANARY}"}


def test_nothing_that_was_typed_is_kept_logged_or_said_again(desk, city, door, log):
    answers = list(everything_with_a_canary(desk, city, door))
    assert {answer.status_code for answer in answers} >= {200, 400, 401, 404, 406, 415}
    for answer in answers:
        said = answer.content.decode() + str(answer.headers)
        assert CANARY.lower() not in said.lower(), answer.wsgi_request
    assert CANARY.lower() not in dump().lower()
    assert "Bad Request" in log.getvalue()
    assert CANARY.lower() not in log.getvalue().lower()


def test_which_referral_it_is_stands_in_no_log(desk, door, log):
    pk = make_referral(desk.key, door).pk
    do(desk, pk, "arrive")
    desk.send(f"/{pk}/refuse/", {})
    assert "/api/v1/referrals/***" in log.getvalue()
    assert str(pk) not in log.getvalue()
