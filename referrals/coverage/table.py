"""The matrix as the page shows it: a table of one situation, and bars of all."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from referrals.coverage import moments
from referrals.coverage.matrix import STATES, Cell
from referrals.coverage.people import BY_CODE, PEOPLE, STATUSES
from services.languages import language_name

#: State -> (sign, words): never colour alone.
SIGNS = {
    "served": ("✓", _("served")),
    "asks": ("?", _("asks first")),
    "stale": ("~", _("stale")),
    "excludes": ("–", _("excludes")),
    "nothing": ("×", _("nothing")),
}
MEANINGS = {
    "served": _("a door is open then and takes them"),
    "asks": _("a door may take them, but asks first, or its hours are not known"),
    "stale": _("only doors whose details were confirmed too long ago"),
    "excludes": _("doors exist, but all are closed then, refuse them or cannot be called"),
    "nothing": _("no listing for this need"),
}
AXES = {
    "hour": (_("By hour"), lambda code: capfirst(moments.NAMES[code])),
    "person": (_("By person"), lambda code: capfirst(BY_CODE[code].name)),
    "status": (_("By residence status"), lambda code: capfirst(STATUSES[code])),
    "language": (_("By language"), language_name),
}
#: A bar is so many units wide.
WIDTH = 100


@dataclass(frozen=True)
class Shown:
    """A cell of the table."""

    state: str
    who: str
    address: str

    @property
    def sign(self):
        return SIGNS[self.state][0]

    @property
    def words(self):
        return SIGNS[self.state][1]


def legend():
    """Every state with its sign, words and meaning."""
    return [
        {"state": state, "sign": SIGNS[state][0], "words": SIGNS[state][1], "is": MEANINGS[state]}
        for state in STATES
    ]


def rows(city, matrix, titles, chosen):
    """(name of a need, its cells by person) in the order of the taxonomy."""
    why = reverse("office-coverage-why", args=[city.slug])
    needs = sorted(
        matrix.needs, key=lambda need: list(titles).index(need) if need in titles else 99
    )
    return [
        (titles.get(need, need), [_shown(matrix, need, person, chosen, why) for person in PEOPLE])
        for need in needs
    ]


def _shown(matrix, need, person, chosen, why):
    state = matrix.state(
        Cell(need, person.code, chosen["hour"], chosen["status"], chosen["language"])
    )
    query = urlencode({"need": need, "group": person.code, **chosen})
    return Shown(state, capfirst(person.name), f"{why}?{query}")


def charts(matrix):
    """For each axis its title and, for each value, the shares of the five states."""
    return [
        (title, [_bar(name(value), counts) for value, counts in matrix.counts(axis).items()])
        for axis, (title, name) in AXES.items()
    ]


def _bar(name, counts):
    total, start, parts = sum(counts.values()), 0.0, []
    for state in STATES:
        width = WIDTH * counts[state] / total
        parts.append(
            {
                "state": state,
                "x": f"{start:.2f}",
                "width": f"{width:.2f}",
                "percent": _percent(counts[state], total),
            }
        )
        start += width
    return {"name": name, "parts": parts}


def _percent(number, total):
    """A share in whole percent; what is there is never rounded to nothing."""
    share = round(100 * number / total)
    return "<1" if number and not share else str(share)
