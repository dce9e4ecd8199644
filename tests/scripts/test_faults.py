"""The programs of `scripts/faults` say what they saw, and the quickest of them are run whole.

The rest take minutes: `make faults`. The first run on a machine makes a database, about a minute more.
"""

import io
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.faults import asking
from scripts.faults.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
ON_LINUX = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc of Linux")


def run(*arguments):
    """A fault program's status and words."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("WAYMARK_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        words, _nothing = process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, words


@ON_LINUX
def test_killed_worker_loses_nothing_that_was_answered():
    status, words = run("scripts.faults.kill_worker", "--short")
    assert status == 0, words
    assert "all kept, whole" in words


@ON_LINUX
def test_full_disk_is_calm_and_mends_itself():
    status, words = run("scripts.faults.disk_full", "--short", "--limit")
    assert status == 0, words
    assert "6 of them got the calm page" in words


def test_unknown_fault_is_refused_in_one_line():
    status, words = run("scripts.faults", "earthquake")
    assert status == 2
    assert "there is no “earthquake”; there are kill-worker" in words


def test_one_deviation_is_a_failure_and_is_said():
    out = io.StringIO()
    verdict = Verdict("some-fault", out)
    assert verdict.expect(True, "pages answer")
    assert not verdict.expect(False, "one report is lost")
    assert verdict.end() == 1
    assert "  NO  one report is lost\n" in out.getvalue()
    assert "some-fault: 1 deviations" in out.getvalue()


def test_without_deviations_it_has_survived():
    out = io.StringIO()
    verdict = Verdict("some-fault", out)
    verdict.expect(True, "pages answer")
    assert verdict.end() == 0
    assert "some-fault: survived" in out.getvalue()


def test_choices_are_read_whatever_the_order_of_their_attributes():
    page = """<input type="hidden" name="csrf" value="1"><input id="a" name="age" type="radio" value="adult">
    <input type="radio" name="age" value="unknown"><input value="fr" type="checkbox" name="languages">"""
    found = asking.choices_on(page, random.Random(1))
    assert found["languages"] == "fr"
    assert found["age"] in ("adult", "unknown")
    assert asking.choices_on("<form></form>", random.Random(1)) == {"skip": "1"}


def test_percentile_of_nothing_is_never_good_enough():
    assert asking.percentile([], 0.95) == float("inf")
    assert asking.percentile([3, 1, 2, 4], 0.5) == 3
    assert asking.percentile([1], 0.95) == 1


def test_load_says_what_went_wrong_in_its_threads():
    def work(number, pick):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), asking.Load(2, work, seconds=5):
        pass
