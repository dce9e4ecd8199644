"""Which door is plan A: the one that will open in time and takes the person.

The order is one tuple, read from the left; see `_rank`. The same listings, facts and
moment always give the same order.
"""

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from referrals.pathway.matching import TAKES, Fit, fit, is_police, reads
from services.distance import distance_km

#: How many hours a person can wait for a door at each urgency.
PATIENCE_HOURS = {"now": 0, "hours": 3, "today": 12, "soon": 96, "when-ready": 24 * 14}
#: Urgencies at which at least one door of a step must be open, or open in time.
PRESSING = ("now", "hours", "today")
#: A need whose whole point is that somebody answers now, however little it presses.
ANSWERED_AT_ONCE = "helpline"
MOST_OPTIONS = 3
TRUST_ORDER = {"confirmed": 0, "ageing": 1, "never": 2, "stale": 3}
ACCESS_ORDER = {
    "walk-in": 0,
    "call-first": 0,
    "": 1,
    "appointment": 2,
    "professional-referral": 2,
    "authorities-only": 4,
}
#: Groups whose doors are so few and so apart that they come before a city's first doors.
SPECIALISED = ("for-lgbtqi", "for-unaccompanied-children")
GROUPS = (*SPECIALISED, "for-women-girls", "for-families")
#: Whoever does one of these does it first of all; others come there when it is their need.
SPECIAL_NEEDS = frozenset({"fgm", "guardianship", "trafficking"})
POLICE_NEEDS = ("emergency", "police-report")
#: Questions that a door made for another gender asks.
OTHER_GENDER = ("women", "men")
REACH_ORDER = {"city": 0, "national": 1, "european": 2}
#: What is told of a door after which another one is tried first.
TURNS_AWAY = ("no-answer", "full", "refused", "unsafe")


class Door(NamedTuple):
    """A listing that may be an option of a step, with how it fits and when it opens.

    `told` is what somebody met there lately: it has a `kind`, and `counts` where it moves the
    door down for this reader.
    """

    listing: object
    fit: Fit
    opening: object
    distance_km: float | None = None
    from_need: str = ""
    told: object = None


def doors(listings, need, facts, opening_of, told=None):
    """Every listing for a need as a `Door`, whether it fits or not.

    `told` maps ids of listings to what is told of them; nothing is told of an alarm line.
    """
    return [
        door(listing, fit(listing, facts, need), need, facts, opening_of, told or {})
        for listing in for_need(listings, need)
    ]


def door(listing, how, need, facts, opening_of, told):
    """A listing that fits so as a `Door`."""
    return Door(
        listing,
        how,
        opening_of(listing),
        distance_km(listing, facts.near),
        need,
        None if is_alarm_line(listing) else told.get(listing.id),
    )


def for_need(listings, need):
    """Those that help with a need; a city's whole directory knows them beforehand."""
    known = getattr(listings, "for_need", None)
    return known(need) if known else [one for one in listings if need in one.needs]


def opens_in_time(opening, urgency, at, hours_left=None):
    """True, False, or None when the hours are not known."""
    if opening.state == "open":
        return True
    if opening.state == "unknown":
        return None
    patience = PATIENCE_HOURS[urgency]
    if hours_left is not None and urgency == "hours":
        patience = min(patience, hours_left)
    limit = at + datetime.timedelta(hours=patience)
    return opening.opens_at is not None and opening.opens_at <= limit


def turned_away(door):
    """Whether somebody who came here lately did not get in, and that counts for this reader."""
    return door.told is not None and door.told.counts and door.told.kind in TURNS_AWAY


def found_unsafe(door):
    """Whether this reader said that it is not safe there."""
    return turned_away(door) and door.told.kind == "unsafe"


@reads("trust")
def contact_trust(listing):
    """The trust in a listing's phone and contact: what decides whether to call it first."""
    trust = listing.trust.get("contact")
    return trust.state if trust else "never"


