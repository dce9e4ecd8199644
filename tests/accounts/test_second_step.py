"""Signing in: the second step for real, its last factor, too many tries, and what is never told."""

import datetime
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import demo
from accounts.models import Event
from services.checks import DEMO_ADDRESSES
from services.models import Membership
from tests.factories import make_city
from tests.people import SECRET, make_person, signed_in

pytestmark = pytest.mark.django_db

PASSWORD = "long and plain 1"
LOGIN = "/accounts/login/"


@pytest.fixture
def city():
    return make_city("harbour")


def code_now(secret=SECRET, later=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def give_password(browser, person, **more):
    return browser.post(LOGIN, {"login": person.email, "password": PASSWORD} | more)


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_a_password_alone_opens_nothing_and_a_code_opens_once(city):
    person, browser = make_person("editor", city), Client()
    assert give_password(browser, person).headers["Location"] == reverse("mfa_authenticate")
    assert browser.get("/office/harbour/").headers["Location"].startswith(LOGIN)
    assert browser.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    code = code_now()
    answer = browser.post(reverse("mfa_authenticate"), {"code": code})
    assert answer.headers["Location"] == reverse("office")
    assert browser.get("/office/harbour/").status_code == 200
    assert kinds() == ["sign-in-failed", "signed-in"]
    replayed = Client()
    give_password(replayed, person)
    assert replayed.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert replayed.get("/office/harbour/").status_code == 302


def test_a_recovery_code_works_once_and_is_remembered(city):
    person = make_person("editor", city)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for status in (302, 200):
        browser = Client()
        give_password(browser, person)
        assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == status
    assert kinds() == ["code-used", "signed-in", "sign-in-failed"]


def test_a_wrong_password_is_remembered_once_an_hour_and_names_nobody_unknown(city):
    person = make_person("editor", city)
    with time_machine.travel(datetime.datetime(2030, 1, 7, 9, tzinfo=datetime.UTC)) as clock:
        for email in (person.email, "typed-canary@example.org", person.email.upper()):
            assert Client().post(LOGIN, {"login": email, "password": "wrong"}).status_code == 200
        (event,) = Event.objects.all()
        assert (event.kind, event.subject) == ("sign-in-failed", person)
        clock.shift(3601)
        Client().post(LOGIN, {"login": person.email, "password": "wrong"})
    assert kinds() == ["sign-in-failed"] * 2


def test_those_who_look_after_people_see_that_somebody_failed_to_sign_in(city):
    person = make_person("editor", city)
    Client().post(LOGIN, {"login": person.email, "password": "wrong"})
    page = signed_in(make_person("administrator", city)).get("/office/harbour/people/")
    assert "wrong password or code: <bdi>" in page.content.decode()


def test_setting_up_a_code_generator_ends_at_the_recovery_codes_and_the_office(
    city, django_capture_on_commit_callbacks
):
    person, browser = make_person("editor", city, strong=False), Client()
    assert give_password(browser, person).headers["Location"] == reverse("office")
    asked = browser.get(reverse("mfa_activate_totp"), follow=True)
    assert "Show once more that it is you" in asked.content.decode()
    address = f"{reverse('account_reauthenticate')}?next={reverse('mfa_activate_totp')}"
    page = browser.post(address, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert "<svg" in page.content.decode()
    assert "data:" not in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    page = browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    kept = Authenticator.objects.get(user=person, type="recovery_codes").wrap()
    assert all(code in page for code in kept.get_unused_codes())
    assert browser.get("/office/harbour/").status_code == 200
    assert sorted(kinds()) == ["codes-made", "factor-added", "signed-in"]
    # The person is told, and neither the mail nor the database holds what the secret is.
    assert mail.outbox[0].to == [person.email]
    assert "127.0.0.1" not in mail.outbox[0].body
    assert secret not in str(list(Authenticator.objects.values("data")))


def test_the_last_factor_stays_while_there_is_a_role(city):
    person = make_person("editor", city)
    totp = Authenticator.objects.get(user=person)
    passkey = Authenticator.objects.create(
        user=person, type="webauthn", data={"name": "Blue key", "credential": {}}
    )
    browser = signed_in(person)
    address = f"{reverse('account_reauthenticate')}?next=/office/"
    browser.post(address, {"password": PASSWORD})
    browser.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(pk=totp.pk).exists()
    remove = reverse("mfa_remove_webauthn", args=[passkey.pk])
    page = browser.post(remove, follow=True).content.decode()
    assert "only second step" in page
    assert Authenticator.objects.filter(pk=passkey.pk).exists()
    person.memberships.all().delete()
    browser.post(remove)
    assert not Authenticator.objects.filter(pk=passkey.pk).exists()
    assert kinds().count("factor-removed") == 2


def test_a_second_step_that_changes_ends_the_sessions_elsewhere(city):
    person, other = make_person("editor", city), make_person("editor", city)
    passkey = {"type": "webauthn", "data": {"name": "Blue key", "credential": {}}}
    Authenticator.objects.create(user=person, **passkey)
    here, elsewhere, of_another = map(signed_in, (person, person, other))
    here.post(f"{reverse('account_reauthenticate')}?next=/office/", {"password": PASSWORD})
    here.post(reverse("mfa_deactivate_totp"))
    opens = [
        browser.get("/office/harbour/").status_code for browser in (here, elsewhere, of_another)
    ]
    assert opens == [200, 302, 200]


def test_too_many_tries_are_told_so(city):
    person = make_person("editor", city)
    statuses = [give_password(Client(), person, password="wrong").status_code for _try in range(6)]
    assert statuses == [200] * 5 + [429]
    answer = give_password(Client(), person)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    assert "Wait five minutes" in answer.content.decode()
    # Somebody else is not locked out by it.
    assert give_password(Client(), make_person("editor", city)).status_code == 302


def test_codes_cannot_be_guessed_one_after_the_other(city):
    person, browser = make_person("editor", city), Client()
    give_password(browser, person)
    statuses = [
        browser.post(reverse("mfa_authenticate"), {"code": f"{n:06}"}).status_code for n in range(6)
    ]
    assert statuses == [200] * 5 + [429]
    assert browser.post(reverse("mfa_authenticate"), {"code": code_now()}).status_code == 429


def test_no_page_tells_whether_an_address_has_an_account(city):
    person = make_person("editor", city)
    known, unknown = Client(), Client()
    pages = [
        browser.post(LOGIN, {"login": address, "password": "wrong"}).content.decode()
        for browser, address in ((known, person.email), (unknown, "nobody@example.org"))
    ]
    assert "are not correct" in pages[0]
    assert pages[0].count("are not correct") == pages[1].count("are not correct")
    answers = [
        browser.post(reverse("account_reset_password"), {"email": address})
        for browser, address in ((known, person.email), (unknown, "nobody@example.org"))
    ]
    assert [a.headers["Location"] for a in answers] == [reverse("account_reset_password_done")] * 2
    # Each address is mailed, so that neither answer is quicker than the other.
    assert [message.to for message in mail.outbox] == [[person.email], ["nobody@example.org"]]
    assert "no account with this address" in mail.outbox[1].body
    assert "http" not in mail.outbox[1].body


def test_a_password_is_reset_by_mail_and_every_session_ends(city):
    person = make_person("editor", city)
    elsewhere = signed_in(person)
    browser = Client()
    # The name of the host that was asked for is not where the link leads.
    browser.post(
        reverse("account_reset_password"), {"email": person.email}, headers={"host": "localhost"}
    )
    link = mail.outbox[0].body.split("http://127.0.0.1:8000")[1].split()[0]
    form = browser.get(link).headers["Location"]
    new = {"password1": "other plain words", "password2": "other plain words"}
    assert browser.post(form, new).status_code == 302
    assert elsewhere.get("/office/harbour/").status_code == 302
    assert give_password(browser, person, password="other plain words").status_code == 302
    assert "works no more" in Client().get(link).content.decode()
    assert kinds() == ["password-reset"]


def test_there_is_no_way_to_sign_up():
    for path in ("signup/", "confirm-email/", "email/", "login/code/", "signup/passkey/"):
        assert Client().get(f"/accounts/{path}").status_code == 404


def test_the_administration_has_no_sign_in_of_its_own(city):
    person = make_person("administrator", city)
    get_user_model().objects.filter(pk=person.pk).update(is_staff=True)
    browser = Client()
    form = {"username": person.username, "password": PASSWORD}
    answer = browser.post("/admin/login/?next=/admin/services/", form)
    assert answer.headers["Location"] == f"{LOGIN}?next=/admin/services/"
    assert browser.get("/admin/", follow=True).request["PATH_INFO"] == LOGIN
    answer = browser.get("/admin/login/?next=https://elsewhere.example/")
    assert answer.headers["Location"] == f"{LOGIN}?next=/admin/"
    # Without the permission there is an answer, not a circle.
    assert signed_in(make_person("worker", city)).get("/admin/", follow=True).status_code == 403


def test_a_person_of_the_demonstration_is_shown_the_code_there_and_nowhere_else(city, settings):
    make_city("brussels")
    demo.make_people(PASSWORD)
    assert set(demo.PEOPLE) == set(DEMO_ADDRESSES)
    assert Membership.objects.filter(user__username=demo.ADMINISTRATOR).count() == 2
    person = get_user_model().objects.get(username="worker@example.org")
    assert EmailAddress.objects.get(user=person).verified
    for is_demo, address in ((True, person.email), (False, person.email), (True, None)):
        settings.DEMO = is_demo
        browser = Client()
        give_password(browser, person if address else make_person("editor", city))
        page = browser.get(reverse("mfa_authenticate")).content.decode()
        assert ("demo-code" in page) == bool(is_demo and address)
    settings.DEMO = True
    # More often than there are codes.
    for _time in range(12):
        browser = Client()
        give_password(browser, person)
        browser.post(reverse("mfa_authenticate"), {"code": demo.code_for(person)})
        assert browser.get("/office/brussels/").status_code == 200
