"""A table of invented jobs, whose commands are functions of the test."""

import datetime

import pytest

from operations.tick import listing, running
from operations.tick.jobs import Job

MINUTE = datetime.timedelta(minutes=1)
JOBS = (
    Job("often", MINUTE, lane="one"),
    Job("hourly", 60 * MINUTE, lane="two"),
    Job("purge", 24 * 60 * MINUTE, at=datetime.time(2, 30), lane="two", believes_clock=True),
)


@pytest.fixture
def jobs(db, monkeypatch):
    """{name: what it does instead of the command}; a list under "done" says what was run."""
    acts = {"done": []}

    def call(name, **_options):
        acts["done"].append(name)
        acts.get(name, lambda: None)()

    for module in (running, listing):
        monkeypatch.setattr(module, "JOBS", JOBS)
    monkeypatch.setattr("operations.management.commands.tick.JOBS", JOBS)
    monkeypatch.setattr(running, "call_command", call)
    return acts


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """Lanes have a connection each, and would not see what a test has written: here they have its own."""
    monkeypatch.setattr(running.Lane, "start", lambda self: self.run())
    monkeypatch.setattr(running.connections, "close_all", lambda: None)
    monkeypatch.setattr(running, "close_old_connections", lambda: None)


@pytest.fixture
def tick(jobs, capsys):
    """`tick(*options)`: the names that it ran, what it said, and its exit code."""
    from django.core.management import call_command

    def run(*options):
        jobs["done"].clear()
        try:
            call_command("tick", *options)
            code = 0
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        return sorted(jobs["done"]), captured.out + captured.err, code

    return run
