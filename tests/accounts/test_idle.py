"""Whoever is idle is signed out, and everybody twelve hours after signing in; what they send too late is not lost; leaving ends the session."""

import datetime

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation
from tests.factories import make_city
from tests.people import make_person, signed_in

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
TYPED = "typed-canary@example.org"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def keeper(clock):
    return make_person("administrator", make_city("harbour"))


@pytest.fixture
def browser(keeper):
    browser = signed_in(keeper)
    assert browser.get("/office/harbour/").status_code == 200
    return browser


def test_after_thirty_idle_minutes_one_signs_in_again(browser, clock):
    clock.shift(29 * 60)
    assert browser.get("/office/harbour/").status_code == 200
    clock.shift(29 * 60)
    assert browser.get("/harbour/").status_code == 200
    clock.shift(31 * 60)
    answer = browser.get("/office/harbour/")
    assert answer.headers["Location"] == "/accounts/login/?next=/office/harbour/"
    assert "away for a while" in browser.get(answer.headers["Location"]).content.decode()


def work_on(browser, clock, hours):
    """Open the office every twenty minutes for so long."""
    for _time in range(3 * hours):
        clock.shift(20 * 60)
        answer = browser.get("/office/harbour/")
    return answer


def test_twelve_hours_after_signing_in_one_signs_in_again_however_busy(browser, clock, keeper):
    assert work_on(browser, clock, 12).status_code == 200
    clock.shift(60)
    answer = browser.get("/office/harbour/")
    assert answer.headers["Location"] == "/accounts/login/?next=/office/harbour/"
    assert "long since you signed in" in browser.get(answer.headers["Location"]).content.decode()
    sign_in(browser, keeper)
    assert work_on(browser, clock, 1).status_code == 200


def test_a_form_sent_after_twelve_hours_is_kept_as_well(browser, clock, keeper):
    work_on(browser, clock, 12)
    clock.shift(60)
    form = {"email": TYPED, "role": "editor"}
    answer = browser.post(reverse("office-people", args=["harbour"]), form)
    assert answer.status_code == 401
    assert "It is long since you signed in" in answer.content.decode()
    sign_in(browser, keeper)
    assert TYPED in browser.get(reverse("late-form")).content.decode()


def test_a_session_of_before_ends_twelve_hours_after_it_was_next_used(browser, clock):
    session = browser.session
    del session["since"]
    session.save()
    assert work_on(browser, clock, 12).status_code == 200
    assert work_on(browser, clock, 1).status_code == 302


def test_when_somebody_was_seen_is_written_once_a_minute(browser, clock, django_assert_num_queries):
    clock.shift(59)
    with django_assert_num_queries(2) as queries:  # the session, and whose it is
        browser.get("/about/privacy/")
    assert not [query for query in queries if not query["sql"].startswith("SELECT")]
    clock.shift(2)
    browser.get("/about/privacy/")
    assert browser.session["seen"] == int(NOW.timestamp()) + 61


def test_pages_for_everybody_stay_open_and_the_session_ends_with_the_browser(browser, clock):
    clock.shift(2 * 60)
    cookie = browser.get("/harbour/").cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    clock.shift(31 * 60)
    assert browser.get("/harbour/").status_code == 200
    assert "_auth_user_id" not in browser.session


def send_late(browser, clock):
    clock.shift(31 * 60)
    form = {"email": TYPED, "role": "editor", "password": "secret-canary", "table": _file()}
    return browser.post(reverse("office-people", args=["harbour"]), form)


def _file():
    return SimpleUploadedFile("table.csv", b"file-canary")


def sign_in(browser, person):
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")


def test_a_form_that_came_too_late_is_sent_after_signing_in(browser, clock, keeper):
    answer = send_late(browser, clock)
    assert answer.status_code == 401
    assert "not lost" in answer.content.decode()
    assert not Invitation.objects.exists()
    kept = str([session.get_decoded() for session in Session.objects.all()])
    assert "canary" not in kept
    sign_in(browser, keeper)
    page = browser.get(reverse("late-form")).content.decode()
    assert f'name="email" value="{TYPED}"' in page
    assert 'action="/office/harbour/people/"' in page
    assert "choose it again" in page
    assert "secret-canary" not in page
    browser.post("/office/harbour/people/", {"email": TYPED, "role": "editor"})
    assert Invitation.objects.get().email == TYPED
    # It was shown once.
    assert browser.get(reverse("late-form")).headers["Location"] == reverse("office")


def test_what_was_typed_is_for_its_sender_alone_and_for_half_an_hour(browser, clock, keeper):
    send_late(browser, clock)
    sign_in(browser, make_person("administrator", make_city("faraway", country="IT")))
    assert browser.get(reverse("late-form")).headers["Location"] == reverse("office")
    sign_in(browser, keeper)
    send_late(browser, clock)
    clock.shift(31 * 60)
    sign_in(browser, keeper)
    assert browser.get(reverse("late-form")).headers["Location"] == reverse("office")


def test_leaving_ends_the_session_on_the_server(browser):
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[
        settings.SESSION_COOKIE_NAME
    ].value
    assert other.get("/office/harbour/").status_code == 200
    answer = browser.get("/leave/")
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    assert other.get("/office/harbour/").status_code == 302
    assert not Session.objects.exists()
