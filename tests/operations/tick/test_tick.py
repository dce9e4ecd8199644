"""`manage.py tick` runs what is due and says what failed."""

import datetime
import re

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.db import DatabaseError
from django.utils import timezone

from operations.models import Upkeep
from operations.tick import claims, running
from operations.tick.jobs import JOBS

MORNING = datetime.datetime(2026, 3, 10, 9, 0, tzinfo=datetime.UTC)
MOMENT = "2026-03-10 09:00"
ALL = ["hourly", "often", "purge"]


@pytest.fixture
def clock(jobs):
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def test_every_job_is_a_command():
    assert {job.name for job in JOBS} <= set(get_commands())


@pytest.mark.django_db
def test_every_job_of_a_new_site_runs_well():
    """As they are, one by one, on a site without a city."""
    assert {job.name: running.run(job) for job in JOBS} == {job.name: "" for job in JOBS}


def test_first_tick_does_everything_and_the_next_what_is_due(tick, clock):
    assert tick() == (ALL, "", 0)
    assert tick()[0] == []
    clock.shift(60)
    assert tick()[0] == ["often"]
    clock.shift(3600)
    assert tick()[0] == ["hourly", "often"]
    clock.shift(24 * 3600)
    assert tick()[0] == ALL


def test_tick_notes_that_it_ran(tick, clock):
    tick()
    assert Upkeep.objects.get(name="tick").succeeded_at == MORNING


def test_failing_job_stops_no_other_and_is_named_without_its_words(tick, jobs, clock):
    def fail():
        raise ValueError("somebody@example.org")

    jobs["hourly"] = fail
    assert tick() == (ALL, "hourly: ValueError\n", 1)
    assert Upkeep.objects.get(name="hourly").error == "ValueError"
    assert Upkeep.objects.get(name="purge").error == ""


def test_error_behind_what_a_command_says_is_the_one_that_is_named(tick, jobs, clock):
    def fail():
        raise CommandError("words") from ConnectionRefusedError()

    jobs["often"] = fail
    assert tick()[1] == "often: ConnectionRefusedError\n"


def test_failure_is_forgotten_when_the_job_has_run_well(tick, jobs, clock):
    jobs["often"] = lambda: 1 / 0
    tick()
    del jobs["often"]
    clock.shift(60)
    assert tick() == (["often"], "", 0)
    assert Upkeep.objects.get(name="often").error == ""


def test_while_a_slow_job_runs_the_same_tick_does_what_becomes_due(tick, jobs, clock, monkeypatch):
    """A timer of systemd starts no second tick beside one that is still running."""
    looks = iter(range(4))

    def is_at_work(lane):
        return lane.at_work == "hourly" and jobs["done"].count("often") < 2 and next(looks) < 3

    tick()
    jobs["hourly"] = lambda: clock.shift(60)
    monkeypatch.setattr(running, "PAUSE", 0)
    monkeypatch.setattr(running.Lane, "is_alive", is_at_work)
    clock.shift(3600)
    assert tick()[0] == ["hourly", "often", "often"]


def test_job_claimed_by_another_process_is_left_to_it(tick, jobs, clock):
    (often,) = [job for job in running.JOBS if job.name == "often"]
    settle = claims.take(often)
    assert "often" not in tick()[0]
    settle("")
    clock.shift(60)
    assert "often" in tick()[0]


def test_end_of_a_run_whose_claim_ran_out_changes_nothing(jobs, clock):
    (often,) = [job for job in running.JOBS if job.name == "often"]
    first = claims.take(often)
    clock.shift(often.lease)
    second = claims.take(often)
    first("OSError")
    assert Upkeep.objects.get(name="often").error == ""
    second("")
    assert Upkeep.objects.get(name="often").claimed_until is None


def test_lane_that_never_ends_is_named_and_not_waited_for(tick, jobs, clock, monkeypatch):
    monkeypatch.setattr(running.Lane, "start", lambda self: None)
    monkeypatch.setattr(running.Lane, "is_alive", lambda self: True)
    monkeypatch.setattr(running.Lane, "is_overdue", True)
    monkeypatch.setattr(running, "PAUSE", 0)
    monkeypatch.setattr(running, "due_now", lambda *_: [running.JOBS[1]] if due else [])
    due = [True]
    monkeypatch.setattr(running.Upkeep, "succeeded", lambda _name: due.clear())
    assert tick() == ([], "hourly: NotEnded\n", 1)


def test_one_job_alone(tick, clock):
    assert tick("--only", "hourly") == (["hourly"], "", 0)
    names, said, code = tick("--only", "hourly")
    assert (names, code) == ([], 0)
    assert said.startswith("hourly: not due")
    assert tick("--only", "hourly", "--now") == (["hourly"], "", 0)


def test_unknown_job_is_refused_with_the_known_ones(tick):
    with pytest.raises(CommandError, match=r"There is no job “nothing”. Use one of: often, hourly"):
        tick("--only", "nothing")


def test_now_wants_a_job(tick):
    with pytest.raises(CommandError, match="Say which job"):
        tick("--now")


def test_database_that_does_not_answer_is_one_line(tick, monkeypatch):
    def refuse(*_args):
        raise DatabaseError("connection to 192.0.2.7 failed")

    monkeypatch.setattr(running, "due_now", refuse)
    with pytest.raises(CommandError) as refused:
        tick()
    assert str(refused.value) == "tick: the database does not answer (DatabaseError)."


def test_list_says_how_each_job_stands(tick, jobs, clock):
    jobs["hourly"] = lambda: 1 / 0
    assert "never" in tick("--list")[1]
    tick()
    (often,) = [job for job in running.JOBS if job.name == "often"]
    clock.shift(60)
    claims.take(often)
    lines = tick("--list")[1].splitlines()
    assert [re.split(r"  +", line) for line in lines[1:]] == [
        ["often", "1 min", MOMENT, "2026-03-10 09:11", "running since 2026-03-10 09:01"],
        ["hourly", "1 h", "never", "2026-03-10 09:59", "failed: ZeroDivisionError"],
        ["purge", "day at 02:30", MOMENT, "2026-03-11 02:30", "well"],
    ]
    clock.shift(often.lease)
    assert "was interrupted" in tick("--list")[1]


def test_list_runs_nothing(tick):
    assert tick("--list")[0] == []
    assert not Upkeep.objects.exists()


def test_moments_are_noted_by_the_clock_of_the_machine(tick, jobs, clock):
    jobs["often"] = lambda: clock.shift(30)
    call_command("tick", "--only", "often")
    row = Upkeep.objects.get(name="often")
    assert (row.started_at, row.finished_at) == (MORNING, timezone.now())


def test_operators_page_names_every_job_and_when_it_is_done():
    page = (settings.BASE_DIR / "docs/operators.md").read_text(encoding="utf-8")
    section = page.partition("## Scheduled work")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    assert {
        name: when.strip() for names, when in rows for name in re.findall("`(.+?)`", names)
    } == {job.name: in_words(job) for job in JOBS}


def in_words(job):
    if job.at:
        return f"every day at {job.at:%H:%M} {settings.TIME_ZONE}"
    minutes = job.every // datetime.timedelta(minutes=1)
    return {1: "every minute", 60: "every hour"}.get(minutes, f"every {minutes} minutes")
