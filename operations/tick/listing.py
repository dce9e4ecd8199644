"""What `manage.py tick --list` shows."""

from django.utils import timezone

from operations.tick import claims, clock, due
from operations.tick.jobs import JOBS

HEADINGS = ("job", "every", "last done well", "next due", "state")
NEVER = "never"


def table(now):
    """The lines of the table. Two queries."""
    rows, doubted_until = claims.remembered(JOBS), clock.doubted_until(now)
    cells = [HEADINGS]
    cells += [_cells(job, rows[job.name], now, doubted_until) for job in JOBS]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]


def _cells(job, row, now, doubted_until):
    next_due = due.due_at(job, row, now)
    if doubted_until and job.believes_clock:
        next_due = max(next_due, doubted_until)
    return (
        job.name,
        _interval(job),
        _moment(row.succeeded_at),
        "now" if next_due <= now else _moment(next_due),
        _state(job, row, now, doubted_until),
    )


def _state(job, row, now, doubted_until):
    if due.is_running(job, row, now):
        return f"running since {_moment(row.started_at)}"
    if doubted_until and job.believes_clock:
        return "waits until the clock can be believed"
    if due.was_interrupted(job, row, now):
        return "was interrupted"
    if row.error:
        return f"failed: {row.error}"
    return "well" if row.started_at else NEVER


def _interval(job):
    if job.at:
        return f"day at {job.at:%H:%M}"
    minutes = int(job.every.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"


def _moment(moment):
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else NEVER