@dataclass(frozen=True)
class Step:
    """What the order of a step's doors depends on besides the doors."""

    facts: object
    need: str
    urgency: str
    at: datetime.datetime
    hours_left: float | None = None
    first_doors: tuple[str, ...] = ()
    live_needs: frozenset[str] = frozenset()

    @property
    def presses(self):
        """Whether a door that opens tomorrow is no answer."""
        return self.urgency in PRESSING

    @property
    def is_alarm(self):
        """Whether the emergency number may stand in for another door."""
        return self.urgency in ("now", "hours") or self.facts.danger in ("now", "soon")

    @property
    def open_first(self):
        """Whether a door that is open now comes before one that opens later."""
        return self.presses or self.need == ANSWERED_AT_ONCE

    def in_time(self, door):
        """Whether a door is open in time: True, False, or None where its hours are not known."""
        return self.opens_in_time(door.opening)

    def opens_in_time(self, opening):
        """The same of an `Opening`."""
        return opens_in_time(opening, self.urgency, self.at, self.hours_left)


def ranked(candidates, step):
    """Doors that may take the person, best first.

    Doors made for another gender, the alarm without an alarm, the police for somebody without
    papers, and what this reader found unsafe stay away where another door can be called.
    """
    possible = [door for door in candidates if door.fit.possible]
    fitting = [door for door in possible if not _stays_away(door, step)]
    if any(door.listing.can_be_contacted for door in fitting):
        possible = fitting
    return sorted(possible, key=lambda door: _rank(door, step))


def _rank(door, step):
    listing, facts, first_doors = door.listing, step.facts, step.first_doors
    trust = contact_trust(listing)
    return (
        made_for_others(door, step),
        _is_alarm_line(door) and step.urgency != "now",
        turned_away(door),
        wait(door.opening, step),
        trust == "stale",
        access_place(listing) > 3,
        -_wishes_met(door, facts),
        not _made_for(door, specialised(step)),
        *_distance(door, facts),
        first_doors.index(listing.slug) if listing.slug in first_doors else len(first_doors),
        not _made_for(door, GROUPS),
        door.fit.match != TAKES,
        for_other_groups(listing, facts),
        TRUST_ORDER[trust],
        access_place(listing),
        reach_place(listing),
        doubts_about(listing),
        len(door.fit.asks),
        *last_place(listing),
    )


def access_place(listing):
    """The place of a listing by how one gets in."""
    return ACCESS_ORDER.get(listing.how_to_get_in, 1)


def reach_place(listing):
    """The place of a listing by whom it is there for: this city's own first."""
    return REACH_ORDER.get(listing.reach, 3)


def for_other_groups(listing, facts):
    """Whether a listing is filed under groups of which the person is in none."""
    return bool(listing.groups - {"unaccompanied-children"}) and not (
        listing.groups & facts.all_groups
    )


@reads("doubts")
def doubts_about(listing):
    """How much of what a listing says is doubted."""
    return sum(doubt.kind != "verify" for doubt in listing.doubts)


def last_place(listing):
    """What decides between two doors that are equally good for the person."""
    return len(listing.needs), _older_first(listing), listing.slug


def wait(opening, step):
    """When it presses, an open door before one that opens soon; else only a closed one is late.

    In office hours a door whose hours are not known is as good a try as an open one, by night
    as good as one that opens in the morning, unless every hour counts.
    """
    in_time = step.opens_in_time(opening)
    if not step.open_first:
        return int(in_time is False)
    if opening.state == "open":
        return 0
    if in_time is None and step.urgency == "today":
        return 0 if office_hours(step.at) else 1
    return {True: 1, None: 2, False: 3}[in_time]


def office_hours(at):
    """Whether a door with unknown hours is as good a try as an open one."""
    return at.weekday() < 5 and 9 <= at.hour < 16


#: Preferences that a reason answers by the same name.
WISHES = {"walk-in", "free", "step-free", "female-staff", "male-staff", "anonymous", "remote"}


def _wishes_met(door, facts):
    """A language shared and wishes met come before everything but an open door."""
    if not (facts.languages or facts.prefers):
        return 0
    codes = {finding.code for finding in door.fit.fits}
    met = 2 * ("speaks" in codes)
    met += "for-lgbtqi" in codes and "lgbtqi-specialist" in facts.prefers
    return met + len(codes & WISHES & set(facts.prefers))


