"""Every combination of facts planned against a city: which steps fall back, and for whom.

The grid is the full product of `referrals.coverage.grid`. Combinations that the engine cannot tell
apart are planned once and counted each: first all stories by which rules hold and how a need
presses, then all people by what the doors say of them.
"""

import dataclasses
import functools
from collections import Counter
from dataclasses import dataclass

from referrals import planning
from referrals.coverage import grid
from referrals.coverage.circumstances import circumstances_of
from referrals.coverage.masks import Masks, Said
from referrals.coverage.moments import moments_of, today_in
from referrals.coverage.verdicts import Doors, Judge
from referrals.pathway.facts import NEEDS, Facts
from referrals.pathway.matching import CHECKS
from referrals.pathway.plan import NoDoorError, make_step
from referrals.pathway.ranking import SPECIAL_NEEDS
from referrals.pathway.rules import URGENCIES
from services.bits import bits, numbers
from services.kept import Kept
from services.visibility import Audience

#: What a step ends in that has no door of its own: an emergency number of last resort, or nothing.
NO_DOOR = "no-door"
#: What a step ends in whose only doors are far away.
FAR_LINES = "far-lines"


@dataclass(frozen=True)
class DeadEnd:
    """Situations in which a need has no door of its own, in as few facts as say nothing wrong."""

    need: str
    urgency: str
    ends_in: str  # the need whose door stands in, or NO_DOOR, or FAR_LINES
    facts: dict  # axis of a person, or "hour" -> values
    combinations: int
    example: tuple  # number of a person of the grid, facts of a story, place of the hour


@dataclass(frozen=True)
class Proof:
    """What planning all combinations has shown."""

    combinations: int
    steps: int  # distinct ones, each looked at
    planned: int  # of them by the plan itself
    dead_ends: tuple[DeadEnd, ...]

    @property
    def situations(self):
        """How many combinations end in a fallback, each need counted."""
        return sum(one.combinations for one in self.dead_ends)


class _Doors:
    """What each person of the grid finds at the doors for a need and at those behind it."""

    def __init__(self, masks):
        self.masks = masks
        checks = [check for check in CHECKS if not check.by_need]
        self.said = [
            functools.reduce(Said.also, (masks.of_check(check, facts, "") for check in checks))
            for facts in grid.FACTS
        ]

    def people(self, need, moment, behind):
        """`Doors` -> {what else of a person the plan may look at: mask of such people}."""
        own = functools.lru_cache(maxsize=None)(
            functools.partial(self._own, need=need, moment=moment)
        )
        alike, candidates = {}, self.masks.needs.get(need, 0)
        for number, (facts, everywhere) in enumerate(zip(grid.FACTS, self.said, strict=True)):
            said = own(facts.consent, facts.children, facts.oldest_son)
            said = self.masks.undelayed(said.also(everywhere.within(candidates)), need)
            doors = Doors(said.refuses, said.doubts, said.gender, facts.status == "undocumented")
            finer = (said.asks, everywhere.within(behind), facts.all_groups, facts.consent)
            alike.setdefault(doors, {}).setdefault(finer, []).append(number)
        size = len(grid.FACTS)
        return {
            doors: [bits(found, size) for found in some.values()] for doors, some in alike.items()
        }

    def _own(self, consent, children, oldest_son, *, need, moment):
        """What the checks find that differ from need to need; they read no more than this."""
        facts = Facts(consent=consent, children=children, oldest_son=oldest_son, at=moment)
        return self.masks.said(facts, need, [check for check in CHECKS if check.by_need])


