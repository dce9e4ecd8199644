"""Do what is due: lanes of jobs side by side, until nothing is due any more.

While a slow lane is at work the others are looked at again and again, because a timer of systemd
starts no second tick beside one that is still running. Where cron starts one, claims keep them apart.
"""

import io
import threading
import time
from itertools import groupby
from operator import attrgetter

from django.core.management import CommandError, call_command
from django.db import close_old_connections, connections
from django.utils import timezone

from operations.models import Upkeep
from operations.tick import claims, clock, due
from operations.tick.jobs import JOBS

#: So often is looked whether something else became due, while a lane is at work.
PAUSE = 10
UNENDED = "NotEnded"


def run_due():
    """Run everything that is due; {name of what failed: type of its error}, the clock among them."""
    lanes, failed = {}, {}
    while True:
        now = timezone.now()
        if clock.look(now) is not None:
            failed[clock.NAME] = clock.JUMPED
        for name, jobs in _by_lane(due_now(JOBS, now)):
            if name not in lanes:
                lanes[name] = Lane(jobs, failed)
        _wait(lanes, failed)
        Upkeep.succeeded("tick")
        if not lanes:
            return failed


def due_now(jobs, now):
    """Those jobs that may run now. Two queries."""
    believable = clock.doubted_until(now) is None
    rows = claims.remembered(jobs)
    return [
        job
        for job in jobs
        if (believable or not job.believes_clock) and due.due_at(job, rows[job.name], now) <= now
    ]


def run(job, *, at_once=False):
    """Run one job if it is ours to run; the type of its error, empty if all went well, None if not ours."""
    settle = claims.take(job, at_once=at_once)
    if settle is None:
        return None
    error = _call(job.name)
    close_old_connections()
    settle(error)
    return error


def _call(name):
    try:
        call_command(name, verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())
    except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs go on
        told = error.__cause__ if isinstance(error, CommandError) and error.__cause__ else error
        return type(told).__name__
    return ""


def _by_lane(jobs):
    lane = attrgetter("lane")
    return [(name, list(same)) for name, same in groupby(sorted(jobs, key=lane), key=lane)]


def _wait(lanes, failed):
    """Wait a while, until a lane ends; forget those that ended, and those that never will."""
    if lanes:
        Lane.ended.wait(PAUSE)
        Lane.ended.clear()
    for name, lane in list(lanes.items()):
        if lane.is_overdue:
            failed[lane.at_work] = UNENDED
        if lane.is_overdue or not lane.is_alive():
            del lanes[name]


class Lane(threading.Thread):
    """Jobs one after another beside everything else; what fails is noted in `failed`.

    The process ends without waiting for a lane that hangs: its claims run out like a killed one's.
    """

    ended = threading.Event()

    def __init__(self, jobs, failed):
        super().__init__(daemon=True)
        self.jobs, self.failed, self.at_work = jobs, failed, jobs[0].name
        self.deadline = time.monotonic() + sum(job.lease.total_seconds() for job in jobs)
        self.start()

    @property
    def is_overdue(self):
        return self.is_alive() and time.monotonic() > self.deadline

    def run(self):
        try:
            for job in self.jobs:
                self.at_work = job.name
                self._run(job)
        finally:
            connections.close_all()
            self.ended.set()

    def _run(self, job):
        try:
            error = run(job)
        except Exception as problem:  # noqa: BLE001 - the database went away: the claim runs out
            error = type(problem).__name__
        if error:
            self.failed[job.name] = error
