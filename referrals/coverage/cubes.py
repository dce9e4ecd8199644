"""Many combinations in few words: the fewest facts that are true of combinations wanted alone."""

import itertools

from services.bits import bits


class Space:
    """Combinations of values, one bit each; `points` are tuples of a value of each axis."""

    def __init__(self, axes, points):
        self.axes, self.points = tuple(axes), tuple(points)
        self.everything = (1 << len(self.points)) - 1
        found = {}
        for number, point in enumerate(self.points):
            for axis, value in zip(self.axes, point, strict=True):
                found.setdefault((axis, value), []).append(number)
        self.masks = {key: bits(numbers, len(self.points)) for key, numbers in found.items()}

    def of(self, facts):
        """The mask of the combinations in which each of these axes has one of its values."""
        mask = self.everything
        for axis, values in facts.items():
            mask &= sum(self.masks[axis, value] for value in values)
        return mask

    def cover(self, wanted, universe):
        """[(facts, mask)]: axis -> values, with as few facts as say nothing wrong of `universe`.

        Each mask is of what the ones before it leave; together they are `wanted`.
        """
        found, left = [], wanted
        while left:
            lowest = (left & -left).bit_length() - 1
            facts = self._fewest(self.points[lowest], wanted, universe)
            found.append(facts)
            left &= ~self.of(facts)
        return self._counted(self._merged(found), wanted)

    def _fewest(self, point, wanted, universe):
        named = list(zip(self.axes, point, strict=True))
        unwanted = universe & ~wanted
        for number in range(len(named) + 1):
            fitting = [
                {axis: (value,) for axis, value in some}
                for some in itertools.combinations(named, number)
            ]
            fitting = [facts for facts in fitting if not self.of(facts) & unwanted]
            if fitting:
                return max(fitting, key=lambda facts: (self.of(facts) & wanted).bit_count())
        raise ValueError("the point is not wanted")

    def _merged(self, found):
        """Facts that differ in the values of one axis become one."""
        for axis in self.axes:
            alike = {}
            for facts in found:
                rest = tuple((a, values) for a, values in facts.items() if a != axis)
                alike.setdefault((rest, axis in facts), []).append(facts)
            found = [_joined(some, axis) if key[1] else some[0] for key, some in alike.items()]
        return found

    def _counted(self, found, wanted):
        counted, left = [], wanted
        for facts in found:
            mask = self.of(facts) & left
            left &= ~mask
            if mask:
                counted.append((facts, mask))
        return counted


def _joined(some, axis):
    values = dict.fromkeys(value for facts in some for value in facts[axis])
    return some[0] | {axis: tuple(values)}
