"""`manage.py tick` with invented jobs, as a program of its own: `python -m …worker FOLDER LEASE`.

DATABASE_URL names the database. A job notes in the folder that it began and that it ended; one
called `slow` waits in between, until the folder holds a file of the name `go`; its claim runs out
after so many seconds.
"""

import datetime
import os
import sys
import time
from pathlib import Path

os.environ["WAYMARK_ENV"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

from django.core.management import call_command

from operations.tick import running
from operations.tick.jobs import HOUR, Job

FOLDER = Path(sys.argv[1])
JOBS = tuple(Job(name, HOUR, lane=name) for name in ("first", "second", "third", "slow"))


class QuickLease(Job):
    """Others may take it up a moment after its process was killed."""

    lease = datetime.timedelta(seconds=float(sys.argv[2]))


def note(words):
    with (FOLDER / "log").open("a") as log:
        log.write(f"{words}\n")


def act(name, **_options):
    note(f"{name} began")
    while name == "slow" and not (FOLDER / "go").exists():
        time.sleep(0.05)
    note(f"{name} ended")


running.JOBS = (*JOBS[:3], QuickLease("slow", HOUR, lane="slow"))
running.call_command = act
running.PAUSE = 0.2
(FOLDER / f"ready-{os.getpid()}").touch()
while not (FOLDER / "start").exists():
    time.sleep(0.01)
call_command("tick")
