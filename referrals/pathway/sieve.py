"""Which doors of a need a plan looks at: all where they are few, else those that may be shown.

The sieve decides nothing: it leaves out only what `ranking` and `plan` would never show, so that
they rank a handful in the place of hundreds. A test holds every plan made with it to the one
made without.
"""

import functools
import itertools

from referrals.pathway import ranking
from referrals.pathway.matching import REFUSES, Fit, fit, is_police, reads
from referrals.pathway.sets import Asking, Table, by_count, each_once
from services.bits import bits, numbers
from services.distance import distance_km

#: Up to so many doors it takes less time to look at each.
FEW = 40
#: More than any pilot city has for a need: nobody reads a longer list.
MOST_PASSED_OVER = 40


def looked_at(listings, facts, opening_of, told=None):
    """A function that gives, for a need, a `Whole` or a `Sieve` of its doors.

    Only listings that keep what is worked out of them (`once`) are sieved.
    """
    told = told or {}
    whole = Whole(listings, facts, opening_of, told)

    @functools.cache
    def sieve():
        return Sieve(listings.once(Table), facts, opening_of, told)

    def of_need(need):
        has_many = hasattr(listings, "once") and len(listings.for_need(need)) > FEW
        return sieve() if has_many else whole

    return of_need


class Whole:
    """Every door of a need, each need's looked through once."""

    def __init__(self, listings, facts, opening_of, told):
        self._doors = functools.cache(
            lambda need: ranking.doors(listings, need, facts, opening_of, told)
        )

    def options(self, order):
        """The doors of which the options of a step are chosen, and all that something is told of."""
        return self._doors(order.need)

    def lines(self, order):
        """The doors of which one is chosen that stands behind a step."""
        return self._doors(order.need)

    def refusing(self, need):
        """(those that lack least, how many there are in all) of the doors that do not take the person."""
        found = [door for door in self._doors(need) if not door.fit.possible]
        found.sort(key=lambda door: (len(door.fit.refusals), door.listing.slug))
        return found[:MOST_PASSED_OVER], len(found)


class Sieve:
    """As `Whole`, with no more doors than may be shown."""

    def __init__(self, table, facts, opening_of, told):
        self._table, self._facts, self._opening_of = table, facts, opening_of
        self._told = told
        self._said = functools.cache(Asking(table, facts).said)
        self._openings = functools.cache(
            lambda: [(opening_of(one), same) for one, same in table.alike(_hours)]
        )
        known = (table.listings.number_of(pk) for pk in told)
        self._told_of = bits((number for number in known if number is not None), table.size)

    def options(self, order):
        best, told, choices = self._choices(order)
        picked = set(numbers(told))
        for choice in choices:
            picked.update(*self._first(best, choice, told))
        return self._doors(order.need, picked)

    def lines(self, order):
        best, told, choices = self._choices(order)
        picked = set(numbers(told))
        for choice in choices:
            for wanted in self._answers(order, choice & self._table.contact):
                picked.update(self._of_organizations(best, wanted))
        return self._doors(order.need, picked)

    def refusing(self, need):
        said = self._said(need)
        nearest = itertools.chain.from_iterable(
            map(numbers, by_count(each_once(said.refusals), said.refused))
        )
        doors = [
            self._door(number, Fit(REFUSES, refusals=said.refusals_of(number)), need)
            for number in itertools.islice(nearest, MOST_PASSED_OVER)
        ]
        return doors, said.refused.bit_count()

    def _choices(self, order):
        """The order, those told of, and the sets of the others from which `ranking.ranked` chooses.

        What is told moves doors about; they are few, and are looked at whatever their place.
        """
        said = self._said(order.need)
        possible = said.all & ~said.refused
        told, rest = possible & self._told_of, possible & ~self._told_of
        away = said.asking(ranking.OTHER_GENDER.__contains__)
        away |= self._table.among(_alarm_or_police, lambda one: ranking.is_not_meant(one, order))
        fitting = rest & ~away
        choices = [fitting] if fitting & self._table.contact else [fitting, rest]
        return _Order(self._table, said, self._openings, order), told, choices

    def _first(self, best, choice, told):
        """What may come first, what may be called first, and what may take the last place."""
        first = self._of_organizations(best, choice)
        called = self._of_organizations(best, choice & self._table.contact)
        own = (choice | told) & best.said.fitting(ranking.SPECIALISED[:1]) & self._table.contact
        leads = bits([*first[:1], *called[:1]], self._table.size)
        # An own door among the first leaves the last place to the others.
        if not own or (not told and not leads & ~own):
            return first, called
        return first, called, self._beside(own, choice)

    def _beside(self, own, choice):
        """What the organisations of these have: one of theirs may come before."""
        names = {self._table.listings[number].organization for number in numbers(own)}
        beside = (n for name in names for n in self._table.of_organization[name])
        return [number for number in beside if choice >> number & 1]

    def _of_organizations(self, best, among):
        """The best until there are as many organisations as a step has options."""
        found, seen = [], set()
        for number in best.first(among) if among else ():
            found.append(number)
            seen.add(self._table.listings[number].organization)
            if len(seen) == ranking.MOST_OPTIONS:
                break
        return found

    def _answers(self, order, callable_ones):
        """Whoever may be wanted first behind a step; see `plan._by_answer`."""
        quiet = callable_ones & ~self._table.for_need("emergency")
        is_open = in_time = 0
        for opening, same in self._openings():
            is_open |= same if opening.state == "open" else 0
            in_time |= same if order.opens_in_time(opening) is True else 0
        return callable_ones, callable_ones & is_open, quiet, quiet & is_open, quiet & in_time

    def _doors(self, need, picked):
        listings = self._table.listings
        return [self._door(n, fit(listings[n], self._facts, need), need) for n in sorted(picked)]

    def _door(self, number, how, need):
        listing = self._table.listings[number]
        return ranking.door(listing, how, need, self._facts, self._opening_of, self._told)


