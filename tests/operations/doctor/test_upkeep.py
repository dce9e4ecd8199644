"""Backups, the tick and its work, and what was given up."""

import datetime

import pytest
from django.utils import timezone

from operations.doctor import upkeep
from operations.models import Upkeep
from referrals.models import Letter
from services.models import Change, Check, Delivery, Webhook
from tests.factories import make_city, make_key, make_service
from tests.operations.doctor.seen import found, levels

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def done(name, ago, **fields):
    at = timezone.now() - ago
    values = {"finished_at": at, "succeeded_at": at} | fields
    Upkeep.objects.update_or_create(name=name, defaults=values)


@pytest.mark.parametrize(
    ("code", "name", "level", "good", "late"),
    [
        ("D40", "backup", "fault", 25 * HOUR, 27 * HOUR),
        ("D41", "restore-check", "risk", 89 * 24 * HOUR, 91 * 24 * HOUR),
        ("D43", "tick", "fault", HOUR / 10, HOUR / 5),
    ],
)
def test_work_that_was_never_done_or_long_ago(production, code, name, level, good, late):
    assert levels(code) == [level]
    done(name, late)
    assert levels(code) == [level]
    done(name, good)
    assert found(code) == []


def test_a_backup_that_failed_since_does_not_hide_when_the_last_good_one_was(production):
    done("backup", 30 * HOUR, finished_at=timezone.now(), error="OSError")
    assert "30 hours" in found("D40")[0][1]


def test_backups_without_key_or_place(production):
    production.BACKUP_PUBLIC_KEY = production.BACKUP_DIR = ""
    assert levels("D42") == ["risk", "risk"]
    production.BACKUP_PUBLIC_KEY, production.BACKUP_DIR = "a key", "/srv"
    assert found("D42") == []


def test_work_of_the_tick_that_is_late_or_failed(production):
    done("tick", 90 * HOUR)
    done("purge_reports", HOUR)
    assert found("D44") == []
    done("purge_reports", 27 * HOUR)
    done("send_checks", 2 * HOUR, finished_at=timezone.now(), error="MailServerError")
    Upkeep.objects.create(name="send_webhooks", started_at=timezone.now())
    said = sorted(what for _level, what in found("D44"))
    assert said == [
        "“purge_reports” was last done 27 hours ago.",
        "“send_checks” was last done 2 hours ago (MailServerError).",
        "“send_webhooks” was last done never.",
    ]


def test_work_that_is_done_often_is_late_soon(production, monkeypatch):
    monkeypatch.setattr(upkeep, "patience", lambda: {"send_webhooks": HOUR / 2})
    done("send_webhooks", HOUR / 3)
    assert found("D44") == []
    done("send_webhooks", HOUR)
    assert levels("D44") == ["risk"]


def letter(state, ago):
    return Letter.objects.create(
        kind="recall", email="w@example.org", language="en", state=state, created_at=ago
    )


def test_mails_that_were_given_up_or_wait_too_long(production):
    now = timezone.now()
    letter("sent", now)
    letter("failed", now - 8 * 24 * HOUR)
    letter("waiting", now - HOUR)
    assert found("D45") == []
    letter("failed", now - HOUR)
    letter("waiting", now - 25 * HOUR)
    organization = make_service(make_city()).organization
    Check.objects.create(
        organization=organization,
        email="w@example.org",
        token_hash="x",
        state="failed",
        expires_at=now,
    )
    assert [what.split()[0] for _level, what in found("D45")] == ["2", "1"]
    assert "example.org" not in str(found("D45"))


def test_webhooks_that_were_given_up(production):
    key, _plain = make_key()
    webhook = Webhook.objects.create(key=key, url="https://hooks.partner.example/")
    service = "00000000-0000-4000-8000-00000000000a"
    change = Change.objects.create(service=service, before={}, number=20, public_number=10)
    lost = Delivery.objects.create(webhook=webhook, change=change, state="given-up")
    assert levels("D46") == ["risk"]
    Delivery.objects.filter(pk=lost.pk).update(next_attempt_at=timezone.now() - 8 * 24 * HOUR)
    assert found("D46") == []


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(3, "3 minutes"), (119, "119 minutes"), (120, "2 hours"), (2880, "2 days")],
)
def test_how_long_ago(minutes, words):
    assert upkeep.age(datetime.timedelta(minutes=minutes)) == words
