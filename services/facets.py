"""How many services each choice would leave, with the filters of the other groups applied."""

from dataclasses import dataclass, field

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.filters import STATUSES
from services.languages import language_name
from services.models import Service

#: Choices shown before the rest is folded away.
SHOWN = 5


@dataclass(frozen=True)
class Choice:
    """One value of a parameter, and what it would leave."""

    parameter: str
    value: str
    label: str
    takes: int
    asks: int
    chosen: bool = False

    @property
    def count(self):
        """As in “2 + 4 ask”."""
        if not self.asks:
            return str(self.takes)
        return gettext("%(takes)s + %(asks)s ask") % {"takes": self.takes, "asks": self.asks}


@dataclass(frozen=True)
class Facet:
    """A group of choices under one heading."""

    code: str
    label: str
    kind: str
    shown: list[Choice]
    folded: list[Choice] = field(default_factory=list)

    @property
    def is_set(self):
        return any(choice.chosen for choice in self.shown)


def facets(filters, words):
    """Every facet of the page. No query but that of a search."""
    count = _Counter(filters)
    languages = {tag: language_name(tag) for tag in _spoken(filters)}
    also = [
        count.choice("open", "true", _("Open now"), filters.now, parameter="open_now"),
        count.choice("step_free", "true", _("Step-free"), True),
    ]
    return [
        count.facet("need", _("What is needed"), words.needs),
        count.facet("group", _("For whom"), words.groups),
        Facet("status", _("Papers"), "radio", count.statuses()),
        Facet("also", _("Also"), "checkbox", also),
        count.facet("language", _("Language"), languages, by_count=True),
        count.facet("access", _("How to get in"), dict(Service.WayIn.choices)),
    ]


class _Counter:
    def __init__(self, filters):
        self._filters, self._sets = filters, filters.directory.sets
        self._others = {}

    def facet(self, name, label, labels, *, by_count=False):
        choices = [self.choice(name, code, text, code) for code, text in labels.items()]
        choices = [c for c in choices if c.takes or c.asks or c.chosen]
        if by_count:
            choices.sort(key=lambda c: (-c.takes, c.label))
        first = {c.value for c in choices[:SHOWN]}
        shown = [c for c in choices if c.chosen or c.value in first]
        folded = [c for c in choices if not (c.chosen or c.value in first)]
        return Facet(name, label, "checkbox", shown, folded)

    def statuses(self):
        return [self.choice("status", code, text, code) for code, text in STATUSES]

    def choice(self, name, value, label, wanted, *, parameter=None):
        """A choice of the filter `name`, counted as if it alone of its group were chosen."""
        takes, asks = self._sets.of(name, wanted)
        others = self._passing_others(name)
        counts = (takes & others).bit_count(), (asks & others).bit_count()
        parameter = parameter or name
        chosen = value in self._filters.data.getlist(parameter)
        return Choice(parameter, value, label, *counts, chosen)

    def _passing_others(self, name):
        if name not in self._others:
            self._others[name] = self._filters.passing({name})
        return self._others[name]


def _spoken(filters):
    """Languages on somebody's staff, and those chosen."""
    spoken = {tag.split("-")[0] for tag in filters.directory.sets.languages}
    return spoken | set(filters.form.cleaned_data.get("language") or ())
