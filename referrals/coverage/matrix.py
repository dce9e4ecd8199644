"""Need × person × hour × status × language: for each cell, how well the city serves it."""

import itertools
from collections import Counter
from typing import NamedTuple

from referrals.coverage.masks import Masks, Said
from referrals.coverage.moments import moments_of, today_in
from referrals.coverage.people import BY_CODE, STATUSES, languages_of
from referrals.pathway.facts import NEEDS
from referrals.pathway.matching import CHECKS, NEVER_DELAYED
from services import sketches
from services.kept import Kept

SERVED, ASKS, STALE, EXCLUDES, NOTHING = STATES = (
    "served", "asks", "stale", "excludes", "nothing",
)  # fmt: skip
#: Needs for which a country's emergency number is a proper door.
ALARM_NEEDS = NEVER_DELAYED | {"police-report"}

#: Facts that differ between the cells of one person.
_VARYING = {"status", "languages", "at"}
_PERSONAL = [check for check in CHECKS if not check.reads & _VARYING]


def _reading(fact):
    return [check for check in CHECKS if fact in check.reads]


class Cell(NamedTuple):
    """Whom a state is about: codes of the five axes."""

    need: str
    person: str
    hour: str
    status: str
    language: str

    def facts(self, at):
        """The facts of this person, at an aware moment."""
        return BY_CODE[self.person].facts.with_facts(
            status=self.status, languages=(self.language,), at=at
        )


class Tally(NamedTuple):
    """Masks of the listings for a need, each in one of them: by what it means for a cell."""

    served: int
    asks: int
    stale: int
    excludes: int

    @property
    def state(self):
        found = zip(STATES, self, strict=False)
        return next((state for state, mask in found if mask), NOTHING)


EMPTY = Tally(0, 0, 0, 0)


class Matrix:
    """The cells of some listings at some moments; `needs` are those whose cells are wanted."""

    def __init__(self, listings, moments, languages, needs=NEEDS):
        self.masks = Masks(listings)
        self.moments, self.languages, self.needs = moments, tuple(languages), tuple(needs)
        self._mine, self._status, self._full, self._states = {}, {}, {}, None
        self._last = (None, None)
        self._spoken = {tag: self._of_language(tag) for tag in self.languages}
        self._open = {hour: self.masks.in_state(at, "open") for hour, at in moments.items()}
        self._maybe = {
            hour: self._open[hour] | self.masks.in_state(at, "unknown")
            for hour, at in moments.items()
        }

    @property
    def cells(self):
        """Every `Cell`, in the order of `states`."""
        return itertools.starmap(
            Cell, itertools.product(self.needs, BY_CODE, self.moments, STATUSES, self.languages)
        )

    @property
    def states(self):
        """The state of every cell, worked out when first asked for."""
        if self._states is None:
            self._states = [self.state(cell) for cell in self.cells]
        return self._states

    def state(self, cell):
        return self.tally(cell).state

    def tally(self, cell, without=0):
        """The `Tally` of a cell, leaving out the listings of a mask."""
        among, taking, asked, sure = self._doors(cell[:4])
        asked |= self._spoken[cell.language]
        if cell.need in NEVER_DELAYED:
            asked &= ~self.masks.emergency
        sure &= ~asked
        old = taking & self.masks.stale
        found = Tally(sure & ~old, taking & ~sure & ~old, old, among & ~taking)
        return Tally(*(mask & ~without for mask in found)) if without else found

    def _doors(self, place):
        """Of a cell in whatever language: (the listings for its need, those that may take the
        person then, those that ask first, those that may be open and are there for it).

        Kept for the next language, which is asked for next.
        """
        if self._last[0] != place:
            self._last = (place, self._look(Cell(*place, "")))
        return self._last[1]

    def _look(self, cell):
        among = self.masks.needs.get(cell.need, 0)
        if not among:
            return (0, 0, 0, 0)
        refuses, asks, apart = self._person(cell.need, cell.person)
        status = self._of_status(cell)
        taking = (
            among & self.masks.contact & self._maybe[cell.hour]
            & ~(refuses | status.refuses | self._is_full(cell))
        )  # fmt: skip
        return among, taking, asks | status.asks, taking & self._open[cell.hour] & ~apart

    def counts(self, axis):
        """Value of an axis -> `Counter` of the states of its cells."""
        place, found = Cell._fields.index(axis), {}
        for cell, state in zip(self.cells, self.states, strict=True):
            found.setdefault(cell[place], Counter())[state] += 1
        return found

    def _person(self, need, code):
        """(who refuses, who asks, who is for something else) of a person without varying facts."""
        key = (need, code)
        if key not in self._mine:
            facts = BY_CODE[code].facts
            said = self.masks.said(facts, need, _PERSONAL)
            live = {need, "guardianship"} if facts.is_unaccompanied_minor else {need}
            apart = self.masks.specialised_elsewhere(live)
            apart |= 0 if need in ALARM_NEEDS else self.masks.alarm
            self._mine[key] = (said.refuses, said.asks, apart)
        return self._mine[key]

    def _of_status(self, cell):
        if cell.status not in self._status:
            facts = BY_CODE[cell.person].facts.with_facts(status=cell.status)
            self._status[cell.status] = self._everywhere(facts, _reading("status"))
        return self._status[cell.status]

    def _of_language(self, tag):
        facts = next(iter(BY_CODE.values())).facts.with_facts(languages=(tag,))
        return self._everywhere(facts, _reading("languages")).asks

    def _everywhere(self, facts, checks):
        """What checks that look at no need find about every listing."""
        found = Said()
        for check in checks:
            found = found.also(self.masks.of_check(check, facts, ""))
        return found

    def _is_full(self, cell):
        key = (cell.need, cell.hour)
        if key not in self._full:
            facts = BY_CODE[cell.person].facts.with_facts(at=self.moments[cell.hour])
            self._full[key] = self.masks.said(facts, cell.need, _reading("at")).refuses
        return self._full[key]


_kept = Kept(most=8)


def _key(city):
    return (city.pk, city.version, today_in(city))


def matrix_of(city):
    """The `Matrix` of a city as the public sees it, kept while its version stands.

    Costs no query where it is kept, else seven.
    """
    return _kept.get(_key(city), lambda: _read(city))


def forget():
    """Drop what is kept (benchmarks, and imports that bypass signals)."""
    _kept.forget()


def kept_matrix(city):
    """The same where it is kept, else None."""
    return _kept.peek(_key(city))


def _read(city):
    found = sketches.read(city)
    spoken = (tag for sketch in found for tag in sketch.languages)
    matrix = Matrix(found, moments_of(city), languages_of(city, spoken))
    return matrix
