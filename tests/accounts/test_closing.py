"""Whoever leaves closes their account on a page, and nothing of theirs is left without anybody."""

import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core import mail
from django.urls import reverse

from accounts import inviting
from accounts.models import Event, Invitation
from services import acting, history
from services.models import ListingVersion, Membership
from tests.factories import make_city, make_service
from tests.people import make_person, signed_in
from tests.referrals.handoff.sending import send

pytestmark = pytest.mark.django_db

PASSWORD = "long and plain 1"
SURE = {"sure": "on"}


@pytest.fixture
def city():
    return make_city("harbour")


def proved(user):
    browser = signed_in(user)
    browser.post(f"{reverse('account_reauthenticate')}?next=/office/", {"password": PASSWORD})
    return browser


def close(browser, form=SURE):
    return browser.post(reverse("account-close"), form)


def exists(user):
    return get_user_model().objects.filter(email=user.email).exists()


def test_an_account_is_closed_with_all_that_hangs_on_it(city, django_capture_on_commit_callbacks):
    person = make_person("editor", city)
    Membership.objects.create(user=person, city=make_city("faraway"), role="worker")
    service = make_service(city)
    with acting.acting(person, acting.Way.FORM):
        service.cost = "free"
        service.save()
    history.settle()
    assert ListingVersion.objects.filter(user=person).exists()
    elsewhere, here = signed_in(person), proved(person)
    told = here.get(reverse("account-close")).content.decode()
    assert "editor, Harbour" in told
    assert "Faraway" in told
    with django_capture_on_commit_callbacks(execute=True):
        answer = close(here)
    assert answer.status_code == 200
    assert "Your account is closed" in answer.content.decode()
    assert not exists(person)
    assert not Membership.objects.exists()
    assert not Authenticator.objects.exists()
    assert not Session.objects.exists()
    for browser in (elsewhere, here):
        assert browser.get("/office/harbour/").status_code == 302
    # The work stays, and names nobody.
    assert ListingVersion.objects.filter(service=service).exists()
    assert not ListingVersion.objects.exclude(user=None).exists()
    [message] = mail.outbox
    assert message.to == [person.email]
    assert "was closed" in message.body
    # A second click.
    assert close(here).status_code == 302


def test_nothing_is_closed_by_one_slip_of_the_hand(city):
    person = make_person("editor", city)
    browser = proved(person)
    answer = close(browser, {})
    assert answer.status_code == 400
    assert "Tick this if you are sure." in answer.content.decode()
    assert exists(person)


def test_whoever_signed_in_long_ago_proves_who_they_are_first(city):
    person = make_person("editor", city)
    now = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False) as clock:
        browser = signed_in(person)
        clock.shift(20 * 60)
        answer = close(browser)
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert exists(person)


@pytest.mark.parametrize(("role", "in_city"), [("administrator", True), ("network", False)])
def test_the_last_who_looks_after_people_stays(city, role, in_city):
    place = city if in_city else None
    person = make_person(role, place)
    answer = close(proved(person))
    assert answer.status_code == 409
    assert "Nobody else could look after the people" in answer.content.decode()
    assert exists(person)
    assert Membership.objects.filter(user=person).count() == 1
    make_person(role, place)
    assert close(proved(person)).status_code == 200
    assert not exists(person)


def test_referrals_under_way_keep_their_reader(city):
    worker = make_person("worker", city)
    service = make_service(city, email="desk@example.org")
    first, _link = send(city, service, worker)
    send(city, make_service(city, email="desk@example.org"), worker)
    send(city, service, make_person("worker", city))
    browser = proved(worker)
    answer = close(browser)
    assert answer.status_code == 409
    assert "2 of your referrals are under way" in answer.content.decode()
    assert exists(worker)
    worker.referrals.update(
        state="closed",
        closed_at=datetime.datetime.now(datetime.UTC),
        contact="none",
        sealed_contact="",
    )
    assert close(browser).status_code == 200
    first.refresh_from_db()
    assert first.worker is None


def test_invitations_by_and_of_the_person_end(city):
    person = make_person("administrator", city)
    make_person("administrator", city)
    inviting.invite("somebody@example.org", "worker", city, by=person)
    inviting.invite(person.email, "worker", make_city("faraway"))
    close(proved(person))
    assert not Invitation.objects.filter(email=person.email).exists()
    assert not Invitation.objects.unanswered().exists()
    assert not Event.objects.filter(subject=person.pk).exists()
