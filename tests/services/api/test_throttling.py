"""How many requests a minute are answered, by address without a key and by key with one."""

import json

import pytest
from django.core.cache import caches
from rest_framework.settings import api_settings
from rest_framework.test import APIRequestFactory

from services.api import throttling
from services.models import KeyUse
from tests.config.test_settings import start
from tests.factories import make_key

PLAN = "/api/v1/referral-plan"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def new_minute(time_machine):
    """Counts are empty, and forty seconds of the minute are left."""
    caches["requests"].clear()
    time_machine.move_to("2026-11-16T12:00:20Z", tick=False)
    yield
    caches["requests"].clear()


@pytest.fixture
def limits(settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    settings.API_KEY_REQUESTS_PER_MINUTE = 4
    return settings


def ask(client, key=None, address="192.0.2.1", **headers):
    if key:
        headers["HTTP_AUTHORIZATION"] = f"Api-Key {key}"
    return client.post(PLAN, "{}", content_type="application/json", REMOTE_ADDR=address, **headers)


def statuses(client, count, **how):
    return [ask(client, **how).status_code for _ in range(count)]


def test_more_than_the_limit_is_refused_until_the_next_minute(client, limits, time_machine):
    assert statuses(client, 3) == [400, 400, 429]
    time_machine.move_to("2026-11-16T12:00:59Z", tick=False)
    assert statuses(client, 1) == [429]
    time_machine.move_to("2026-11-16T12:01:00Z", tick=False)
    assert statuses(client, 3) == [400, 400, 429]


def test_a_refusal_has_the_shape_of_every_other_and_says_when_to_come_again(client, limits):
    statuses(client, 2)
    answer = ask(client)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "40"
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = json.loads(answer.content)
    assert set(problem) == {"type", "status", "title"}
    assert problem["status"] == 429


def test_in_the_last_moment_of_a_minute_there_is_still_something_to_wait(
    client, limits, time_machine
):
    time_machine.move_to("2026-11-16T12:00:59.999Z", tick=False)
    statuses(client, 2)
    assert ask(client)["Retry-After"] == "1"


def test_another_address_has_a_limit_of_its_own(client, limits):
    assert statuses(client, 3) == [400, 400, 429]
    assert statuses(client, 1, address="192.0.2.2") == [400]


def test_one_network_of_ipv6_is_one_address(client, limits):
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        assert statuses(client, 1, address=address) == [400]
    assert statuses(client, 1, address="2001:db8:1:2:3::4") == [429]
    assert statuses(client, 1, address="2001:db8:1:3::1") == [400]


def test_an_address_of_ipv4_is_the_same_when_it_is_mapped(client, limits):
    statuses(client, 2)
    assert statuses(client, 1, address="::ffff:192.0.2.1") == [429]
    assert statuses(client, 1, address="::ffff:192.0.2.2") == [400]


@pytest.mark.parametrize("address", ["", "unix:", "a\x00b", "é" * 300])
def test_an_address_that_is_none_is_counted_too(client, limits, address):
    assert statuses(client, 3, address=address) == [400, 400, 429]


def test_what_a_stranger_writes_about_their_address_does_not_count(client, limits):
    for number in range(2):
        statuses(client, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert statuses(client, 1, HTTP_X_FORWARDED_FOR="198.51.100.9") == [429]


def test_behind_a_proxy_the_last_address_it_names_counts(client, limits, monkeypatch):
    monkeypatch.setattr(api_settings, "NUM_PROXIES", 1)
    for number in range(2):
        statuses(client, 1, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.1")
    assert statuses(client, 1, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.1") == [429]
    assert statuses(client, 1, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.2") == [400]


def test_a_key_has_the_limit_of_keys_wherever_it_is_used(client, limits):
    _key, plain = make_key()
    statuses(client, 3)
    answers = [statuses(client, 1, key=plain, address=f"192.0.2.{n}") for n in range(5)]
    assert answers == [[400], [400], [400], [400], [429]]
    _other, another = make_key()
    assert statuses(client, 1, key=another) == [400]
    assert statuses(client, 1, address="192.0.2.99") == [400]


def test_wrong_keys_are_counted_like_requests_without_one(client, limits):
    assert statuses(client, 3, key="wrong") == [401, 401, 429]
    assert statuses(client, 1) == [429]
    assert ask(client, key="wrong")["Retry-After"] == "40"
    assert not KeyUse.objects.exists()


def test_zero_is_no_limit_and_counts_nothing(client, limits):
    limits.API_REQUESTS_PER_MINUTE = limits.API_KEY_REQUESTS_PER_MINUTE = 0
    _key, plain = make_key()
    assert statuses(client, 20) == [400] * 20
    assert statuses(client, 20, key=plain) == [400] * 20
    assert caches["requests"]._cache == {}


def test_an_address_is_not_what_it_is_counted_under(client, limits):
    ask(client)
    [kept] = caches["requests"]._cache
    assert "192.0.2.1" not in kept
    request = APIRequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    name = throttling.Guessing().name_of(request)
    assert name in kept


def test_another_process_counts_an_address_under_another_name(monkeypatch):
    request = APIRequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    before = throttling.Guessing().name_of(request)
    monkeypatch.setattr(throttling, "_SALT", b"another")
    assert throttling.Guessing().name_of(request) != before


def test_a_count_that_was_pushed_out_begins_anew(monkeypatch):
    monkeypatch.setattr(caches["requests"], "add", lambda *_args: True)
    assert throttling._count("somebody") == 1


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"WAYMARK_ENV": "demo"}, "60000 60000 0"),
        ({"WAYMARK_ENV": "test"}, "0 0 0"),
        (
            {"SECRET_KEY": "k" * 50, "SEALING_KEYS": "k" * 43, "ALLOWED_HOSTS": "guide.example"},
            "1200 12000 0",
        ),
        (
            {
                "WAYMARK_ENV": "demo",
                "BEHIND_PROXY": "1",
                "API_REQUESTS_PER_MINUTE": "7",
                "API_KEY_REQUESTS_PER_MINUTE": "0",
            },
            "7 0 1",
        ),
    ],
)
def test_the_limits_come_from_the_environment(variables, expected):
    show = (
        "from config import settings as s; print(s.API_REQUESTS_PER_MINUTE,"
        " s.API_KEY_REQUESTS_PER_MINUTE, s.REST_FRAMEWORK['NUM_PROXIES'])"
    )
    assert start("-c", show, **variables).stdout.strip() == expected
