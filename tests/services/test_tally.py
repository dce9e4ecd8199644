"""Counts wait in memory until they are written, all of them and once."""

from collections import Counter

import pytest
from django.db import DatabaseError

from services.tally import Tally

pytestmark = pytest.mark.django_db


def test_counts_are_written_once():
    written = []
    tally = Tally(written.append)
    tally.add(["a", "b"])
    tally.add(["a"])
    tally.flush()
    tally.flush()
    assert written == [Counter(a=2, b=1)]


def test_they_are_not_written_too_often():
    written = []
    tally = Tally(written.append)
    tally.add("a")
    tally.flush(every=60)
    assert written == []
    tally.flush()
    assert written == [Counter("a")]


def test_what_cannot_be_written_waits():
    written = []

    def write(counts):
        if not written:
            written.append("failed")
            raise DatabaseError
        written.append(counts)

    tally = Tally(write)
    tally.add("aab")
    tally.flush()
    tally.add("b")
    tally.flush()
    assert written == ["failed", Counter("aabb")]


def test_what_is_forgotten_is_never_written():
    written = []
    tally = Tally(written.append)
    tally.add("a")
    tally.forget()
    tally.flush()
    assert written == []
