"""Ticks of several processes at once, and one that is killed, on each database."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 180
#: Of the jobs, `slow` ends when the test lets it.
JOBS = ("first", "second", "third", "slow")


@pytest.fixture
def site(tmp_path):
    """The environment of a site whose tables are made, in a database of its own."""
    with _database(tmp_path) as address:
        environment = os.environ | {"DATABASE_URL": address, "WAYMARK_ENV": "test"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        # The tables of ticks alone: they depend on no other app.
        made = [sys.executable, "manage.py", "migrate", "operations", "--verbosity", "0"]
        subprocess.run(made, cwd=ROOT, env=environment, check=True, timeout=SECONDS)
        yield environment


@contextlib.contextmanager
def _database(folder):
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield f"sqlite:///{folder / 'ticks.sqlite3'}"
        return
    name = f"waymark_ticks_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(address)._replace(path=f"/{name}").geturl()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def start(site, tmp_path):
    """A function that starts ticks, which begin together; those still there at the end are killed."""
    processes = []

    def start_some(number, lease=600):
        command = [sys.executable, "-m", "tests.operations.tick.worker", tmp_path, str(lease)]
        mine = [subprocess.Popen(command, cwd=ROOT, env=site) for _each in range(number)]
        processes.extend(mine)
        _until(lambda: all((tmp_path / f"ready-{one.pid}").exists() for one in mine))
        (tmp_path / "start").touch()
        return mine

    yield start_some
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def log(tmp_path):
    """A function giving how often each line was noted."""
    path = tmp_path / "log"
    return lambda: Counter(path.read_text().splitlines() if path.exists() else [])


def _until(holds):
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.05)


def test_processes_at_once_run_each_job_once(start, log, tmp_path):
    (tmp_path / "go").touch()
    assert [process.wait(SECONDS) for process in start(3)] == [0, 0, 0]
    assert log() == {f"{name} {what}": 1 for name in JOBS for what in ("began", "ended")}


def test_slow_job_holds_up_no_other(start, log):
    start(1)
    _until(lambda: log().total() == 7)
    assert log()["slow ended"] == 0


def test_job_of_a_killed_process_is_run_again_when_its_claim_has_run_out(start, log, tmp_path):
    (killed,) = start(1, lease=2)
    _until(lambda: log()["slow began"] == 1 and log()["third ended"] == 1)
    killed.kill()
    assert killed.wait(SECONDS) < 0
    (tmp_path / "go").touch()
    (too_soon,) = start(1, lease=2)
    too_soon.wait(SECONDS)
    time.sleep(2)
    (next_one,) = start(1, lease=2)
    assert next_one.wait(SECONDS) == 0
    assert log()["slow ended"] == 1
    assert log()["first began"] == 1