class _Fallen:
    """What has been found of one need, by urgency and end: masks of people at hours, and counts."""

    def __init__(self, need):
        self.need = need
        self.seen = Counter()
        self.found = {}

    def see(self, urgency, place, people):
        """These people have the need at this urgency, at the hour with this place."""
        self.seen[urgency] |= people << place * len(grid.FACTS)

    def add(self, circumstance, ends_in, place, people, occurrences):
        key = (circumstance.urgency, ends_in)
        self.found.setdefault(key, []).append((place * len(grid.FACTS), people, occurrences))

    def told(self):
        """The `DeadEnd`s."""
        for (urgency, ends_in), some in self.found.items():
            wanted = 0
            for shift, people, _occurrences in some:
                wanted |= people << shift
            for facts, mask in grid.SITUATIONS.cover(wanted, self.seen[urgency]):
                yield self._dead_end(urgency, ends_in, facts, mask, some)

    def _dead_end(self, urgency, ends_in, facts, mask, some):
        number, example = 0, None
        for shift, people, occurrences in some:
            for one in occurrences:
                here = (mask >> shift) & people & one.people
                number += here.bit_count() * one.stories
                if here and example is None:
                    example = (next(numbers(here)), one.story, shift // len(grid.FACTS))
        return DeadEnd(self.need, urgency, ends_in, facts, number, example)


class _Prover:
    def __init__(self, pathway, listings, moments):
        self.pathway, self.moments = pathway, moments
        self.masks = Masks(listings)
        self.doors = _Doors(self.masks)
        self.steps = self.planned = 0
        self._openings = {moment: self._at(moment) for moment in moments.values()}

    def _at(self, moment):
        """Slug -> `Opening` at a moment."""
        return {
            self.masks.listings[number].slug: opening
            for opening, mask in self.masks.openings(moment)
            for number in numbers(mask)
        }

    def dead_ends(self):
        """Every `DeadEnd`, worst first."""
        found = [one for need in NEEDS for one in _OfNeed(self, need).dead_ends()]
        return sorted(
            found, key=lambda one: (URGENCIES.index(one.urgency), -one.combinations, one.need)
        )

    def step(self, pathway, facts, need, listings, moment):
        """The true step of a need; None where no line that can be called stands behind it."""
        self.planned += 1
        openings = self._openings[moment]
        facts = facts.with_facts(at=moment)
        try:
            return make_step(
                pathway, facts, need, listings, moment, lambda listing: openings[listing.slug]
            )
        except NoDoorError:
            return None


class _OfNeed:
    """The dead ends of one need."""

    def __init__(self, prover, need):
        self.prover, self.need, self.masks = prover, need, prover.masks
        chain = {need, *prover.pathway.fallbacks.get(need, ()), "emergency"}
        self.behind = functools.reduce(int.__or__, (self.masks.needs.get(one, 0) for one in chain))
        self.listings = tuple(one for one in self.masks.listings if one.needs & chain)
        candidates = self.masks.needs.get(need, 0)
        special = {n for n in SPECIAL_NEEDS if self.masks.special[n] & candidates}
        rules = [r for r in prover.pathway.rules if r.need == need or r.need in special]
        #: Of the pathway what decides on this need: its rules, and those that make others live.
        self.pathway = dataclasses.replace(prover.pathway, rules=tuple(rules))
        self.known = {}

    def dead_ends(self):
        fallen = _Fallen(self.need)
        circumstances = circumstances_of(self.pathway, self.need)
        for place, moment in enumerate(self.prover.moments.values()):
            people = self.prover.doors.people(self.need, moment, self.behind)
            judge = Judge(self.masks, self.need, moment)
            for circumstance, occurrences in circumstances.items():
                everybody = functools.reduce(int.__or__, (one.people for one in occurrences))
                fallen.see(circumstance.urgency, place, everybody)
                plan = functools.partial(self._plan, judge, circumstance, occurrences)
                for mask, ends_in in self._ends(judge, circumstance, people, everybody, plan):
                    fallen.add(circumstance, ends_in, place, mask, occurrences)
        return fallen.told()

    def _ends(self, judge, circumstance, people, everybody, plan):
        """(mask of people, what their step ends in) of those who have no door of their own."""
        for doors, finer in people.items():
            here = [mask & everybody for mask in finer if mask & everybody]
            if not here:
                continue
            self.prover.steps += 1
            far = FAR_LINES if judge.only_far_lines(doors, circumstance) else ""
            fine = judge.is_fine(doors, circumstance)
            for mask in here:
                ends_in = far if fine else plan(mask) or far
                if ends_in:
                    yield mask, ends_in

    def _plan(self, judge, circumstance, occurrences, people):
        """The need whose door stands first in the true step of these people, if not this one's."""
        key = (circumstance, people, judge.hours(circumstance, self.behind))
        if key not in self.known:
            one = next(one for one in occurrences if one.people & people)
            facts = grid.example(next(numbers(one.people & people)), one.story)
            step = self.prover.step(self.pathway, facts, self.need, self.listings, judge.moment)
            self.known[key] = NO_DOOR if step is None else _end_of(step)
        return self.known[key]


def _end_of(step):
    """Doors that nobody can call, and no line behind them, are no doors."""
    first = step.options[0]
    if not first.listing.can_be_contacted:
        return NO_DOOR
    return first.from_need if step.fallback else ""


_kept = Kept(most=8)


def _key(city):
    return (city.pk, city.version, today_in(city))


def proof_of(city):
    """The `Proof` for a city as the public sees it, kept while its version stands; takes seconds."""
    return _kept.get(_key(city), lambda: prove(city))


def kept_proof(city):
    """The same where it is kept, else None."""
    return _kept.peek(_key(city))


def prove(city):
    """The `Proof`, worked out now."""
    prover = _Prover(
        planning.pathway_for(city), planning.doors(city, Audience.PUBLIC), moments_of(city)
    )
    dead_ends = tuple(prover.dead_ends())
    return Proof(grid.combinations(), prover.steps, prover.planned, dead_ends)
