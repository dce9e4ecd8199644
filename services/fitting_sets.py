"""Which sketches of a directory fit a filter, as sets of their numbers: counting is then a few ANDs.

The answers are those of `services.fitting.fit`, asked once for each sketch and each code of a
fixed list; nothing that somebody typed is kept.
"""

import functools

from services.bits import bits
from services.fitting import ASKS, TAKES, fit
from services.hours import opening

#: Filters whose values are codes of fixed lists.
CODED = frozenset({"need", "group", "language", "access", "status", "step_free"})


class FittingSets:
    """The sets of some sketches, which keep their order."""

    def __init__(self, sketches):
        self._sketches = sketches
        self.size = len(sketches)
        self.all = (1 << self.size) - 1
        self._known = {}

    def of(self, name, value):
        """(those that surely fit, those to ask) of the filter `name` at a value, or at any of several."""
        values = value if isinstance(value, (list, tuple)) else (value,)
        takes = asks = 0
        for one in values:
            sure, perhaps = self._of_one(name, one)
            takes, asks = takes | sure, asks | perhaps
        return takes, asks & ~takes

    def where(self, holds):
        """Those for which a condition holds."""
        return bits((n for n, one in enumerate(self._sketches) if holds(one)), self.size)

    def open_at(self, moment):
        """Those that are open at an aware moment."""
        return self._in_state(moment, "open")

    def silent_at(self, moment):
        """Those that do not say whether they are open then."""
        return self._in_state(moment, "unknown")

    @functools.cached_property
    def stale(self):
        """Those whose contact was confirmed too long ago."""
        return self.where(lambda one: one.trust["contact"].state == "stale")

    @functools.cached_property
    def languages(self):
        """The languages on the staff of some."""
        return frozenset(tag for one in self._sketches for tag in one.languages)

    def _of_one(self, name, value):
        if name == "open":
            return self.open_at(value), 0
        if name not in CODED:
            raise KeyError(name)
        key = (name, value)
        if key not in self._known:
            self._known[key] = self._ask(name, value)
        return self._known[key]

    def _ask(self, name, value):
        wanted = value if name in ("status", "step_free") else [value]
        takes, asks = [], []
        for number, one in enumerate(self._sketches):
            stance = fit(one, name, wanted)
            if stance == TAKES:
                takes.append(number)
            elif stance == ASKS:
                asks.append(number)
        return bits(takes, self.size), bits(asks, self.size)

    def _in_state(self, moment, state):
        found = 0
        for hours, mask in self._by_hours.items():
            found |= mask if opening(hours[0], moment, *hours[1:]).state == state else 0
        return found

    @functools.cached_property
    def _by_hours(self):
        """(hours, time zone, country) -> those that have them."""
        alike = {}
        for number, one in enumerate(self._sketches):
            alike.setdefault((one.hours, one.timezone, one.country), []).append(number)
        return {hours: bits(found, self.size) for hours, found in alike.items()}
