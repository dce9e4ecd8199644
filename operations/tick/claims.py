"""Which process runs a job: a row a job in the database, taken by whoever changes it first."""

import functools

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from operations.models import Upkeep
from operations.tick import due


def rows():
    """What is remembered, from the database that is written to: a copy of it may be behind."""
    return Upkeep.objects.using(DEFAULT_DB_ALIAS)


def remembered(jobs):
    """{name: its row}, which may be a new one, for these jobs. One query."""
    known = rows().in_bulk([job.name for job in jobs])
    return {job.name: known.get(job.name) or Upkeep(name=job.name) for job in jobs}


def take(job, *, at_once=False):
    """Claim a job if it is due (or `at_once`) and nobody is at it; how to say what became of it.

    The answer is a function of the type of an error, or None where the job is not ours. What was
    read is what has to stand there still when it is changed: of several processes one changes it.
    """
    rows().bulk_create([Upkeep(name=job.name)], ignore_conflicts=True)
    row, now = rows().get(name=job.name), timezone.now()
    if due.is_running(job, row, now) or not (at_once or due.due_at(job, row, now) <= now):
        return None
    seen = {"started_at": row.started_at, "claimed_until": row.claimed_until}
    mine = {"started_at": now, "claimed_until": now + job.lease}
    if not rows().filter(name=job.name, **seen).update(**mine):
        return None
    return functools.partial(_settle, rows().filter(name=job.name, **mine))


def _settle(mine, error):
    """Note the end of a run, unless its claim had run out and another process took over."""
    now = timezone.now()
    well = {} if error else {"succeeded_at": now}
    mine.update(finished_at=now, claimed_until=None, error=error, **well)
