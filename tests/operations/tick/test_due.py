"""When a job is due, whatever the clock and the last run say."""

import datetime

import pytest
from django.test import override_settings

from operations.models import Upkeep
from operations.tick import due
from operations.tick.jobs import Job

HOUR = datetime.timedelta(hours=1)
MINUTE = HOUR / 60
OFTEN = Job("often", 5 * MINUTE)
DAILY = Job("daily", 24 * HOUR, at=datetime.time(2, 30))
NOW = datetime.datetime(2026, 3, 10, 12, 0, tzinfo=datetime.UTC)


def is_due(job, now=NOW, **values):
    return due.due_at(job, Upkeep(name=job.name, **values), now) <= now


def ended(started, **values):
    return {"started_at": started, "finished_at": started + MINUTE} | values


@pytest.mark.parametrize("job", [OFTEN, DAILY])
def test_job_that_never_ran_is_due(job):
    assert is_due(job)


def test_interval_is_kept_though_a_timer_is_some_seconds_early():
    assert not is_due(OFTEN, **ended(NOW - 4 * MINUTE))
    assert is_due(OFTEN, **ended(NOW - 5 * MINUTE + datetime.timedelta(seconds=2)))


def test_daily_work_waits_for_its_hour():
    night = NOW.replace(hour=2, minute=30)
    yesterday = ended(night - 24 * HOUR)
    assert not is_due(DAILY, night - MINUTE, **yesterday)
    assert is_due(DAILY, night, **yesterday)
    assert not is_due(DAILY, NOW, **ended(night))


def test_daily_work_is_caught_up_when_its_hour_was_missed():
    assert is_due(DAILY, **ended(NOW - 34 * HOUR))


@override_settings(TIME_ZONE="Europe/Helsinki")
def test_hour_is_that_of_the_site():
    half_past_two = datetime.datetime(2026, 3, 10, 0, 30, tzinfo=datetime.UTC)
    yesterday = ended(half_past_two - 24 * HOUR)
    assert not is_due(DAILY, half_past_two - MINUTE, **yesterday)
    assert is_due(DAILY, half_past_two, **yesterday)


@override_settings(TIME_ZONE="Europe/Helsinki")
def test_night_of_summer_time_leaves_no_day_out():
    """On 29 March 2026 clocks go from three to four: half past two is there, half past three is not."""
    job = Job("daily", 24 * HOUR, at=datetime.time(3, 30))
    started = datetime.datetime(2026, 3, 28, 1, 30, tzinfo=datetime.UTC)
    assert is_due(job, started + 25 * HOUR, **ended(started))


def test_failure_is_tried_again_within_the_hour():
    failed = {"error": "OSError"}
    assert not is_due(DAILY, **ended(NOW - HOUR / 2, **failed))
    assert is_due(DAILY, **ended(NOW - HOUR, **failed))
    assert is_due(OFTEN, **ended(NOW - 5 * MINUTE, **failed))


def test_claimed_job_is_left_alone_until_the_claim_runs_out():
    claimed = {"started_at": NOW - MINUTE, "claimed_until": NOW + MINUTE}
    assert not is_due(OFTEN, **claimed)
    assert is_due(OFTEN, NOW + MINUTE, **claimed)


def test_clock_set_back_stops_nothing():
    """What a clock that was a year ahead has written counts as never, claims among it."""
    later = NOW + 365 * 24 * HOUR
    assert is_due(OFTEN, **ended(later))
    assert is_due(DAILY, **ended(later))
    assert is_due(OFTEN, started_at=later, claimed_until=later + OFTEN.lease)
    assert is_due(DAILY, **ended(later, error="OSError"))


def test_clock_of_another_machine_may_be_a_little_ahead():
    assert not is_due(OFTEN, **ended(NOW + 2 * MINUTE))
