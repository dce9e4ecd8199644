"""When a job is due, from what is remembered of its last run.

Moments that lie ahead were written by a clock that was wrong then, or is wrong now: work that
waited for them could wait for ever, so they count as never.
"""

import datetime

from django.utils import timezone

#: Clocks of two machines may differ by so much, and a timer may be late by so much.
SKEW = datetime.timedelta(minutes=5)
SLACK = datetime.timedelta(seconds=20)
#: How long until a job that failed is tried again, if it is not due sooner.
RETRY = datetime.timedelta(hours=1)


def is_running(job, row, now):
    """Whether a process has claimed the job and may still be at it."""
    until = row.claimed_until
    return until is not None and now < until <= now + job.lease + SKEW


def was_interrupted(job, row, now):
    """Whether a run was claimed and never came to its end."""
    return row.claimed_until is not None and not is_running(job, row, now)


def due_at(job, row, now):
    """The moment from which the job may run; one that is not after `now` means that it is due."""
    if is_running(job, row, now):
        return row.claimed_until
    started = row.started_at
    if started is None or started > now + SKEW or row.claimed_until is not None:
        return now
    if row.error:
        return started + min(RETRY, job.every) - SLACK
    if job.at is None:
        return started + job.every - SLACK
    return _next_time_of_day(job.at, started)


def _next_time_of_day(at, moment):
    """The first moment after this one at which a clock of the site's time zone shows `at`."""
    zone = timezone.get_default_timezone()
    day = moment.astimezone(zone).date()
    planned = datetime.datetime.combine(day, at, tzinfo=zone)
    if planned <= moment:
        planned = datetime.datetime.combine(day + datetime.timedelta(days=1), at, tzinfo=zone)
    return planned
