"""What the listings of a directory say, as sets: bit n of a mask is about the nth listing.

A `Table` hangs on the listings alone, so it may be kept as long as they are. `Said` is what the
checks of matching find for one person, asked once about all listings in which a check sees the same.
"""

import array
import functools
from typing import NamedTuple

from referrals.pathway import ranking
from referrals.pathway.matching import ASKS, CHECKS, NEVER_DELAYED, REFUSES, TAKES, Finding, reads
from services.bits import bits


class Table:
    """Listings by slug, with the sets of those in which something is the same.

    They number themselves, and know which of them say the same (`services.packed`).
    """

    def __init__(self, listings):
        self.listings, self.size = listings, len(listings)
        self._alike = {}

    def alike(self, sees):
        """[(one of them, the set of those in which `sees` sees the same)]; for few such sets."""
        if sees not in self._alike:
            found = {}
            for one, same in self.listings.alike(sees.fields, sees.said):
                found.setdefault(sees(one), (one, []))[1].extend(same)
            self._alike[sees] = [(one, bits(same, self.size)) for one, same in found.values()]
        return self._alike[sees]

    def among(self, sees, holds):
        """Those for which a condition holds that looks at what `sees` sees and no more."""
        found = 0
        for one, same in self.alike(sees):
            found |= same if holds(one) else 0
        return found

    def for_need(self, need):
        """Those that help with a need."""
        return self._needs.get(need, 0)

    @functools.cached_property
    def _needs(self):
        return self.listings.of_needs()

    @functools.cached_property
    def contact(self):
        """Those that somebody can call or write to."""
        return self.among(_contact, _contact)

    @functools.cached_property
    def last_places(self):
        """The place of each, by number, when all are sorted by what decides at last."""
        order = sorted(range(self.size), key=lambda n: ranking.last_place(self.listings[n]))
        found = array.array("I", order)
        for place, number in enumerate(order):
            found[number] = place
        return found

    @functools.cached_property
    def of_organization(self):
        """Name of an organisation -> the numbers of its listings."""
        found = {}
        for number, one in enumerate(self.listings):
            found.setdefault(one.organization, []).append(number)
        return found


@reads("can_be_contacted")
def _contact(listing):
    return listing.can_be_contacted


class Found(NamedTuple):
    """A finding, and the set of those of which it is found."""

    finding: Finding
    of: int


class Said:
    """What the checks find for a person and a need, of the listings that help with it.

    `fits`, `asks` and `refusals` are lists of `Found`, in the order of the checks.
    """

    def __init__(self, listings, unhurried, found):
        self.all = listings
        self.fits = _where(found, TAKES, listings)
        self.asks = _where(found, ASKS, unhurried)
        self.refusals = _where(found, REFUSES, listings)
        self.refused = _any(self.refusals)

    def fitting(self, codes):
        """Those that fit for one of these reasons."""
        return _any(found for found in self.fits if found.finding.code in codes)

    def asking(self, doubts=lambda _code: True):
        """Those that ask something of which `doubts` holds."""
        return _any(found for found in self.asks if doubts(found.finding.code))

    def refusals_of(self, number):
        """As `Fit.refusals` of the listing with this number."""
        found = (one.finding for one in self.refusals if one.of >> number & 1)
        return tuple(dict.fromkeys(found))


def _any(found):
    every = 0
    for one in found:
        every |= one.of
    return every


def _where(found, stance, among):
    return [
        Found(one.finding, one.of & among)
        for one in found
        if one.finding.stance == stance and one.of & among
    ]


class Asking:
    """The checks as they find for one person; those that no need changes are asked once."""

    def __init__(self, table, facts):
        self._table, self._facts = table, facts
        self._same = {}

    def said(self, need):
        """What is `Said` for a need."""
        listings = unhurried = self._table.for_need(need)
        if need in NEVER_DELAYED:
            unhurried &= ~self._table.for_need("emergency")
        found = [one for check in CHECKS for one in self._of_check(check, need)]
        return Said(listings, unhurried, found)

    def _of_check(self, check, need):
        if check.by_need:
            return self._ask(check, need)
        # By what is asked, not by its name: checks of different groups share one.
        if check.findings not in self._same:
            self._same[check.findings] = self._ask(check, "")
        return self._same[check.findings]

    def _ask(self, check, need):
        found = {}
        for sees, findings in check.parts:
            for one, same in self._table.alike(sees):
                for finding in findings(one, self._facts, need):
                    found[finding] = found.get(finding, 0) | same
        return [Found(finding, of) for finding, of in found.items()]


def each_once(found):
    """The sets of different findings: what two checks find alike counts once."""
    merged = {}
    for one in found:
        merged[one.finding] = merged.get(one.finding, 0) | one.of
    return list(merged.values())


def by_count(sets, among):
    """Those of `among` that are in none of these sets, in one, in two, and so on."""
    at_least = [among]
    for one in sets:
        at_least.append(0)
        for count in range(len(at_least) - 1, 0, -1):
            at_least[count] |= at_least[count - 1] & one
        if not at_least[-1]:
            at_least.pop()
    return [more & ~most for more, most in zip(at_least, [*at_least[1:], 0], strict=True)]
