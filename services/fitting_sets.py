"""Which sketches of a directory fit a filter, as sets of their numbers: counting is then a few ANDs.

The answers are those of `services.fitting.fit`, asked for each code of a fixed list once for all
sketches that say the same; nothing that somebody typed is kept.
"""

import array
import functools
import itertools

from services.bits import bits
from services.fitting import ASKS, REFUSES, TAKES, fit
from services.hours import opening

#: Filters whose values are codes of fixed lists, but for that of needs: the fields and the criteria
#: that `services.fitting` looks at for a value.
CODED = {
    "group": lambda code: (("groups",), (code,)),
    "language": lambda _tag: (("languages", "interpreter"), ()),
    "access": lambda _code: (("how_to_get_in",), ()),
    "status": lambda code: ((), (code,)),
    "step_free": lambda _value: ((), ("step-free",)),
}


class FittingSets:
    """The sets of some sketches, as `services.packed` keeps them."""

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

    def open_at(self, moment):
        """Those that are open at an aware moment."""
        return self._in_state(moment, "open")

    def silent_at(self, moment):
        """Those that do not say whether they are open then."""
        return self._in_state(moment, "unknown")

    @functools.cached_property
    def stale(self):
        """Those whose contact was confirmed too long ago."""
        alike = self._sketches.alike(["trust"])
        return self._together(same for one, same in alike if one.trust["contact"].state == "stale")

    @functools.cached_property
    def languages(self):
        """The languages on the staff of some."""
        alike = self._sketches.alike(["languages"])
        return frozenset(tag for one, _same in alike for tag in one.languages)

    @functools.cached_property
    def _of_needs(self):
        return self._sketches.of_needs()

    def _of_one(self, name, value):
        if name == "open":
            return self.open_at(value), 0
        if name == "need":
            return self._of_needs.get(value, 0), 0
        key = (name, value)
        if key not in self._known:
            self._known[key] = self._ask(name, value)
        return self._known[key]

    def _ask(self, name, value):
        wanted = value if name in ("status", "step_free") else [value]
        found = {TAKES: [], ASKS: [], REFUSES: []}
        for one, same in self._alike(*CODED[name](value)):
            found[fit(one, name, wanted)].append(same)
        return self._together(found[TAKES]), self._together(found[ASKS])

    def _alike(self, fields, criteria):
        """As `Packed.alike`; what every language asks for again is kept."""
        if criteria:
            return self._sketches.alike(fields, criteria)
        if fields not in self._known:
            alike = self._sketches.alike(fields)
            self._known[fields] = [(one, array.array("I", same)) for one, same in alike]
        return self._known[fields]

    def _together(self, several):
        """The set of all these numbers."""
        return bits(itertools.chain.from_iterable(several), self.size)

    def _in_state(self, moment, state):
        found = 0
        for hours, mask in self._by_hours.items():
            found |= mask if opening(hours[0], moment, *hours[1:]).state == state else 0
        return found

    @functools.cached_property
    def _by_hours(self):
        """(hours, time zone, country) -> those that have them."""
        return {
            (one.hours, one.timezone, one.country): self._together([same])
            for one, same in self._sketches.alike(["hours", "timezone", "country"])
        }
