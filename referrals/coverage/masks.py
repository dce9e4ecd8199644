"""Which listings say what, as bits: bit n of a mask is about the nth listing.

The findings are those of `referrals.pathway.matching`, asked once for each listing and each
value of the facts that a check reads; a question about a person is then a few ANDs and ORs.
"""

import functools
from typing import NamedTuple

from referrals.pathway import ranking
from referrals.pathway.matching import ASKS, CHECKS, NEVER_DELAYED, REFUSES, is_police
from services.bits import bits
from services.fitting import opening_of
from services.models import Confirmation

#: What a claim that a door will take somebody rests on.
GROUPS = (
    Confirmation.FieldGroup.CONTACT,
    Confirmation.FieldGroup.HOURS,
    Confirmation.FieldGroup.ACCEPTANCE,
)


class Said(NamedTuple):
    """Masks of the listings that refuse, that ask, that ask whether it is for the person at all
    (`doubts`), and that ask so because of the gender."""

    refuses: int = 0
    asks: int = 0
    doubts: int = 0
    gender: int = 0

    def also(self, other):
        return Said(
            self.refuses | other.refuses,
            self.asks | other.asks,
            self.doubts | other.doubts,
            self.gender | other.gender,
        )

    def within(self, mask):
        return Said(self.refuses & mask, self.asks & mask, self.doubts & mask, self.gender & mask)


SILENT = Said()


def is_stale(listing):
    """Whether what a door is tried for was confirmed so long ago that it counts as stale."""
    return any(_state(listing, group) == "stale" for group in GROUPS)


def _state(listing, group):
    trust = listing.trust.get(group.value)
    return trust.state if trust else "never"


class Masks:
    """The masks of some listings (anything with the fields that matching reads)."""

    def __init__(self, listings):
        self.listings = tuple(listings)
        self.size = len(self.listings)
        self._numbers = {}
        for number, listing in enumerate(self.listings):
            for need in listing.needs:
                self._numbers.setdefault(need, []).append(number)
        self.needs = {need: bits(found, self.size) for need, found in self._numbers.items()}
        self.contact = self.where(lambda listing: listing.can_be_contacted)
        self.stale = self.where(is_stale)
        self.alarm = self.where(ranking.is_alarm_line)
        self.emergency = self.needs.get("emergency", 0)
        self.special = {
            need: self.where(lambda listing, need=need: need in ranking.specialised_in(listing))
            for need in ranking.SPECIAL_NEEDS
        }
        self._said, self._openings = {}, {}

    def where(self, condition):
        """The mask of the listings for which this holds."""
        return bits((n for n, one in enumerate(self.listings) if condition(one)), self.size)

    @functools.cached_property
    def police(self):
        return self.where(is_police)

    @functools.cached_property
    def for_survivors(self):
        return self.where(ranking.is_for_survivors)

    @functools.cached_property
    def near(self):
        """Doors of the city or its country."""
        return self.where(lambda listing: listing.reach != "european")

    def number_of(self, slug):
        """The number of the listing with this slug, or None."""
        return next((n for n, one in enumerate(self.listings) if one.slug == slug), None)

    def specialised_elsewhere(self, live):
        """Listings that are there for a special need first of all, and for none of these."""
        every = here = 0
        for need, mask in self.special.items():
            every |= mask
            here |= mask if need in live else 0
        return every & ~here

    def said(self, facts, need, checks=CHECKS):
        """What these checks find for a person and a need, about the listings for that need."""
        found = SILENT
        for check in checks:
            found = found.also(self.of_check(check, facts, need))
        return self.undelayed(found.within(self.needs.get(need, 0)), need)

    def undelayed(self, said, need):
        """Without the questions for which nobody loses time at an emergency line."""
        if need not in NEVER_DELAYED:
            return said
        calm = ~self.emergency
        return Said(said.refuses, said.asks & calm, said.doubts & calm, said.gender & calm)

    def of_check(self, check, facts, need):
        values = tuple(getattr(facts, name) for name in sorted(check.reads))
        # By what is asked, not by its name: checks of different groups share one.
        key = (check.findings, values, need if check.by_need else "")
        if key not in self._said:
            among = self._numbers.get(need, ()) if check.by_need else range(self.size)
            self._said[key] = self._ask(check, facts, need, among)
        return self._said[key]

    def _ask(self, check, facts, need, among):
        refuses, asks, doubts, gender = [], [], [], []
        for number in among:
            for finding in check.findings(self.listings[number], facts, need):
                if finding.stance == REFUSES:
                    refuses.append(number)
                elif finding.stance == ASKS:
                    asks.append(number)
                    if ranking.doubts_the_person(finding.code):
                        doubts.append(number)
                    if finding.code in ranking.OTHER_GENDER:
                        gender.append(number)
        return Said(*(bits(found, self.size) for found in (refuses, asks, doubts, gender)))

    def openings(self, moment):
        """(`Opening`, mask of the listings with it) of a moment, worked out once for equal hours."""
        if moment not in self._openings:
            alike = {}
            for number, listing in enumerate(self.listings):
                key = (listing.hours, listing.timezone, listing.country)
                alike.setdefault(key, []).append(number)
            self._openings[moment] = [
                (opening_of(self.listings[found[0]], moment), bits(found, self.size))
                for found in alike.values()
            ]
        return self._openings[moment]

    def in_state(self, moment, state):
        """The listings that are "open", "closed" or "unknown" at a moment."""
        found = 0
        for opening, mask in self.openings(moment):
            found |= mask if opening.state == state else 0
        return found

    def in_time(self, moment, urgency, hours_left=None):
        """The listings surely open within the patience of an urgency."""
        found = 0
        for opening, mask in self.openings(moment):
            if ranking.opens_in_time(opening, urgency, moment, hours_left) is True:
                found |= mask
        return found
