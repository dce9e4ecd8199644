"""What an edit of one listing would take from whom, told before it is saved.

Only cells that the listing serves better before than after are looked at; of the other listings
only those for the needs of such cells, most open first, until every cell has a door as good.
"""

import itertools
from collections import Counter

from django.db.models import Case, Value, When
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from referrals.coverage import phrases
from referrals.coverage.cubes import Space
from referrals.coverage.matrix import (
    ASKS,
    EXCLUDES,
    NOTHING,
    STALE,
    STATES,
    Cell,
    Matrix,
    kept_matrix,
)
from referrals.coverage.moments import HOURS, moments_of
from referrals.coverage.people import BY_CODE, STATUSES, languages_of
from referrals.pathway.facts import NEEDS
from referrals.planning import pathway_for
from services import sketches
from services.names import names

#: So many sentences; what is beyond is counted.
MOST = 8
#: Other listings are read so many at once: the first of a large city nearly always suffice.
AT_ONCE = 300
RANK = {state: number for number, state in enumerate(STATES)}
#: Nobody is told of a cell in which doors exist, and then none does: both are no door.
RANK[NOTHING] = RANK[EXCLUDES]
#: State -> (what somebody would be left with, the same of everybody).
SENTENCES = {
    ASKS: (
        _("%(who)s would find only doors for “%(need)s” that ask first."),
        _("%(who)s would find a door for “%(need)s” that does not ask first."),
    ),
    STALE: (
        _("%(who)s would find only stale listings for “%(need)s”."),
        _("%(who)s would find a listing for “%(need)s” that is not stale."),
    ),
    EXCLUDES: (
        _("%(who)s would have no door in the city for “%(need)s”."),
        _("%(who)s would have a door in the city for “%(need)s”."),
    ),
}


def find(city, before, after):
    """Sentences on what the city would lose, worst first; see `services.consequences`.

    `before` and `after` are the public `Listing`s of one service. Costs no query where nothing
    gets worse; else one, and seven for each part of the city's listings that is read.
    """
    if before is None:
        return []
    moments = moments_of(city)
    languages = languages_of(city, before.languages)
    needs = tuple(need for need in NEEDS if need in before.needs)
    was = Matrix([before], moments, languages, needs)
    now = Matrix([after] if after else [], moments, languages, needs)
    worse = {
        cell: (old, new)
        for cell, old, new in zip(was.cells, was.states, now.states, strict=True)
        if RANK[new] > RANK[old]
    }
    lost = _without_others(city, before, worse, moments, languages) if worse else {}
    return _sentences(city, lost, languages) if lost else []


def watch(city):
    """What the city offers now; called afterwards, what is returned tells what of it is lost.

    Reads all listings of the city twice: for edits of several of them. See `find` for one.
    """
    moments, before = moments_of(city), sketches.read(city)
    languages = languages_of(city, [tag for sketch in before for tag in sketch.languages])
    was = Matrix(before, moments, languages)

    def lost():
        now = Matrix(sketches.read(city), moments, languages)
        pairs = zip(was.cells, was.states, now.states, strict=True)
        worse = {cell: new for cell, old, new in pairs if RANK[new] > RANK[old]}
        return _sentences(city, worse, languages) if worse else []

    return lost


def _without_others(city, before, worse, moments, languages):
    """Cell -> its state afterwards, of cells where no other listing is as good as this one was."""
    left = {cell: new for cell, (_old, new) in worse.items()}
    for matrix, but in _others(city, before, left, moments, languages):
        for cell in list(left):
            state = matrix.tally(cell, but).state
            if RANK[state] <= RANK[worse[cell][0]]:
                del left[cell]
            elif RANK[state] < RANK[left[cell]]:
                left[cell] = state
        if not left:
            break
    return left


def _others(city, before, left, moments, languages):
    """(matrix of other listings, mask of listings to leave out) until the caller has enough."""
    kept = kept_matrix(city)
    number = kept.masks.number_of(before.slug) if kept else None
    if number is not None and set(languages) <= set(kept.languages):
        yield kept, 1 << number
        return
    needs = tuple({cell.need for cell in left})
    pks = _for_needs(city, needs, before.slug)
    for start in range(0, len(pks), AT_ONCE):
        part = sketches.public_services(city).filter(pk__in=pks[start : start + AT_ONCE])
        yield Matrix(sketches.read(city, part), moments, languages, needs), 0


def _for_needs(city, needs, slug):
    """The ids of the other listings for these needs, those that never close first."""
    never_closed_first = Case(When(opening_hours="24/7", then=Value(0)), default=Value(1))
    services = sketches.public_services(city).filter(needs__in=needs).exclude(slug=slug)
    ordered = services.order_by(never_closed_first, "slug")
    return list(dict.fromkeys(ordered.values_list("pk", flat=True)))


def _sentences(city, lost, languages):
    """What is lost, in as few facts as say nothing wrong; the worst of it first."""
    points = list(itertools.product(BY_CODE, HOURS, STATUSES, languages))
    space = Space(Cell._fields[1:], points)
    place = {point: number for number, point in enumerate(points)}
    found = Counter()
    for cell, state in lost.items():
        found[cell.need, RANK[state]] |= 1 << place[cell[1:]]
    titles = names().needs
    told = [
        (
            -rank,
            order.index(need),
            -mask.bit_count(),
            _sentence(titles.get(need, need), rank, facts),
        )
        for order in [pathway_for(city).order]
        for (need, rank), wanted in found.items()
        for facts, mask in space.cover(wanted, space.everything)
    ]
    return _first([sentence for *_order, sentence in sorted(told)])


def _first(told):
    more = len(told) - MOST
    if more <= 0:
        return told
    rest = ngettext("And %(number)s more.", "And %(number)s more.", more) % {"number": more}
    return [*told[:MOST], rest]


def _sentence(need, rank, facts):
    text = SENTENCES[STATES[rank]]["person" not in facts]
    return capfirst(str(text) % {"need": need, "who": phrases.who(facts)})
