"""From an invitation to the office: the link, the account, the role, and every bad link."""

import datetime
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import inviting
from accounts.models import Event, Invitation
from services.models import Membership
from tests.factories import make_city
from tests.people import browser_of, make_person, signed_in

pytestmark = pytest.mark.django_db

ADDRESS = "newcomer@example.org"
PASSWORD = "three plain words"
ANSWER = {"name": "Robin Newcomer", "password": PASSWORD}


@pytest.fixture
def city():
    return make_city("harbour")


@pytest.fixture
def administrator(city):
    return make_person("administrator", city)


def link_in_the_mail():
    """The path of the link in the last mail."""
    return re.search(r"http://127\.0\.0\.1:\d+(/accounts/invitation/\S+/)", mail.outbox[-1].body)[1]


@pytest.fixture
def link(city, administrator):
    """The link of an invitation that an administrator sent by the page."""
    answer = signed_in(administrator).post(
        reverse("office-people", args=[city.slug]), {"email": ADDRESS.upper(), "role": "editor"}
    )
    assert answer.status_code == 302
    assert mail.outbox[-1].to == [ADDRESS]
    return link_in_the_mail()


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_from_the_mail_to_a_role_that_waits_for_its_second_step(city, administrator, link):
    newcomer = Client()
    page = newcomer.get(link, follow=True)
    assert page.request["PATH_INFO"] == reverse("invitation")
    assert "editor in Harbour" in page.content.decode()
    answer = newcomer.post(reverse("invitation"), ANSWER)
    assert answer.headers["Location"] == reverse("mfa_index")
    page = newcomer.get(reverse("mfa_index")).content.decode()
    assert "One more step" in page
    # Just now they chose a password: they are not asked for it again.
    assert newcomer.get(reverse("mfa_activate_totp")).status_code == 200
    user = get_user_model().objects.get(email=ADDRESS)
    assert user.get_full_name() == "Robin Newcomer"
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert Membership.objects.get(user=user, city=city).role == "editor"
    assert kinds() == ["invited", "accepted", "signed-in"]
    assert newcomer.get("/office/harbour/").headers["Location"] == reverse("mfa_index")


def test_a_link_works_once(link):
    Client().get(link)
    first, second = Client(), Client()
    for browser in (first, second):
        browser.get(link)
    assert first.post(reverse("invitation"), ANSWER).status_code == 302
    # The second click of the same form, and the link once more.
    assert second.post(reverse("invitation"), ANSWER).status_code == 410
    gone = Client().get(link)
    assert gone.status_code == 410
    assert ADDRESS not in gone.content.decode()
    assert "arbour" not in gone.content.decode()
    assert get_user_model().objects.filter(email=ADDRESS).count() == 1


def test_a_link_that_expired_or_was_withdrawn_says_so(link):
    newcomer = Client()
    newcomer.get(link)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=7.1)):
        # Sessions are shorter than that: the link is asked again.
        assert Client().get(link).status_code == 410
    inviting.withdraw(Invitation.objects.get(), by=None)
    assert newcomer.post(reverse("invitation"), ANSWER).status_code == 410
    assert Client().get(link).status_code == 410
    assert not get_user_model().objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "x", str.swapcase, "a{}".format]
)
def test_an_altered_link_finds_nothing(link, change):
    token = link.split("/")[-2]
    answer = Client().get(link.replace(token, change(token)))
    assert answer.status_code == 404
    assert "Open it from the mail once more" in answer.content.decode()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"name": "", "password": PASSWORD}, "required"),
        ({"name": "Robin", "password": "short"}, "too short"),
        ({"name": "Robin", "password": "1234567890"}, "entirely numeric"),
        ({"name": "Robin", "password": ADDRESS}, "too similar"),
        ({"name": "Robin\0", "password": PASSWORD}, "Null characters"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(link, answer, says):
    newcomer = Client()
    newcomer.get(link)
    page = newcomer.post(reverse("invitation"), answer).content.decode()
    assert says in page
    assert "<title>Error:" in page
    assert 'aria-invalid="true"' in page
    assert not get_user_model().objects.filter(email=ADDRESS).exists()


def test_whoever_has_an_account_signs_in_and_accepts(city, administrator, link):
    person = make_person("worker", make_city("elsewhere"), email=ADDRESS, strong=False)
    browser = Client()
    assert "There is an account" in browser.get(link, follow=True).content.decode()
    # No account can be made or taken over by the link alone.
    browser.post(reverse("invitation"), ANSWER)
    assert person.check_password("long and plain 1")
    answer = browser.post(
        reverse("account_login"), {"login": ADDRESS, "password": "long and plain 1"}
    )
    assert answer.headers["Location"] == reverse("invitation")
    assert Membership.objects.filter(user=person).count() == 1
    browser.post(reverse("invitation"))
    assert Membership.objects.get(user=person, city=city).role == "editor"
    assert Membership.objects.filter(user=person).count() == 2


def test_nobody_accepts_for_somebody_else_or_invites_themself(city, administrator, link):
    stranger = browser_of("worker", city)
    page = stranger.get(link, follow=True).content.decode()
    assert "another address" in page
    stranger.post(reverse("invitation"))
    assert Invitation.objects.get().accepted_at is None
    own = signed_in(administrator).post(
        reverse("office-people", args=[city.slug]),
        {"email": administrator.email, "role": "administrator"},
    )
    assert own.status_code == 400
    assert "your own address" in own.content.decode()
    # Not even by an invitation that was written before the address was theirs.
    _invitation, token = inviting.invite(administrator.email, "editor", city, by=administrator)
    browser = signed_in(administrator)
    browser.get(reverse("invitation-link", args=[token]))
    browser.post(reverse("invitation"))
    assert Membership.objects.get(user=administrator).role == "administrator"


def test_sending_again_ends_the_link_before_and_withdrawing_every_link(city, administrator, link):
    keeper = signed_in(administrator)
    address = reverse("office-invitation", args=[city.slug, Invitation.objects.get().pk])
    keeper.post(address, {"do": "send"})
    newest = link_in_the_mail()
    assert Client().get(link).status_code == 404
    assert Client().get(newest).status_code == 302
    keeper.post(address, {"do": "withdraw"})
    assert Client().get(newest).status_code == 410
    assert (
        "answered or withdrawn"
        in keeper.post(address, {"do": "send"}, follow=True).content.decode()
    )
    assert kinds() == ["invited", "invited", "withdrawn"]


def test_a_mail_server_that_is_away_is_told_to_the_inviter(city, administrator, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = signed_in(administrator).post(
        reverse("office-people", args=[city.slug]),
        {"email": ADDRESS, "role": "editor"},
        follow=True,
    )
    assert "could not be sent" in page.content.decode()
    assert Invitation.objects.get().is_open
    assert ADDRESS not in caplog.text
    assert "ConnectionRefusedError" in caplog.text


def test_no_link_is_kept_in_the_database(link):
    token = link.split("/")[-2]
    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(list(Event.objects.values()))
