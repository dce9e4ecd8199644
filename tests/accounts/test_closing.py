"""Whoever leaves closes their account on a page, and nothing of theirs is left without anybody."""

import datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client
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


def account_of(user):
    return get_user_model().objects.filter(pk=user.pk).first()


def is_open(user):
    found = account_of(user)
    return found is not None and found.is_active and found.email == user.email


def test_an_account_is_closed_with_all_that_it_opens(city, django_capture_on_commit_callbacks):
    person = make_person("editor", city)
    Membership.objects.create(user=person, city=make_city("faraway"), role="worker")
    elsewhere, here = signed_in(person), proved(person)
    told = here.get(reverse("account-close")).content.decode()
    assert "editor, Harbour" in told
    assert "Faraway" in told
    with django_capture_on_commit_callbacks(execute=True):
        answer = close(here)
    assert answer.status_code == 200
    assert "Your account is closed" in answer.content.decode()
    assert not is_open(person)
    for model in (Membership, Authenticator, Session, EmailAddress):
        assert not model.objects.exists()
    for browser in (elsewhere, here):
        assert browser.get("/office/harbour/").status_code == 302
    assert not Client().login(username=person.email, password=PASSWORD)
    [message] = mail.outbox
    assert message.to == [person.email]
    assert "was closed" in message.body
    # A second click.
    assert close(here).status_code == 302


def test_what_they_did_bears_their_name_for_thirty_days_more(city):
    now = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False) as clock:
        person, service = make_person("editor", city), make_service(city)
        with acting.acting(person, acting.Way.FORM):
            service.cost = "free"
            service.save()
        history.settle()
        browser = proved(person)
        get_user_model().objects.filter(pk=person.pk).update(last_login=now)
        assert close(browser).status_code == 200
        for days in (0, 29):
            clock.shift(days * 24 * 60 * 60)
            call_command("purge_events")
            [made] = ListingVersion.objects.filter(service=service, user=person)
            assert made.user.get_full_name() == person.email
            assert Event.objects.get(kind="role-removed").subject == person
        clock.shift(2 * 24 * 60 * 60)
        call_command("purge_events")
        assert account_of(person) is None
        assert ListingVersion.objects.filter(service=service).exists()
        assert not ListingVersion.objects.exclude(user=None).exists()


def test_an_invitation_to_the_address_of_a_closed_account_makes_a_new_one(city):
    person = make_person("editor", city)
    close(proved(person))
    invitation, _token = inviting.invite(person.email, "worker", city)
    made = inviting.accept_as_new(invitation, "Somebody", "three plain words")
    assert made.pk != person.pk
    assert made.email == person.email


def test_an_account_of_the_administration_is_closed_by_whoever_runs_the_site(city):
    person = make_person("editor", city)
    get_user_model().objects.filter(pk=person.pk).update(is_superuser=True)
    answer = close(proved(person))
    assert answer.status_code == 409
    assert "whoever runs it" in answer.content.decode()
    assert is_open(person)


def test_nothing_is_closed_by_one_slip_of_the_hand(city):
    person = make_person("editor", city)
    browser = proved(person)
    answer = close(browser, {})
    assert answer.status_code == 400
    assert "Tick this if you are sure." in answer.content.decode()
    assert is_open(person)


def test_whoever_signed_in_long_ago_proves_who_they_are_first(city):
    person = make_person("editor", city)
    now = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False) as clock:
        browser = signed_in(person)
        clock.shift(20 * 60)
        answer = close(browser)
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert is_open(person)


@pytest.mark.parametrize(("role", "in_city"), [("administrator", True), ("network", False)])
def test_the_last_who_looks_after_people_stays(city, role, in_city):
    place = city if in_city else None
    person = make_person(role, place)
    answer = close(proved(person))
    assert answer.status_code == 409
    assert "Nobody else could look after the people" in answer.content.decode()
    assert is_open(person)
    assert Membership.objects.filter(user=person).count() == 1
    make_person(role, place)
    assert close(proved(person)).status_code == 200
    assert not is_open(person)


def test_referrals_under_way_keep_their_reader(city):
    worker = make_person("worker", city)
    service = make_service(city, email="desk@example.org")
    send(city, service, worker)
    send(city, make_service(city, email="desk@example.org"), worker)
    send(city, service, make_person("worker", city))
    browser = proved(worker)
    answer = close(browser)
    assert answer.status_code == 409
    assert "2 of your referrals are under way" in answer.content.decode()
    assert is_open(worker)
    worker.referrals.update(
        state="closed",
        closed_at=datetime.datetime.now(datetime.UTC),
        contact="none",
        sealed_contact="",
    )
    assert close(browser).status_code == 200
    assert not is_open(worker)


def test_invitations_by_and_of_the_person_end(city):
    person = make_person("administrator", city)
    make_person("administrator", city)
    inviting.invite("somebody@example.org", "worker", city, by=person)
    inviting.invite(person.email, "worker", make_city("faraway"))
    close(proved(person))
    assert not Invitation.objects.filter(email=person.email).exists()
    assert not Invitation.objects.unanswered().exists()


def aged(user, **days):
    """The same person, who did these things so many days ago."""
    now = datetime.datetime.now(datetime.UTC)
    fields = {name: now - datetime.timedelta(days=number) for name, number in days.items()}
    get_user_model().objects.filter(pk=user.pk).update(**fields)
    return user


def test_an_account_that_opens_nothing_is_forgotten_a_year_after_it_was_used(city):
    gone = [aged(make_person(), last_login=366), aged(make_person(), date_joined=366)]
    kept = [
        aged(make_person(), last_login=364, date_joined=900),
        make_person(),
        aged(make_person("editor", city), last_login=900),
        aged(make_person("network"), date_joined=900),
    ]
    for name in ("is_staff", "is_superuser"):
        user = aged(make_person(), last_login=900)
        get_user_model().objects.filter(pk=user.pk).update(**{name: True})
        kept.append(user)
    referring = make_person("worker", city)
    send(city, make_service(city, email="desk@example.org"), referring)
    Membership.objects.filter(user=referring).delete()
    kept.append(aged(referring, last_login=900))
    invited = aged(make_person(), last_login=900)
    inviting.invite(invited.email, "worker", city)
    kept.append(invited)
    locked = aged(make_person(), last_login=40)
    get_user_model().objects.filter(pk=locked.pk).update(is_active=False)
    kept.append(locked)
    call_command("purge_events")
    assert not any(map(account_of, gone))
    assert all(map(account_of, kept))
    assert Invitation.objects.filter(email=invited.email).exists()


def test_fewer_days_of_events_forget_no_account():
    person = aged(make_person(), last_login=40)
    call_command("purge_events", days=30)
    assert account_of(person)
