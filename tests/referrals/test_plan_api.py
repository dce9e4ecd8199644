"""POST /api/v1/referral-plan: the contract's body, and clear refusals."""

import datetime
import json
import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

URL = "/api/v1/referral-plan"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]

OPTION_KEYS = {
    "service_at_location", "service", "name", "organization", "reach", "match", "reasons", "ask",
    "open", "opens_at", "closes_at", "phones", "how_to_get_in", "distance_km", "languages",
    "confirmed_on", "trust",
}  # fmt: skip
STEP_KEYS = {
    "need", "title", "urgency", "deadline_hours", "hours_left", "why", "rule", "source",
    "fallback", "options", "passed_over",
}  # fmt: skip
NOTICE_KEYS = {"code", "level", "title", "text", "country", "source", "reviewed_on", "signed_off"}


def post(client, body, content_type="application/json"):
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(URL, data=data, content_type=content_type)


def plan(client, city="brussels", language="en", **facts):
    response = post(client, {"city": city, "language": language, "facts": facts})
    assert response.status_code == 200, response.content
    return response.json()


def test_the_body_is_the_contracts(client):
    body = plan(
        client,
        concerns=["sexual-violence", "partner-violence"],
        danger="soon",
        gender="man",
        hours_since=20,
        near={"latitude": 50.85, "longitude": 4.35},
        at="2026-11-18T11:00:00+01:00",
    )
    assert set(body) == {"city", "made_for", "notices", "steps"}
    assert body["city"] == "brussels"
    assert datetime.datetime.fromisoformat(body["made_for"]).utcoffset()
    for notice in body["notices"]:
        assert set(notice) == NOTICE_KEYS
    for step in body["steps"]:
        assert set(step) == STEP_KEYS
        assert step["title"]
        assert {"title", "publisher", "url", "date"} == set(step["source"])
        for option in step["options"]:
            assert set(option) == OPTION_KEYS
            assert all(r["code"] and r["text"] for r in option["reasons"] + option["ask"])
        for passed in step["passed_over"]:
            assert set(passed) == {"service", "name", "reasons"}
            assert passed["reasons"]
    care = next(step for step in body["steps"] if step["need"] == "rape-care")
    assert (care["deadline_hours"], care["hours_left"]) == (72, 52)


def test_no_facts_are_enough(client):
    assert post(client, {"city": "rome"}).json()["steps"]
    assert post(client, {"city": "rome", "facts": None}).json()["steps"]


def test_a_moment_without_an_offset_is_on_the_citys_clock(client):
    body = plan(client, at="2026-07-01T03:00:00")
    assert body["made_for"] == "2026-07-01T03:00:00+02:00"


def test_same_input_and_same_time_give_the_same_answer(client):
    facts = {"danger": "soon", "children": 2, "at": "2026-11-18T11:00:00"}
    assert plan(client, **facts) == plan(client, **facts)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"city": "atlantis"}, 404, "city"),
        ({}, 400, "city"),
        ({"city": 7}, 400, "city"),
        ({"city": "rome", "language": "tlh"}, 400, "language"),
        ({"city": "rome", "language": ["en"]}, 400, "language"),
        ({"city": "rome", "name": "Somebody"}, 400, "name"),
        ({"city": "rome", "facts": []}, 400, "facts"),
        ({"city": "rome", "facts": {"colour": "red"}}, 400, "facts.colour"),
        ({"city": "rome", "facts": {"danger": "perhaps"}}, 400, "facts.danger"),
        ({"city": "rome", "facts": {"hours_since": "3"}}, 400, "facts.hours_since"),
        ({"city": "rome", "facts": {"hours_since": -3}}, 400, "facts.hours_since"),
        ({"city": "rome", "facts": {"concerns": "sexual-violence"}}, 400, "facts.concerns"),
        ({"city": "rome", "facts": {"near": {"latitude": 100, "longitude": 0}}}, 400, "facts.near.latitude"),
        ({"city": "rome", "facts": {"at": "9999-12-31T23:59:59-12:00"}}, 400, "facts.at"),
        ({"city": "rome\u0000"}, 404, "city"),
        ([], 400, "body"),
        ("[", 400, None),
        (b"\xff\xfe", 400, None),
        ('{"city": "rome", "facts": {"hours_since": NaN}}', 400, None),
        ('{"city": "rome", "facts": {"hours_since": Infinity}}', 400, None),
        ('{"city": "rome", "facts": {"hours_since": 1e999}}', 400, "facts.hours_since"),
        ("[" * 100_000, 413, None),
        ("[" * 20_000, 400, None),
        ('{"city": "rome", "x": "' + "a" * 10_000_000 + '"}', 413, None),
        ("", 400, "city"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_shape_that_names_the_field(client, body, status, field):
    response = post(client, body)
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem.get("field") == field
    if field and field != "facts":
        assert problem["allowed"]


def test_other_methods_and_bodies_are_refused(client):
    assert client.get(URL).status_code == 405
    assert post(client, "city=rome", "application/x-www-form-urlencoded").status_code == 415
    assert client.get(URL)["Content-Type"].startswith("application/problem+json")


def test_an_answer_is_kept_nowhere(client, caplog):
    caplog.set_level(logging.DEBUG)
    body = plan(client, near={"latitude": 51.987654, "longitude": 4.123456}, languages=["qcz"])
    assert "51.987654" not in json.dumps(body)
    assert "51.987654" not in caplog.text
    assert "qcz" not in caplog.text
    refused = post(client, {"city": "rome", "facts": {"danger": "canary-7f3a"}})
    assert b"canary-7f3a" not in refused.content
    assert "canary-7f3a" not in caplog.text
    assert not refused.cookies


def test_a_plan_costs_few_queries(client):
    plan(client, concerns=["sexual-violence"])
    with CaptureQueriesContext(connection) as warm:
        plan(client, concerns=["partner-violence"], danger="soon")
    assert len(warm) <= 5


def test_words_come_in_the_language_asked_for(client):
    english = plan(client, wants=["shelter"])
    french = plan(client, language="fr", wants=["shelter"])
    title = {s["need"]: s["title"] for s in english["steps"]}["shelter"]
    assert {s["need"]: s["title"] for s in french["steps"]}["shelter"] != title
