"""Bands: what is published instead of a number."""

from typing import NamedTuple

#: Fewer than so many are never told apart: not four from one, and not one from none.
FEW = 5
#: Where bands begin, up to a hundred; from there on the same steps, ten times as wide, and so on.
_FIRST = (0, FEW)
_STEPS = (10, 15, 20, 30, 40, 50, 75)


class Band(NamedTuple):
    """A number from `low` to `high`, both included: never fewer than `FEW` values."""

    low: int
    high: int

    @property
    def is_few(self):
        """Whether it may be none."""
        return self.low == 0


def band_of(number):
    """The `Band` of a number, 0 or more. It depends on nothing but the number."""
    if number < 0:
        raise ValueError("a count is never negative")
    low = _FIRST[0]
    for edge in _edges():
        if number < edge:
            return Band(low, edge - 1)
        low = edge
    raise AssertionError("the edges never end")


def _edges():
    yield from _FIRST[1:]
    scale = 1
    while True:
        yield from (step * scale for step in _STEPS)
        scale *= 10
