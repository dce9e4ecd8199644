"""Programs that check the files of `deploy/`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def program(name):
    """Where a program is. A test that needs one that is missing is skipped, and fails where all is required."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found and os.environ.get("WAYMARK_REQUIRE_ALL") == "1":
        pytest.fail(f"{name} is missing.")
    if not found:
        pytest.skip(f"{name} is missing")
    return found


def run(name, *arguments, **options):
    """Run such a program; (exit code, all that it said)."""
    ended = subprocess.run(
        [program(name), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        **options,
    )
    return ended.returncode, ended.stdout
