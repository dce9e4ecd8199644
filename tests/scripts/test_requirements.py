"""The pinned requirements: everything has a hash, and nothing says where it comes from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = ["base.txt", "dev.txt"]


def packages(name):
    """Each package's line of a requirements file with its hashes."""
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_hashes(name):
    lines = packages(name)
    assert lines
    loose = [p for p in lines if not re.match(r"^\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", p)]
    assert loose == []


@pytest.mark.parametrize("name", FILES)
def test_no_package_index_is_named(name):
    text = (ROOT / "requirements" / name).read_text()
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|@ ", text)


def test_tests_run_with_what_production_runs_with():
    pins = [{_pin(line) for line in packages(name)} for name in FILES]
    assert pins[0] <= pins[1]


def _pin(line):
    """Name and version, whatever extras it is installed with."""
    return re.sub(r"\[.*?\]", "", line.split(" ;")[0].split()[0])
