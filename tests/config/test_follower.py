"""A replica is read from as long as it is known to follow."""

import pytest
from django.db import OperationalError

from config import lag


class Servers:
    """A primary and a replica: where each is in the log, None for one that is away."""

    def __init__(self):
        self.primary = self.replica = 1
        self.asked = []

    def ask(self, alias, sql, values=None):
        self.asked.append(alias)
        at = self.primary if alias == "default" else self.replica
        if at is None:
            raise OperationalError
        return at >= values[0] if values else at


@pytest.fixture
def servers(monkeypatch):
    found = Servers()
    monkeypatch.setattr(lag, "_ask", found.ask)
    return found


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(lag.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def follower(servers, clock):
    return lag.Follower()


def test_nothing_is_known_at_first(follower):
    assert not follower.follows()


def test_a_replica_that_has_everything_follows(follower):
    follower.look()
    assert follower.follows()


def test_one_that_is_a_little_behind_all_the_time_follows(follower, servers, clock):
    for step in range(2, 20):
        servers.replica, servers.primary = servers.primary, step
        follower.look()
        clock[0] += lag.LOOK_EVERY_SECONDS
    assert follower.follows()


def test_one_that_stands_still_does_not_and_comes_back(follower, servers, clock):
    follower.look()
    servers.primary = 2
    for _ in range(4):
        clock[0] += lag.LOOK_EVERY_SECONDS
        follower.look()
    assert not follower.follows()
    servers.replica = 2
    clock[0] += lag.LOOK_EVERY_SECONDS
    follower.look()
    assert follower.follows()


def test_where_nobody_looks_nothing_is_known(follower, clock):
    follower.look()
    clock[0] += lag.MOST_BEHIND_SECONDS + 1
    assert not follower.follows()


def test_a_primary_that_is_away_proves_nothing_new(follower, servers, clock):
    follower.look()
    servers.primary = None
    for _ in range(4):
        clock[0] += lag.LOOK_EVERY_SECONDS
        follower.look()
    assert not follower.follows()


def test_they_are_not_asked_all_the_time(follower, servers):
    follower.look()
    asked = len(servers.asked)
    follower.look()
    assert len(servers.asked) == asked