def _made_for(door, groups):
    return any(finding.code in groups for finding in door.fit.fits)


def _distance(door, facts):
    """The nearest first where a place is given; what cannot be measured comes after."""
    return distance_place(door.distance_km, facts)


def distance_place(km, facts):
    """The place of a door at this distance."""
    return (facts.near is not None and km is None, km or 0)


def specialised(step):
    """A child who is alone goes to those who protect any child, not to a line for the lost."""
    return SPECIALISED[:1] if step.need == "child-protection" else SPECIALISED


def made_for_others(door, step):
    """Doors that ask whether they fit at all, and specialists in something else."""
    return asks_whether_it_fits(door) or is_elsewhere(door.listing, step)


def is_elsewhere(listing, step):
    """Whether a listing is there for something else first of all, whatever it asks."""
    elsewhere = specialised_in(listing)
    return (bool(elsewhere) and not elsewhere & step.live_needs) or _for_those_who_suffered(
        listing, step.facts
    )


def specialised_in(listing):
    """The special needs that a listing is there for first of all."""
    return frozenset() if listing.for_minors_only else listing.needs & SPECIAL_NEEDS


def asks_whether_it_fits(door):
    """Doors for another gender, group or age that may still say yes."""
    return any(doubts_the_person(finding.code) for finding in door.fit.asks)


def doubts_the_person(code):
    """Whether a question is if a door is for this person at all."""
    return code in OTHER_GENDER or code.startswith(("made-for-", "only-"))


def _for_those_who_suffered(listing, facts):
    """Survivors' lines, for somebody who is only worried about their own violence."""
    return facts.concerns == ("uses-violence",) and is_for_survivors(listing)


def is_for_survivors(listing):
    """A door for those who suffered violence, and for nobody who uses it."""
    return "perpetrator-work" not in listing.needs and bool(
        listing.needs & {"violence-support", "rape-care"}
    )


def _stays_away(door, step):
    return _for_another_gender(door) or found_unsafe(door) or is_not_meant(door.listing, step)


def is_not_meant(listing, step):
    """The alarm without an alarm, and the police for somebody without papers."""
    without_papers = step.facts.status == "undocumented"
    return (is_alarm_line(listing) and not _alarm_is_meant(listing, step)) or (
        without_papers and is_police(listing) and step.need not in POLICE_NEEDS
    )


def _is_alarm_line(door):
    return is_alarm_line(door.listing)


def is_alarm_line(listing):
    """A country's emergency number; a city's own night service is none."""
    nationwide = listing.reach != "city" and not listing.for_minors_only
    return "emergency" in listing.needs and nationwide


def _alarm_is_meant(listing, step):
    """In danger, or where the police themselves are wanted."""
    wanted = step.need == "police-report" and is_police(listing)
    return step.need == "emergency" or step.is_alarm or wanted


def _for_another_gender(door):
    return any(finding.code in OTHER_GENDER for finding in door.fit.asks)


def _older_first(listing):
    """Newest source first: dates sort as text, so their characters are counted down."""
    source = listing.newest_source
    return tuple(-ord(c) for c in source.date) if source and source.date else (0,)


def best_of_each_organization(ordered, most=MOST_OPTIONS, callable_first=True):
    """The first doors from different organisations, at most `most`.

    Plan A is the first that somebody can call or write to, where there is one.
    """
    reachable = (door for door in ordered if door.listing.can_be_contacted)
    plan_a = next(reachable, None) if callable_first else None
    chosen, seen = [], set()
    for door in [plan_a, *ordered] if plan_a else ordered:
        if door.listing.organization not in seen:
            seen.add(door.listing.organization)
            chosen.append(door)
    return _with_own_door(chosen, most)


def _with_own_door(chosen, most):
    """The first few; the last place is kept for a door that knows LGBTQI+ lives and takes the person."""
    own = [d for d in chosen[most:] if _made_for(d, SPECIALISED[:1]) and d.listing.can_be_contacted]
    if own and not any(_made_for(d, SPECIALISED[:1]) for d in chosen[:most]):
        return [*chosen[: most - 1], own[0]]
    return chosen[:most]
