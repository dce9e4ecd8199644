"""What is found, and the one list of checks. It needs nothing but Python."""

import enum
from collections.abc import Callable
from dataclasses import dataclass, field


class Level(enum.IntEnum):
    """How bad it is; the worst first."""

    FAULT = 1
    RISK = 2


@dataclass(frozen=True)
class Finding:
    """One line of what, one line of how to mend it."""

    code: str
    level: Level
    what: str
    mend: str


@dataclass
class Report:
    """What was found, worst first; the codes that are fine; code -> why nothing was looked at."""

    findings: list = field(default_factory=list)
    fine: list = field(default_factory=list)
    not_looked_at: dict = field(default_factory=dict)

    def count(self, level):
        return sum(finding.level == level for finding in self.findings)

    @property
    def exit_code(self):
        """0 fine, 1 risks, 2 faults."""
        if self.count(Level.FAULT):
            return 2
        return 1 if self.findings else 0


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    `look(site)` yields `fault(…)` and `risk(…)`. `needs` are variables and codes of other checks:
    where one of them is wrong, there is nothing to look at. `production` says that elsewhere it
    does not matter.
    """

    code: str
    title: str
    look: Callable
    needs: tuple
    production: bool


@dataclass(frozen=True)
class Seen:
    """What a check has to say, before its code is put to it."""

    level: Level
    what: str
    mend: str


class CannotTell(Exception):  # noqa: N818  (an answer, not a fault)
    """The check does not apply here, or has no means to know."""


CHECKS = {}


def check(code, title, *, needs=(), production=False):
    """Put a function into the list of checks."""

    def register(look):
        if code in CHECKS:
            raise ValueError(f"Two checks have the code {code}.")
        CHECKS[code] = Check(code, title, look, tuple(needs), production)
        return look

    return register


def fault(what, mend):
    """Something does not work, or is open to others."""
    return Seen(Level.FAULT, what, mend)


def risk(what, mend):
    """It works, but will not for long, or only as long as nothing happens."""
    return Seen(Level.RISK, what, mend)
