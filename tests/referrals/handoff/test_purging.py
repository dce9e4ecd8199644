"""Forgotten referrals are closed, closed ones reduced to counts, and nothing else happens."""

import datetime

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from referrals.handoff import acts, letters, purging, rules
from referrals.models import DeadEnd, Letter, Outcome, Referral, ReferralEvent
from services.post import MailServerError
from tests import factories
from tests.people import make_person
from tests.services.reporting.test_at_once import at_once

pytestmark = pytest.mark.django_db
By = ReferralEvent.By

NOW = datetime.datetime(2026, 9, 30, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def city():
    return factories.make_city("harbour")


@pytest.fixture
def refer(city):
    """`refer(days)`: a referral made so many days ago, to a service that gets no mail."""
    service, worker = factories.make_service(city, name="Quay House"), make_person("worker", city)

    def made(days=0, **fields):
        wanted = acts.Wanted(city=city, service=service, need="shelter", urgency="24h", **fields)
        with time_machine.travel(timezone.now() - days * DAY, tick=False):
            return acts.refer(wanted, consent=True, worker=worker)

    return made


def close(referral, days):
    """The worker closed it so many days ago."""
    with time_machine.travel(timezone.now() - days * DAY, tick=False):
        return acts.close(referral.pk, By.WORKER)


def run(capsys, *arguments):
    call_command("purge_referrals", *arguments)
    return capsys.readouterr().out.strip()


def told(closed=0, reduced=0, still=0, old=0):
    return (
        f"closed: {closed}, reduced to counts: {reduced}, open: {still}, old counts deleted: {old}"
    )


def test_when_consent_is_over_it_is_closed_and_counted_by_the_clock(clock, refer, capsys):
    over, fresh = refer(31), refer(30)
    assert run(capsys) == told(closed=1, still=1)
    over.refresh_from_db()
    assert (over.state, over.closed_at) == ("closed", NOW)
    assert over.events.last().by == By.CLOCK
    assert Outcome.objects.get().end == "no-answer"
    fresh.refresh_from_db()
    assert fresh.is_open


def test_what_was_answered_lately_is_closed_as_well(clock, refer, capsys):
    referral = refer(31)
    with time_machine.travel(NOW - 2 * DAY, tick=False):
        acts.accept(referral.pk, By.RECEIVER)
    assert run(capsys) == told(closed=1)
    assert Outcome.objects.get().end == "can-take"


def test_what_is_ended_while_the_purge_looks_is_closed_once(clock, refer, monkeypatch, capsys):
    """The list was made before somebody acted; it is looked at again under the lock."""
    ended, gone = refer(31), refer(31)
    looks = []

    def looked(now):
        looks.append(now)
        if len(looks) == 1:
            pks = list(find(now).values_list("pk", flat=True))
            acts.close(ended.pk, By.WORKER)
            Referral.objects.filter(pk=gone.pk).delete()
            return Referral.objects.filter(pk__in=pks)
        return find(now)

    find = purging._over
    monkeypatch.setattr(purging, "_over", looked)
    assert run(capsys) == told()
    assert len(looks) >= 2
    assert ended.events.count() == 2


def test_closed_referrals_go_when_their_days_are_over(clock, refer, settings, capsys):
    settings.REFERRAL_KEPT_DAYS = 30
    gone, kept = refer(40), refer(40)
    close(gone, 30)
    close(kept, 29)
    before = list(Outcome.objects.values())
    assert run(capsys) == told(reduced=1)
    assert list(Referral.objects.all()) == [kept]
    assert set(ReferralEvent.objects.values_list("referral", flat=True)) == {kept.pk}
    assert list(Outcome.objects.values()) == before
    assert sum(row["count"] for row in before) == 2


def test_with_no_days_kept_what_closes_goes_at_once(clock, refer, settings, capsys):
    settings.REFERRAL_KEPT_DAYS = 0
    refer(31)
    close(refer(3), 0)
    assert run(capsys, "--dry-run") == told(closed=1, reduced=2)
    assert run(capsys) == told(closed=1, reduced=2)
    assert not Referral.objects.exists()


def test_a_dry_run_says_the_same_and_changes_nothing(clock, refer, capsys):
    refer(31)
    refer(2)
    close(refer(80), 70)
    assert run(capsys, "--dry-run") == told(closed=1, reduced=1, still=1)
    assert Referral.objects.count() == 3
    assert Referral.objects.filter(closed_at=None).count() == 2
    assert run(capsys) == told(closed=1, reduced=1, still=1)


def test_a_second_run_finds_nothing_to_do(clock, refer, capsys):
    refer(31)
    close(refer(80), 70)
    run(capsys)
    assert run(capsys) == told()


def test_a_run_that_is_killed_is_finished_by_the_next(clock, refer, monkeypatch, capsys):
    for _each in range(5):
        close(refer(80), 70)
    monkeypatch.setattr(purging, "BATCH", 2)
    delete, batches = purging._delete_some, []

    def killed(referrals):
        if len(batches) == 1:
            raise KeyboardInterrupt
        batches.append(delete(referrals))
        return batches[-1]

    monkeypatch.setattr(purging, "_delete_some", killed)
    with pytest.raises(KeyboardInterrupt):
        call_command("purge_referrals")
    assert Referral.objects.count() == 3
    monkeypatch.setattr(purging, "_delete_some", delete)
    assert run(capsys) == told(reduced=3)
    assert Outcome.objects.get().count == 5


def test_counts_are_kept_for_five_years_in_whole_quarters(clock, city, capsys):
    for month in (datetime.date(2021, 6, 1), datetime.date(2021, 7, 1), datetime.date(2021, 9, 1)):
        DeadEnd.objects.create(city=city, month=month, need="shelter", count=1)
        Outcome.objects.create(
            city=city,
            month=month,
            need="shelter",
            urgency="24h",
            end="arrived",
            speed="1h",
            count=1,
        )
    assert run(capsys) == told(old=2)
    for model in (DeadEnd, Outcome):
        assert [row.month.month for row in model.objects.all()] == [7, 9]


def everything():
    """Every value of every row of every table, as text."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values_list():
            yield from ((model.__name__, str(value)) for value in row)


def test_nothing_in_the_database_still_holds_its_id_or_its_code(clock, refer, capsys):
    referral = refer(80, code="ZQXWVK")
    for act in (acts.receive, acts.accept):
        with time_machine.travel(NOW - 79 * DAY, tick=False):
            act(referral.pk, By.RECEIVER)
    Letter.objects.create(referral=referral, kind="answer", email="w@example.org", language="en")
    close(referral, 70)
    marks = (str(referral.pk), referral.pk.hex, "ZQXWVK")

    def holding():
        return {name for name, value in everything() if any(mark in value for mark in marks)}

    assert holding() == {"Referral", "ReferralEvent", "Letter"}
    assert run(capsys) == told(reduced=1)
    assert holding() == set()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_close_and_count_each_referral_once(refer, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    monkeypatch.setattr(purging, "BATCH", 2)
    for _each in range(6):
        refer(40)
    for _each in range(7):
        close(refer(80), 70)
    assert at_once(*[lambda: call_command("purge_referrals", verbosity=0)] * 3) == []
    assert Referral.objects.filter(state="closed").count() == 6
    assert Referral.objects.count() == 6
    assert sum(Outcome.objects.values_list("count", flat=True)) == 13
    assert ReferralEvent.objects.filter(act="close", by=By.CLOCK).count() == 6


def test_a_run_says_what_it_sent(monkeypatch, capsys):
    monkeypatch.setattr(letters, "tell_of_silence", lambda: 2)
    monkeypatch.setattr(letters, "deliver", lambda: letters.Counter(sent=3, needless=1))
    call_command("send_referrals")
    assert capsys.readouterr().out.strip() == (
        "silent: 2, sent: 3, to be tried again: 0, failed: 0, no longer needed: 1"
    )


def test_without_a_mail_server_it_ends_with_one_line(monkeypatch):
    def fails():
        raise MailServerError("connection refused")

    monkeypatch.setattr(letters, "deliver", fails)
    with pytest.raises(CommandError, match="sent by the next run"):
        call_command("send_referrals")


def test_silence_is_told_once(clock, refer, monkeypatch, capsys):
    monkeypatch.setattr(letters, "tell_worker", lambda referral, kind: None)
    refer(1)
    call_command("send_referrals")
    assert capsys.readouterr().out.startswith("silent: 1,")
    call_command("send_referrals")
    assert capsys.readouterr().out.startswith("silent: 0,")


def test_consent_holds_for_a_month():
    assert rules.CONSENT == 30 * DAY
