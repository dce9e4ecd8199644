"""The city's listings for those who keep them: what is shown of them, a page at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from services.models import Service
from services.search import matching

PAGE_SIZE = 20
MOST_LETTERS = 100


@dataclass(frozen=True)
class Choice:
    """Some of the listings: what they are called, and whether one is among them."""

    label: str
    fits: Callable


def _published(test):
    return lambda line, now: line.is_published and test(line, now)


def _has_status(status):
    return lambda line, _now: line.status == status


#: Value of `show` -> which listings. Tasks of the start page lead here.
SHOWN = {
    "all": Choice(_("All"), lambda _line, _now: True),
    "old": Choice(_("Out of date"), _published(lambda line, _now: line.is_old)),
    "capacity": Choice(
        _("Free places to ask about"), _published(lambda line, now: line.capacity_ends(now))
    ),
    "doubts": Choice(_("With doubts"), _published(lambda line, _now: line.has_doubt)),
    "phoneless": Choice(_("Without phone"), _published(lambda line, _now: not line.has_phone)),
    "published": Choice(_("Published"), _has_status(Service.Status.PUBLISHED)),
    "drafts": Choice(
        _("Drafts"),
        lambda line, _now: line.status == Service.Status.DRAFT and not line.is_imported_draft,
    ),
    "imported": Choice(_("Imported drafts"), lambda line, _now: line.is_imported_draft),
    "withdrawn": Choice(_("Withdrawn"), _has_status(Service.Status.WITHDRAWN)),
}


class Filters(forms.Form):
    """What the page was asked for."""

    show = forms.ChoiceField(
        label=_("Show"), choices=[(code, one.label) for code, one in SHOWN.items()], required=False
    )
    need = forms.ChoiceField(label=_("Need"), required=False)
    text = forms.CharField(label=_("Name or words"), max_length=MOST_LETTERS, required=False)
    page = forms.IntegerField(label=_("Page"), min_value=1, max_value=9999, required=False)

    def __init__(self, data, needs):
        super().__init__(data)
        self.fields["need"].choices = [("", _("Any need")), *needs.items()]


class ListingsPage:
    """The listings that were asked for, of these lines; `services` is the queryset they are from."""

    def __init__(self, lines, services, data, needs):
        self._lines, self._services, self._now = lines, services, timezone.now()
        self.form = Filters(data, needs)
        self.wanted = self.form.cleaned_data if self.form.is_valid() else {}
        self.show = self.wanted.get("show") or "all"

    @cached_property
    def found(self):
        """Every line asked for, the most urgent first; one query where a need or a text is given."""
        fits, ids = SHOWN[self.show].fits, self._searched()
        return [
            line
            for line in self._lines
            if fits(line, self._now) and (ids is None or line.pk in ids)
        ]

    def _searched(self):
        """The ids of what has the need and the words asked for; None where neither was."""
        need, text = self.wanted.get("need"), self.wanted.get("text")
        if not (need or text):
            return None
        services = self._services.filter(needs=need) if need else self._services
        if text:
            services = services.filter(matching(text) | Q(official_name__icontains=text))
        return set(services.order_by().values_list("pk", flat=True))

    @property
    def choices(self):
        """What can be shown, with how many listings that would be."""
        return [
            {
                "code": code,
                "label": one.label,
                "count": sum(one.fits(line, self._now) for line in self._lines),
            }
            for code, one in SHOWN.items()
        ]

    @property
    def pages(self):
        return max(1, -(-len(self.found) // PAGE_SIZE))

    @property
    def number(self):
        return min(self.wanted.get("page") or 1, self.pages)

    @property
    def lines(self):
        start = (self.number - 1) * PAGE_SIZE
        return self.found[start : start + PAGE_SIZE]

    @property
    def earlier(self):
        return self._address(self.number - 1) if self.number > 1 else None

    @property
    def later(self):
        return self._address(self.number + 1) if self.number < self.pages else None

    def _address(self, number):
        kept = {name: self.wanted.get(name) for name in ("show", "need", "text")}
        return "?" + urlencode({k: v for k, v in kept.items() if v} | {"page": number})
