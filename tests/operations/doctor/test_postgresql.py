"""A server of PostgreSQL: what cannot be set wrong in a test is judged from its answer."""

import datetime

import pytest
from django.db import connection

from operations.doctor import postgresql
from tests.operations.doctor.seen import found, levels, unseen

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor == "sqlite", reason="asks PostgreSQL")
TODAY = datetime.date(2026, 11, 27)


def judged(seen):
    return [one.level.name.lower() for one in seen]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other database")
@pytest.mark.parametrize("code", ["D28", "D29", "D30", "D31", "D32", "D33", "D34"])
def test_sqlite_is_not_asked(code):
    assert "SQLite" in unseen(code)


@on_postgresql
@pytest.mark.parametrize("code", ["D29", "D31", "D32", "D34"])
def test_the_tests_own_server_is_well(code):
    assert found(code) == []


@on_postgresql
def test_the_tests_own_server_would_not_survive_a_power_cut_and_opens_everything():
    """`scripts/with-postgresql` sets it so, because its data need not last."""
    assert levels("D30") == ["fault", "fault"]
    assert levels("D33") == ["risk"]


@on_postgresql
def test_answers_that_are_not_right(monkeypatch):
    for code, row in (("D29", ("LATIN1",)), ("D31", None)):
        monkeypatch.setattr(postgresql, "one_row", lambda *_args, row=row: row)
        assert len(found(code)) == 1


@on_postgresql
def test_answers_that_are_right(monkeypatch):
    for code, row in (("D30", ("on",)), ("D33", (False,))):
        monkeypatch.setattr(postgresql, "one_row", lambda *_args, row=row: row)
        assert found(code) == []


@pytest.mark.parametrize(
    ("major", "level"), [(12, "risk"), (14, "risk"), (15, None), (18, None), (19, None)]
)
def test_a_version_without_mending(major, level):
    assert judged(postgresql.version_state(major, TODAY)) == ([level] if level else [])


@pytest.mark.parametrize(
    ("host", "encrypted", "address", "mode", "wrong"),
    [
        ("", False, None, "", False),
        ("/run/postgresql", False, None, "", False),
        ("127.0.0.1", False, "127.0.0.1/32", "", False),
        ("db.example.org", True, "192.0.2.7/32", "", False),
        ("db.example.org", False, "10.1.2.3/32", "", True),
        ("database", False, "172.18.0.2/32", "disable", False),
        ("db.example.org", False, "8.8.8.8/32", "disable", True),
    ],
)
def test_a_connection_in_the_clear(host, encrypted, address, mode, wrong):
    seen = postgresql.encryption_state(host, encrypted, address, mode)
    assert judged(seen) == ["risk"] * wrong


@pytest.mark.parametrize(("seconds", "wrong"), [(0, False), (-4, False), (6, True), (-6, True)])
def test_clocks_that_differ(seconds, wrong):
    assert judged(postgresql.clock_state(seconds)) == ["fault"] * wrong