@reads("hours", "timezone", "country")
def _hours(listing):
    """What `opening_of` looks at."""
    return listing.hours, listing.timezone, listing.country


@reads("needs", "reach", "for_minors_only")
def _alarm_or_police(listing):
    return ranking.is_alarm_line(listing), is_police(listing)


@reads("needs", "for_minors_only")
def _special(listing):
    return ranking.specialised_in(listing), ranking.is_for_survivors(listing)


@reads("groups")
def _groups(listing):
    return listing.groups


@reads("how_to_get_in")
def _access(listing):
    return listing.how_to_get_in


@reads("reach")
def _reach(listing):
    return listing.reach


class _Order:
    """The order of `ranking._rank` for doors of which nothing is told, worked out no further than needed.

    Each of its ways splits a set of doors into sets, the best first; ties go on to the next way.
    """

    def __init__(self, table, said, openings, order):
        self.said = said
        self._table, self._openings, self._order = table, openings, order
        self._known = {}

    def first(self, among, way=0):
        """The numbers of a set that is not empty, the best first."""
        if not among & (among - 1):
            yield among.bit_length() - 1
        elif way == len(_WAYS):
            yield from sorted(numbers(among), key=self._table.last_places.__getitem__)
        else:
            for part in self._split(way, among):
                if among & part:
                    yield from self.first(among & part, way + 1)

    def _split(self, way, among):
        split, hangs_on_them = _WAYS[way]
        if hangs_on_them:
            return split(self, among)
        if way not in self._known:
            self._known[way] = split(self)
        return self._known[way]

    def _by(self, sees, place):
        """Sets by a place that looks at what `sees` sees."""
        return _in_places((place(one), same) for one, same in self._table.alike(sees))

    def made_for_others(self):
        elsewhere = self._table.among(_special, lambda one: ranking.is_elsewhere(one, self._order))
        return _behind(self.said.asking(ranking.doubts_the_person) | elsewhere)

    def alarm(self):
        if self._order.urgency == "now":
            return (-1,)
        return self._by(_alarm_or_police, ranking.is_alarm_line)

    def wait(self):
        return _in_places(
            (ranking.wait(opening, self._order), same) for opening, same in self._openings()
        )

    def stale(self):
        return self._by(ranking.contact_trust, lambda one: ranking.contact_trust(one) == "stale")

    def authorities(self):
        return self._by(_access, lambda one: ranking.access_place(one) > 3)

    def wishes(self, among):
        facts = self._order.facts
        if not (facts.languages or facts.prefers):
            return (among,)
        speaks = self.said.fitting({"speaks"})
        own = "lgbtqi-specialist" in facts.prefers
        met = [self.said.fitting({code}) for code in ranking.WISHES & set(facts.prefers)]
        met += [speaks, speaks, self.said.fitting({"for-lgbtqi"}) if own else 0]
        return by_count(met, among)[::-1]

    def specialised(self):
        return _before(self.said.fitting(ranking.specialised(self._order)))

    def distance(self, among):
        facts, listings = self._order.facts, self._table.listings
        if facts.near is None:
            return (among,)
        return _in_places(
            (ranking.distance_place(distance_km(listings[n], facts.near), facts), 1 << n)
            for n in numbers(among)
        )

    def first_doors(self):
        known = map(self._table.listings.with_slug, dict.fromkeys(self._order.first_doors))
        firsts = [1 << one.number for one in known if one is not None]
        return (*firsts, ~sum(firsts))

    def made_for_groups(self):
        return _before(self.said.fitting(ranking.GROUPS))

    def asks_first(self):
        return _behind(self.said.asking())

    def other_groups(self):
        return self._by(_groups, lambda one: ranking.for_other_groups(one, self._order.facts))

    def trust(self):
        places = ranking.TRUST_ORDER
        return self._by(ranking.contact_trust, lambda one: places[ranking.contact_trust(one)])

    def access(self):
        return self._by(_access, ranking.access_place)

    def reach(self):
        return self._by(_reach, ranking.reach_place)

    def doubts(self):
        return self._by(ranking.doubts_about, ranking.doubts_about)

    def questions(self, among):
        return by_count(each_once(self.said.asks), among)


def _behind(these):
    """The others, then these."""
    return ~these, these


def _before(these):
    """These, then the others."""
    return these, ~these


def _in_places(placed):
    """Sets by their place, the first first; those in the same place together."""
    found = {}
    for place, same in placed:
        found[place] = found.get(place, 0) | same
    return [found[place] for place in sorted(found)]


#: (way to split, whether it is worked out for the set in hand alone), as in `ranking._rank`.
_WAYS = (
    (_Order.made_for_others, False),
    (_Order.alarm, False),
    (_Order.wait, False),
    (_Order.stale, False),
    (_Order.authorities, False),
    (_Order.wishes, True),
    (_Order.specialised, False),
    (_Order.distance, True),
    (_Order.first_doors, False),
    (_Order.made_for_groups, False),
    (_Order.asks_first, False),
    (_Order.other_groups, False),
    (_Order.trust, False),
    (_Order.access, False),
    (_Order.reach, False),
    (_Order.doubts, False),
    (_Order.questions, True),
)
