"""In which order results stand.

Best fit: what surely takes the person, then what bears the name searched for, then this city's own
before national and European lines, then what was confirmed, then by name. Nearest: by distance,
with what cannot be measured after. In both, what was confirmed too long ago comes after whatever
else fits as well.
"""

import array

from django.utils.translation import gettext_lazy as _

from services.bits import bits, numbers
from services.search import bears, normalise

_REACH = {"city": 0, "national": 1, "european": 2}
_TRUST = {"confirmed": 0, "ageing": 1, "never": 2, "stale": 3}


ORDER_WORDS = {
    "best": _(
        "First what surely fits, then this city’s own, then national lines, "
        "then what was confirmed last. What was confirmed too long ago comes after the rest."
    ),
    "nearest": _(
        "Nearest first, then what has no place that can be measured, "
        "then what was confirmed too long ago."
    ),
    "name": _("By name."),
}


def order_of(filters):
    """The order asked for; with a place to measure from, the nearest first."""
    if filters.form.cleaned_data.get("order"):
        return filters.form.cleaned_data["order"]
    return "nearest" if filters.point else "best"


def ordered(found, filters, language):
    """The sketches of a set of numbers in the order that the filters ask for; the same every time."""
    here = filters.directory
    base = here.rank("base", language)
    if order_of(filters) == "name":
        chosen = sorted(numbers(found), key=here.rank("name", language).__getitem__)
    else:
        parts = _parts(found, filters, language)
        best = [n for part in parts for n in sorted(numbers(part), key=base.__getitem__)]
        chosen = best if order_of(filters) == "best" else _nearest(best, filters)
    return [here.sketches[number] for number in chosen]


def _parts(found, filters, language):
    """A set in parts, the best first: what surely fits, not stale, with the words in its very name."""
    here = filters.directory
    sure = found
    for name, value in filters.active().items():
        if name in _SURE:
            sure &= here.sets.of(name, value)[0]
    searched = filters.form.cleaned_data.get("search") or ""
    halves = (sure, here.sets.all & ~here.sets.stale, _named(found, searched, here, language))
    parts = [found]
    for half in halves:
        parts = [part for one in parts for part in (one & half, one & ~half)]
    return parts


def _nearest(best, filters):
    """By distance, what cannot be measured after it, and what is stale last; else as they stand."""
    stale, distances = filters.directory.sets.stale, filters.distances
    return sorted(best, key=lambda number: (stale >> number & 1, distances[number]))


_SURE = ("group", "language", "status", "step_free")


def base_key(sketch, language):
    """What decides between two that fit equally well: this city's own, then trust, then the name."""
    return (_REACH[sketch.reach], _TRUST[sketch.trust["contact"].state], *by_name(sketch, language))


def by_name(sketch, language):
    return normalise(sketch.name_in(language)), sketch.slug


def _named(found, searched, here, language):
    """Those of a set whose very name has the words searched for, not only what they do."""
    if not searched:
        return found

    def bears_it(sketch):
        name = f"{sketch.name_in(language)} {sketch.official_name} {sketch.organization}"
        return bears(name, searched)

    return bits((n for n in numbers(found) if bears_it(here.sketches[n])), here.sets.size)


#: Ways to sort that hang on the listings and the language alone.
KEYS = {"base": base_key, "name": by_name}


def ranks(sketches, way, language):
    """The place of each sketch when all are sorted one of these ways."""
    key = KEYS[way]
    order = sorted(range(len(sketches)), key=lambda number: key(sketches[number], language))
    found = array.array("I", order)
    for place, number in enumerate(order):
        found[number] = place
    return found
