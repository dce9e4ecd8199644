"""The encrypted cookie in which the answers of the guide stay on the worker's device."""

import base64
import datetime

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory

from referrals import answers
from referrals.beside import Beside
from services import sealing
from tests.referrals.harbour import MONDAY

GIVEN = {"what": {"concerns": ["canary-concern"]}, "who": {"children": 2}}


class City:
    def __init__(self, slug="harbour"):
        self.slug = slug


HARBOUR = City()


def written(given=GIVEN, city=HARBOUR):
    response = HttpResponse()
    answers.write(response, city, given)
    return response.cookies["guide"]


def read(value, city=HARBOUR):
    request = RequestFactory().get("/")
    request.COOKIES["guide"] = value
    return answers.read(request, city)


def sealed(payload):
    return sealing.box(answers.PURPOSE).encrypt(payload).decode()


def test_answers_come_back_as_they_went():
    assert read(written().value) == GIVEN


def test_without_a_cookie_there_are_no_answers():
    assert answers.read(RequestFactory().get("/"), HARBOUR) == {}


def test_the_cookie_dies_with_the_browser_and_stays_on_this_site():
    cookie = written()
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"


def test_in_production_the_cookie_travels_encrypted_only(settings):
    settings.PRODUCTION = True
    assert written()["secure"] is True


def test_the_cookie_shows_nothing_of_the_answers():
    value = written().value
    opened = base64.urlsafe_b64decode(value)
    for secret in (b"canary-concern", b"concerns", b"harbour"):
        assert secret not in value.encode()
        assert secret not in opened


def test_the_same_answers_never_look_the_same():
    assert written().value != written().value


def test_half_an_hour_without_use_forgets():
    with time_machine.travel(MONDAY, tick=False):
        value = written().value
    almost = MONDAY + datetime.timedelta(minutes=29, seconds=59)
    with time_machine.travel(almost, tick=False):
        assert read(value) == GIVEN
    with time_machine.travel(almost + datetime.timedelta(seconds=2), tick=False):
        assert read(value) == {}


def test_a_cookie_from_the_future_counts_as_none():
    with time_machine.travel(MONDAY + datetime.timedelta(hours=2), tick=False):
        value = written().value
    with time_machine.travel(MONDAY, tick=False):
        assert read(value) == {}


def test_answers_given_in_another_city_count_as_none():
    assert read(written().value, City("elsewhere")) == {}


@pytest.mark.parametrize("value", ["", "x", "gAAAA", "\x00", "é" * 10, "a" * 100_000])
def test_a_broken_cookie_counts_as_none(value):
    assert read(value) == {}


def test_an_altered_cookie_counts_as_none():
    value = written().value
    middle = len(value) // 2
    other = "A" if value[middle] != "A" else "B"
    assert read(value[:middle] + other + value[middle + 1 :]) == {}


def test_a_cookie_too_large_to_be_ours_counts_as_none():
    value = written({"what": {"concerns": ["x" * 5000]}}).value
    assert read(value) == {}


@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b"not json",
        b'"harbour"',
        b'{"city": "harbour"}',
        b'{"city": "harbour", "answers": []}',
        b'{"city": "harbour", "answers": {"age": "adult"}}',
        b"\xff",
    ],
)
def test_a_payload_of_another_shape_counts_as_none(payload):
    assert read(sealed(payload)) == {}


def test_a_changed_secret_forgets_unless_the_old_one_is_still_named(settings):
    value, old = written().value, settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 60
    assert read(value) == {}
    settings.SECRET_KEY_FALLBACKS = [old]
    assert read(value) == GIVEN


def counted_in(value, city=HARBOUR):
    request = RequestFactory().get("/")
    request.COOKIES["guide"] = value
    return answers.read_beside(request, city).counted


def test_what_was_counted_comes_back_and_belongs_to_the_city():
    response = HttpResponse()
    answers.write(response, HARBOUR, GIVEN, Beside(counted=("shelter", "housing")))
    value = response.cookies["guide"].value
    assert counted_in(value) == ("shelter", "housing")
    assert read(value) == GIVEN
    assert counted_in(value, City("elsewhere")) == ()
    assert counted_in(written().value) == ()


@pytest.mark.parametrize("counted", [b'"shelter"', b"[1]", b'{"shelter": 1}', b"null"])
def test_counted_needs_of_another_shape_count_as_none(counted):
    value = sealed(b'{"city": "harbour", "answers": {"a": {}}, "counted": %s}' % counted)
    assert counted_in(value) == ()
    assert read(value) == {"a": {}}


def test_what_others_put_beside_the_answers_does_no_harm():
    value = sealed(b'{"city": "harbour", "answers": {"a": {}}, "more": [1]}')
    assert read(value) == {"a": {}}
    assert counted_in(value) == ()


def test_without_answers_the_cookie_is_taken_back():
    assert written({})["max-age"] == 0
