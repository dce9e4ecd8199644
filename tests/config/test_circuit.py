"""A server that was away a moment ago costs nobody else a wait."""

import socket

import psycopg
import pytest
from django.db import connections

from config.postgresql import base


@pytest.fixture
def clock(monkeypatch):
    """A list whose one entry is the time."""
    now = [100.0]
    monkeypatch.setattr(base.time, "monotonic", lambda: now[0])
    return now


def test_a_server_that_answers_is_always_tried(clock):
    circuit = base.Circuit()
    circuit.succeeded()
    assert circuit.may_try()
    assert circuit.may_try()


def test_after_a_failure_nobody_tries_for_some_seconds_and_then_one(clock):
    circuit = base.Circuit()
    circuit.failed()
    assert not circuit.may_try()
    clock[0] += base.PAUSE_SECONDS - 1
    assert not circuit.may_try()
    clock[0] += 1
    assert [circuit.may_try() for _ in range(3)] == [True, False, False]
    circuit.succeeded()
    assert circuit.may_try()


class TestConnection:
    @pytest.fixture
    def wrapper(self, monkeypatch):
        """A connection to a port where nobody listens."""
        monkeypatch.setattr(base, "_circuits", {})
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            address = {"HOST": "127.0.0.1", "PORT": port, "NAME": "n", "USER": "u"}
            default = connections["default"].settings_dict
            engine = {"ENGINE": "config.postgresql", "OPTIONS": {"connect_timeout": 2}}
            yield base.DatabaseWrapper(default | engine | address, alias="away")

    def test_the_second_try_does_not_reach_for_the_server(self, wrapper, monkeypatch):
        tries = []
        connect = psycopg.connect

        def counted(*args, **how):
            tries.append(1)
            return connect(*args, **how)

        monkeypatch.setattr(base.base.Database, "connect", counted)
        for _ in range(3):
            with pytest.raises(psycopg.OperationalError):
                wrapper.get_new_connection(wrapper.get_connection_params())
        assert len(tries) == 1

    def test_it_is_tried_again_after_the_pause(self, wrapper, clock, monkeypatch):
        with pytest.raises(psycopg.OperationalError):
            wrapper.get_new_connection(wrapper.get_connection_params())
        clock[0] += base.PAUSE_SECONDS
        connected = object()
        monkeypatch.setattr(base.base.DatabaseWrapper, "get_new_connection", lambda *_: connected)
        assert wrapper.get_new_connection({}) is connected
        assert wrapper.get_new_connection({}) is connected
