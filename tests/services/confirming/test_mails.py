"""Who is asked, when again, and what happens when mails cannot be sent or a run is cut short."""

import datetime
import smtplib

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from services.confirming import links, mailing
from services.models import Check, Confirmation, Proposal, WrongAddress
from tests.factories import make_city, make_service
from tests.services.confirming.asking import (
    ADDRESS,
    asked,
    link_in,
    make_asking_city,
    make_listing,
    organization,
    press,
    send,
    settings_of,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
CANARY = "zqx-canary"


def confirm(service, *groups):
    for group in groups or Confirmation.FieldGroup:
        service.confirmations.create(field_group=group, by="city", confirmed_at=timezone.now())


@pytest.fixture
def city():
    return make_asking_city()


def test_one_mail_an_organisation_about_all_that_is_due(city):
    make_listing(city)
    make_listing(city, "Night Line", email="", reach="national")
    confirm(make_listing(city, "Fresh Door"))
    make_listing(city, "Draft Door", status="draft")
    make_listing(city, "Hidden Door", visibility="sealed", email=f"{CANARY}@hidden.example")
    make_service(city, organization="Mute", email="")
    make_service(make_city("silent", country="IT"), email="no@silent.example")
    (message,) = send()
    assert message.to == [ADDRESS]
    with translation.override("fr"):
        assert message.subject == gettext("Is your entry still right?")
    assert "- Lantern House\n- Night Line\n" in message.body
    for hidden in ("Fresh Door", "Draft Door", "Hidden Door", CANARY):
        assert hidden not in message.body
    check = Check.objects.get()
    assert (check.language, check.state, check.sealed_token) == ("fr", "sent", "")
    assert "?lang=fr" in link_in(message, language=None)
    secret = link_in(message).split("/")[2]
    assert len(secret) == 43
    assert secret not in str(list(Check.objects.values()))
    assert send() == []


def test_a_listing_half_confirmed_or_aged_is_due_again(city):
    with time_machine.travel(MONDAY, tick=False):
        confirm(make_listing(city))
        confirm(make_listing(city, "Half", organization="Half"), "contact", "hours", "acceptance")
        assert [message.body.count("Half") for message in send()] == [2]
    with time_machine.travel(MONDAY + datetime.timedelta(days=91), tick=False):
        assert ADDRESS in [message.to[0] for message in send()]


def test_dry_run_says_who_and_sends_nothing(city, capsys):
    make_listing(city)
    call_command("send_checks", dry_run=True)
    assert capsys.readouterr().out == f"Lantern <{ADDRESS}> (fr): Lantern House\n"
    assert not Check.objects.exists()
    assert mail.outbox == []


def test_only_cities_that_chose_it_ask(city):
    make_listing(city)
    other = make_asking_city("upriver", country="IT")
    make_service(other, organization="Ferry", email="ferry@upriver.example")
    assert [message.to for message in send(city="upriver")] == [["ferry@upriver.example"]]
    settings_of(city, checks_on=False)
    assert send() == []
    with pytest.raises(CommandError, match="switched"):
        send(city="harbour")
    with pytest.raises(CommandError, match="no city"):
        send(city="nowhere")


def test_the_own_address_and_language_come_first(city):
    make_listing(city, visibility="professional")
    type(organization()).objects.filter(name="Lantern").update(
        check_email="own@lantern.example", language="nl"
    )
    settings_of(city, checks_reply_to="office@harbour.example")
    (message,) = send()
    assert message.to == ["own@lantern.example"]
    assert message.reply_to == ["office@harbour.example"]
    assert "?lang=nl" in message.body


def days_with_mail(days):
    """The days, counted from a Monday, on which a daily run sends something."""
    found = []
    for day in days:
        with time_machine.travel(MONDAY + datetime.timedelta(days=day), tick=False):
            found += [day] * len(send())
    return found


def test_back_off_without_an_answer(city):
    make_listing(city)
    days = (0, 1, 13, 14, 15, 41, 42, 97, 98, 153, 154)
    assert days_with_mail(days) == [0, 14, 42, 98, 154]


def test_after_an_answer_the_city_says_when_to_ask_again(city, client):
    settings_of(city, check_every_days=120)
    with time_machine.travel(MONDAY, tick=False):
        _service, link = asked(city)
        press(client, link, "right")
    # Contact has aged after 90 days, but the city wants 120.
    assert days_with_mail((91, 119, 120)) == [120]


def test_asked_again_soon_about_what_was_left_unanswered(city, client):
    with time_machine.travel(MONDAY, tick=False):
        make_listing(city)
        make_listing(city, "Night Line")
        (message,) = send()
        press(client, link_in(message), "right")
    with time_machine.travel(MONDAY + datetime.timedelta(days=14), tick=False):
        (message,) = send()
    assert "Night Line" in message.body
    assert "Lantern House" not in message.body


class RefusingBackend(EmailBackend):
    """Refuses one name for good, one for now, and breaks off at a third."""

    def send_messages(self, messages):
        (to,) = messages[0].to
        if to.startswith("gone@"):
            raise smtplib.SMTPRecipientsRefused({to: (550, b"no such user")})
        if to.startswith("later@"):
            raise smtplib.SMTPRecipientsRefused({to: (451, b"greylisted")})
        if to.startswith("breaks@"):
            raise smtplib.SMTPServerDisconnected("bye")
        return super().send_messages(messages)


def test_one_bad_address_stops_nobody_else(city, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    for name in ("gone", "later", "breaks", "fine"):
        make_service(city, organization=name, email=f"{name}@mail.example")
    with time_machine.travel(MONDAY, tick=False):
        assert [message.to for message in send()] == [["fine@mail.example"]]
        states = dict(Check.objects.values_list("organization__name", "state"))
        assert states == {"gone": "failed", "later": "waiting", "breaks": "waiting", "fine": "sent"}
        assert WrongAddress.objects.get().reason == "refused"
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send() == []
    with time_machine.travel(MONDAY + datetime.timedelta(hours=2), tick=False):
        assert {message.to[0] for message in send()} == {
            "later@mail.example",
            "breaks@mail.example",
        }


def test_given_up_after_five_failures(city, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    make_service(city, organization="breaks", email="breaks@mail.example")
    for hours in (0, 2, 9, 40, 120):
        with time_machine.travel(MONDAY + datetime.timedelta(hours=hours), tick=False):
            send()
    check = Check.objects.get()
    assert (check.state, check.attempts, check.sealed_token) == ("failed", 5, "")
    assert not WrongAddress.objects.exists()


def test_no_mail_server_leaves_everything_for_the_next_run(city, settings):
    make_listing(city)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(CommandError, match="cannot be reached"):
        send()
    assert Check.objects.get().attempts == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert len(send()) == 1


def test_killed_between_sending_and_noting_it_sends_the_same_link(city, monkeypatch):
    make_listing(city)
    settle = mailing._settle

    def killed(*_args, **_more):
        raise KeyboardInterrupt

    with time_machine.travel(MONDAY, tick=False):
        monkeypatch.setattr(mailing, "_settle", killed)
        with pytest.raises(KeyboardInterrupt):
            send()
        monkeypatch.setattr(mailing, "_settle", settle)
        # It may still be at work: nobody else sends it for a while.
        assert send() == []
    with time_machine.travel(MONDAY + datetime.timedelta(minutes=11), tick=False):
        assert len(send()) == 1
    first, second = mail.outbox
    assert link_in(first) == link_in(second)


def test_two_runs_at_once_write_one_mail(city):
    make_listing(city)
    first = mailing.line_up(organization())
    assert mailing.line_up(organization()) is None
    stale = Check.objects.get(pk=first.pk)
    assert mailing._claim(first)
    assert not mailing._claim(stale)
    twin = {field: getattr(first, field) for field in ("organization", "email", "language")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.create(**twin, token_hash="other", expires_at=timezone.now())


def test_a_listing_sealed_after_the_mail_was_written_is_not_in_it(city):
    service = make_listing(city, name=f"House {CANARY}")
    mailing.line_up(organization())
    service.visibility = "sealed"
    service.save()
    mailing.deliver()
    assert mail.outbox == []
    assert Check.objects.get().state == "failed"


def test_what_is_older_than_a_year_is_deleted(city, client):
    with time_machine.travel(MONDAY, tick=False):
        _service, link = asked(city)
        press(client, link, "change", email="new@lantern.example")
        Proposal.objects.update(state="declined", decided_at=timezone.now())
    with time_machine.travel(MONDAY + datetime.timedelta(days=364), tick=False):
        mailing.purge()
        assert Check.objects.exists()
        assert Proposal.objects.exists()
    with time_machine.travel(MONDAY + datetime.timedelta(days=366), tick=False):
        send()
        assert not Check.objects.filter(created_at__lt=MONDAY + datetime.timedelta(days=1)).exists()
        assert not Proposal.objects.exists()
        assert client.get(link).status_code == 404


class Kept(Message):
    """Keeps what a mail server is given, and knows one name as gone."""

    def __init__(self):
        super().__init__()
        self.messages = []

    async def handle_RCPT(self, _server, _session, envelope, address, options):  # noqa: N802
        if address.startswith("gone@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    def handle_message(self, message):
        self.messages.append(message)


class OnAnyPort(Controller):
    """Listens where the system finds a place."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def test_by_a_real_mail_server(city, settings):
    make_service(city, organization="Anker", email="gone@anker.example")
    make_listing(city, name="Maison d’été")
    kept = Kept()
    controller = OnAnyPort(kept, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
        send()
    finally:
        controller.stop()
    (message,) = kept.messages
    assert message["To"] == ADDRESS
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    body = message.get_payload(decode=True).decode()
    assert "Maison d’été" in body
    assert links.site_url() in body
    assert WrongAddress.objects.get().email == "gone@anker.example"
