"""Where somebody is signed in: seen on a page, ended by them or by whoever looks after people."""

import datetime

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import Event
from accounts.session_store import stored
from services.models import Membership
from tests.factories import make_city
from tests.people import make_person, signed_in

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
PASSWORD = "long and plain 1"
OFFICE = "/office/harbour/"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def city(clock):
    return make_city("harbour")


@pytest.fixture
def person(city):
    return make_person("editor", city)


def page(browser):
    answer = browser.get(reverse("sessions"))
    assert answer.status_code == 200
    return answer.content.decode()


def key_of(browser):
    """What its session stands under in the database."""
    return stored(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def opens(*browsers):
    """Whether the office opens in each."""
    return [browser.get(OFFICE).status_code == 200 for browser in browsers]


def proved(browser):
    """The same browser, after the password was typed once more."""
    browser.post(f"{reverse('account_reauthenticate')}?next=/office/", {"password": PASSWORD})
    return browser


def end(browser, **form):
    return browser.post(reverse("sessions"), form)


def test_every_browser_is_told_by_its_times_and_by_nothing_else(person, city, clock):
    old = signed_in(person)
    clock.shift(10 * 60)
    here = signed_in(person)
    signed_in(make_person("editor", city))
    told = page(here)
    assert told.count("This browser") == 1
    assert told.count("Another browser") == 1
    assert told.index("This browser") < told.index("Another browser")
    # On the clock of the city, which is an hour ahead.
    assert "2 March 2026, 10:00" in told
    assert "2 March 2026, 10:10" in told
    for browser in (old, here):
        assert browser.cookies[settings.SESSION_COOKIE_NAME].value not in told
    assert "127.0.0.1" not in told
    clock.shift(25 * 60)
    # Idle for too long: over, although its row is there.
    assert "nowhere else" in page(here)
    assert opens(old) == [False]


def test_one_browser_is_signed_out_and_the_others_stay(person, city):
    here, lost, kept = (signed_in(person) for _browser in range(3))
    of_another = signed_in(make_person("editor", city))
    wanted = key_of(lost)
    assert f'value="{wanted}"' in page(here)
    assert end(proved(here), do="one", session=wanted).headers["Location"] == reverse("sessions")
    assert opens(here, lost, kept, of_another) == [True, False, True, True]
    event = Event.objects.get(kind="signed-out")
    assert (event.actor, event.subject, event.city) == (person, person, None)
    # The second of two clicks.
    assert end(here, do="one", session=wanted).status_code == 302
    assert "already" in page(here)
    assert Event.objects.filter(kind="signed-out").count() == 1


def test_everywhere_else_is_everywhere_but_here(person, city):
    here, *elsewhere = (signed_in(person) for _browser in range(3))
    of_another = signed_in(make_person("editor", city))
    end(proved(here), do="others")
    assert "2 other browsers" in page(here)
    assert opens(here, *elsewhere, of_another) == [True, False, False, True]


def test_nobody_ends_the_session_of_somebody_else_or_this_one_here(person, city):
    here, of_another = proved(signed_in(person)), signed_in(make_person("editor", city))
    assert end(here, do="one", session=key_of(of_another)).status_code == 302
    for form in ({"do": "one", "session": key_of(here)}, {"do": "all"}, {}):
        assert end(here, **form).status_code == 400
    assert opens(here, of_another) == [True, True]
    assert not Event.objects.filter(kind="signed-out").exists()


def test_whoever_signed_in_long_ago_proves_who_they_are_before_ending_any(person, clock):
    here, other = signed_in(person), signed_in(person)
    clock.shift(20 * 60)
    opens(here, other)
    clock.shift(20 * 60)
    answer = end(here, do="others")
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert opens(other) == [True]


@pytest.mark.parametrize(
    ("role", "elsewhere", "status"),
    [("administrator", False, 302), ("administrator", True, 409), ("editor", False, 403)],
)
def test_whoever_looks_after_people_signs_somebody_out(person, city, role, elsewhere, status):
    if elsewhere:
        Membership.objects.create(user=person, city=make_city("faraway"), role="editor")
    keeper, theirs = make_person(role, city), [signed_in(person), signed_in(person)]
    membership = Membership.objects.get(user=person, city=city)
    address = reverse("office-person", args=["harbour", membership.pk])
    answer = signed_in(keeper).post(address, {"do": "sign-out"})
    assert answer.status_code == status
    was_done = status == 302
    assert opens(*theirs) == [not was_done] * 2
    events = Event.objects.filter(kind="signed-out", actor=keeper, subject=person, city=city)
    assert events.exists() == was_done
    # The password and the second step stay.
    assert person.authenticator_set.count() == 1


def test_what_the_database_holds_signs_nobody_in(person, city):
    browser, thief = signed_in(person), Client()
    (row,) = Session.objects.all()
    for held in (row.session_key, key_of(browser)):
        thief.cookies[settings.SESSION_COOKIE_NAME] = held
        assert opens(thief) == [False]
    told = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert told not in (row.session_key, row.session_data)
    assert opens(browser) == [True]
    browser.get("/leave/")
    assert not Session.objects.exists()
