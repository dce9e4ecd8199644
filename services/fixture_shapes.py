"""Kinds of values a fixture file may hold, each with a clear refusal of anything else."""

import datetime
import re
from dataclasses import dataclass


class FixtureError(Exception):
    """A fixture file says something it may not; the text names file, row and field."""


@dataclass(frozen=True)
class Where:
    """The spot a complaint is about."""

    file: str
    row: str = ""
    field: str = ""

    def at(self, field):
        return Where(self.file, self.row, f"{self.field}.{field}" if self.field else str(field))

    def refuse(self, complaint):
        spot = ", ".join(part for part in (self.file, self.row, self.field) if part)
        raise FixtureError(f"{spot}: {complaint}")


@dataclass(frozen=True)
class Table:
    """A table with these keys and no other."""

    keys: dict
    required: tuple[str, ...] = ()

    def check(self, value, where):
        _is(value, dict, where)
        for name in value:
            if name not in self.keys:
                where.at(name).refuse(f"unknown key. Known are: {', '.join(self.keys)}.")
        for name in self.required:
            if value.get(name) in (None, "", []):
                where.at(name).refuse("is missing.")
        for name, part in value.items():
            self.keys[name].check(part, where.at(name))


@dataclass(frozen=True)
class TableOf:
    """A table with any keys that match a pattern, and values of one kind."""

    pattern: re.Pattern
    kind: object

    def check(self, value, where):
        _is(value, dict, where)
        for name, part in value.items():
            if not self.pattern.fullmatch(name):
                where.at(name).refuse("is not a possible key here.")
            self.kind.check(part, where.at(name))


@dataclass(frozen=True)
class ListOf:
    """A list of one kind of value."""

    kind: object

    def check(self, value, where):
        _is(value, list, where)
        for number, part in enumerate(value, start=1):
            self.kind.check(part, where.at(number))


@dataclass(frozen=True)
class Text:
    """Text, if wanted of one pattern."""

    pattern: re.Pattern | None = None

    def check(self, value, where):
        _is(value, str, where)
        if not value.strip():
            where.refuse("is empty: leave it out.")
        if self.pattern and not self.pattern.fullmatch(value):
            where.refuse(f"“{value}” is not written as it must be.")


@dataclass(frozen=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def check(self, value, where):
        if value not in self.words:
            where.refuse(f"“{value}” is not one of {', '.join(self.words)}.")


@dataclass(frozen=True)
class Number:
    """A number from low to high; an age is a whole one."""

    low: float
    high: float
    whole: bool = False

    def check(self, value, where):
        _is(value, int if self.whole else (int, float), where)
        if not self.low <= value <= self.high:
            where.refuse(f"{value} is not between {self.low} and {self.high}.")


@dataclass(frozen=True)
class Yes:
    """True or false."""

    def check(self, value, where):
        if not isinstance(value, bool):
            where.refuse("must be true or false.")


@dataclass(frozen=True)
class Either:
    """A plain word, or a table that says more."""

    word: object
    table: Table

    def check(self, value, where):
        (self.table if isinstance(value, dict) else self.word).check(value, where)


def _is(value, kind, where):
    if isinstance(value, bool) or not isinstance(value, kind):
        found = "a date" if isinstance(value, datetime.date) else type(value).__name__
        where.refuse(f"cannot be {found}.")
