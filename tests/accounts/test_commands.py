"""Commands for people, what is forgotten after a year, and a mail through a real server."""

import datetime
import json
import socket

import pytest
import time_machine
from aiosmtpd.controller import Controller
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import inviting
from accounts.models import Event, Invitation
from services import history
from services.models import ListingVersion, Membership
from tests.factories import make_city, make_service
from tests.people import SECRET, make_person, signed_in

pytestmark = pytest.mark.django_db

ADDRESS = "first@example.org"


def test_the_first_person_of_an_installation_comes_in_by_a_printed_link(capsys):
    call_command("invite", ADDRESS, role="network", link=True)
    link = capsys.readouterr().out.strip().removeprefix("http://127.0.0.1:8000")
    browser = Client()
    browser.get(link)
    browser.post(reverse("invitation"), {"name": "First", "password": "three plain words"})
    person = get_user_model().objects.get(email=ADDRESS)
    assert Membership.objects.get(user=person).role == "network"
    assert mail.outbox == []
    assert Event.objects.get(kind="invited").actor is None


@pytest.mark.parametrize(
    ("email", "role", "city", "says"),
    [
        (ADDRESS, "editor", None, "Name a --city"),
        (ADDRESS, "network", "harbour", "Name a --city"),
        (ADDRESS, "editor", "nowhere", "no such city"),
        ("first", "network", None, "no e-mail address"),
        ("f" * 150 + "@example.org", "network", None, "no e-mail address|longer than"),
    ],
)
def test_a_wrong_invitation_is_one_line(email, role, city, says):
    make_city("harbour")
    with pytest.raises(CommandError, match=says):
        call_command("invite", email, role=role, city=city)
    assert not Invitation.objects.exists()


def test_without_an_address_of_the_site_nothing_is_sent(settings):
    settings.SITE_URL = ""
    person = make_person("network", email=ADDRESS)
    with pytest.raises(CommandError, match="SITE_URL is not set"):
        call_command("invite", "second@example.org", role="network")
    with pytest.raises(CommandError, match="SITE_URL is not set"):
        call_command("restore_access", ADDRESS)
    assert Authenticator.objects.filter(user=person).exists()
    assert not Invitation.objects.exists()


def test_the_last_administrator_is_restored_by_whoever_runs_the_site(
    django_capture_on_commit_callbacks,
):
    person = make_person("administrator", make_city("harbour"), email=ADDRESS)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("restore_access", ADDRESS.upper())
    assert not Authenticator.objects.filter(user=person).exists()
    assert mail.outbox[0].to == [ADDRESS]
    event = Event.objects.get()
    assert (event.kind, event.actor, event.subject) == ("restored", None, person)
    with pytest.raises(CommandError, match="not exactly one account"):
        call_command("restore_access", "nobody@example.org")


def test_events_and_answered_invitations_are_forgotten_after_a_year():
    city = make_city("harbour")
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=366)
    with time_machine.travel(then):
        inviting.invite("old@example.org", "worker", city)
    inviting.invite("new@example.org", "worker", city)
    for day in (then, datetime.datetime.now(datetime.UTC)):
        LogEntry.objects.create(
            user=make_person(), action_time=day, object_id=f"{day:%Y}", action_flag=2
        )
    call_command("purge_events")
    assert not LogEntry.objects.filter(object_id=f"{then:%Y}").exists()
    assert LogEntry.objects.count() == 1
    assert list(Invitation.objects.values_list("email", flat=True)) == ["new@example.org"]
    assert Event.objects.count() == 1


class Postbox:
    """Keeps what a mail server was handed."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        self.messages.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


def test_an_invitation_goes_through_a_real_mail_server(settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    postbox = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    server = Controller(postbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        call_command("invite", ADDRESS, role="editor", city=make_city("harbour").slug)
    finally:
        server.stop()
    ((to, content),) = postbox.messages
    assert to == [ADDRESS]
    assert "Subject: [City services guide] Your invitation: editor in Harbour" in content
    assert "http://127.0.0.1:8000/accounts/invitation/" in content.replace("=\r\n", "")
    assert "sent to first@example.org" in capsys.readouterr().out


def test_a_mail_server_that_refuses_leaves_no_open_invitation(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(CommandError, match="could not be sent"):
        call_command("invite", ADDRESS, role="network")
    assert not Invitation.objects.unanswered().exists()


def test_somebody_is_shown_what_is_kept_of_them_and_no_secret(capsys):
    city = make_city("harbour")
    person = make_person("editor", city, email=ADDRESS)
    edited(make_service(city), person)
    inviting.invite("second@example.org", "editor", city, by=person)
    inviting.invite("canary@example.org", "editor", city)
    call_command("show_account", ADDRESS.upper())
    printed = capsys.readouterr().out
    (told,) = json.loads(printed)
    assert told["account"]["address"] == ADDRESS
    assert told["roles"] == [{"role": "editor", "in_city": "harbour"}]
    assert [step["type"] for step in told["second_steps"]] == ["totp"]
    assert [one["email"] for one in told["invitations"]] == ["second@example.org"]
    assert [one["kind"] for one in told["what_happened"]] == ["invited"]
    version = ListingVersion.objects.get(user=person)
    assert told["named_in"] == {"services.ListingVersion.user": [str(version.pk)]}
    secrets = (SECRET, person.password, Authenticator.objects.get(user=person).data["secret"])
    assert not [secret for secret in ("canary", *secrets) if secret in printed]


def edited(service, person):
    """As if this person had written its first version."""
    history.settle()
    assert ListingVersion.objects.filter(service=service.pk).update(user=person) == 1


def test_an_account_is_forgotten_with_its_roles_and_sessions_and_its_work_stays(capsys):
    city = make_city("harbour")
    keeper, person = make_person("administrator", city), make_person("editor", city, email=ADDRESS)
    browser = signed_in(person)
    edited(make_service(city), person)
    waiting, _token = inviting.invite("second@example.org", "editor", city, by=person)
    inviting.invite(ADDRESS, "worker", make_city("faraway", country="IT"))
    call_command("forget_account", ADDRESS)
    assert "Nothing was changed" in capsys.readouterr().out
    assert browser.get("/office/harbour/").status_code == 200
    call_command("forget_account", ADDRESS, yes=True)
    assert "1  services.ListingVersion.user" in capsys.readouterr().out
    assert browser.get("/office/harbour/").status_code == 302
    assert list(get_user_model().objects.all()) == [keeper]
    assert ListingVersion.objects.exists()
    waiting.refresh_from_db()
    assert (waiting.invited_by, waiting.is_open) == (None, False)
    assert not Invitation.objects.filter(email=ADDRESS).exists()
    everything = "".join(str(list(model.objects.values())) for model in apps.get_models())
    assert ADDRESS not in everything


def test_the_last_who_looks_after_people_is_not_forgotten():
    make_person("administrator", make_city("harbour"), email=ADDRESS)
    with pytest.raises(CommandError, match="First invite another administrator"):
        call_command("forget_account", ADDRESS, yes=True)
    assert get_user_model().objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("command", ["show_account", "forget_account"])
def test_an_address_of_nobody_is_one_line(command):
    with pytest.raises(CommandError, match="account with this address"):
        call_command(command, "nobody@example.org")
