"""How many services each choice would leave, with the filters of the other groups applied."""

from dataclasses import dataclass, field

from django.db.models import BooleanField, ExpressionWrapper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.filters import STATUSES
from services.fitting import ASKS, TAKES, fit
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


def passing(filters, queryset):
    """Listing id -> names of the filters that the service does not pass; one query.

    `queryset` is unfiltered: an empty set means that a service is among the results.
    """
    conditions = filters.conditions()
    # Numbered: a searched word may hold what no database takes for a name.
    flags = {
        f"passes_{number}": ExpressionWrapper(condition, output_field=BooleanField())
        for number, condition in enumerate(conditions.values())
    }
    rows = queryset.order_by().annotate(**flags).values_list("pk", *flags)
    return {
        str(pk): frozenset(
            name for name, passes in zip(conditions, passed, strict=True) if not passes
        )
        for pk, *passed in rows
    }


def facets(filters, failed, words):
    """Every facet of the page, from the filters and what `passing` found."""
    count = _Counter(filters, failed)
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
    def __init__(self, filters, failed):
        self._by_id = {listing.id: listing for listing in filters.listings}
        self._failed = failed
        self._filters = filters

    def facet(self, name, label, labels, *, by_count=False):
        choices = [self.choice(name, code, text, [code]) for code, text in labels.items()]
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
        stances = [fit(listing, name, wanted) for listing in self._passing_others(name)]
        parameter = parameter or name
        chosen = value in self._filters.data.getlist(parameter)
        return Choice(parameter, value, label, stances.count(TAKES), stances.count(ASKS), chosen)

    def _passing_others(self, name):
        return [
            listing
            for pk, listing in self._by_id.items()
            if pk in self._failed and self._failed[pk] <= {name}
        ]


def _spoken(filters):
    """Languages on somebody's staff, and those chosen."""
    spoken = {tag.split("-")[0] for listing in filters.listings for tag in listing.languages}
    return spoken | set(filters.form.cleaned_data.get("language") or ())
