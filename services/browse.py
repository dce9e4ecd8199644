"""The page of a city's services: filters in, everything the template shows out."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from services.facets import facets
from services.filters import ORDERS, STATUSES, ServiceFilter, searched_word
from services.languages import language_name
from services.map import on_map
from services.ordering import ORDER_WORDS, order_of, ordered
from services.results import WAY_IN_WORDS, Result, result_of
from services.search import did_you_mean, words_of

PAGE_SIZE = 20
#: Shown when nothing fits: the nearest things that would.
RESCUED = 3


@dataclass(frozen=True)
class Chip:
    """A filter that is on, with the address that takes it off."""

    label: str
    address: str


@dataclass(frozen=True)
class Rescue:
    """What to do when nothing fits: take these filters and searched words off, and this would."""

    label: str
    address: str
    count: int
    results: list[Result]


class Browse:
    """What a reader sees of a city's services for the parameters of an address."""

    def __init__(self, city, places, directory, words, data, queryset, language):
        self.city, self.places, self.words = city, places, words
        self.data, self.language = data, language
        self._directory = directory
        self.filters = ServiceFilter(
            data, queryset, city=city, directory=directory, places=places, words=words
        )
        self.form = self.filters.form
        self.page, self._page_error = _page_number(data)

    @cached_property
    def found(self):
        """The sketches of all that pass, in order."""
        return ordered(self.filters.passing(), self.filters, self.language)

    @property
    def count(self):
        return len(self.found)

    @property
    def facets(self):
        return facets(self.filters, self.words)

    def listings(self, sketches):
        """The `Listing`s of these, in their order, without those withheld in the meantime."""
        ids = [sketch.id for sketch in sketches]
        found = self._directory.listings(ids, self.language)
        return [found[pk] for pk in ids if pk in found]

    @property
    def title(self):
        """The number of results, and the need where there is one."""
        text = ngettext("%(count)s service", "%(count)s services", self.count)
        text %= {"count": self.count}
        needs = self.form.cleaned_data.get("need") or []
        return f"{text} · {self.words.needs[needs[0]]}" if len(needs) == 1 else text

    @property
    def errors(self):
        """(parameter, label, message) of everything that could not be read."""
        found = [
            (name, self.form.fields[name].label, message)
            for name, messages in self.form.errors.items()
            for message in messages
        ]
        if self._page_error:
            found.append(("page", _("Page"), self._page_error))
        elif self.page > self.pages:
            message = ngettext("There is %(count)s page.", "There are %(count)s pages.", self.pages)
            found.append(("page", _("Page"), message % {"count": self.pages}))
        return found

    @property
    def pages(self):
        return max(1, -(-self.count // PAGE_SIZE))

    @property
    def current_page(self):
        return min(self.page, self.pages)

    @property
    def results(self):
        start = (self.current_page - 1) * PAGE_SIZE
        return [self.result(one) for one in self.listings(self.found[start : start + PAGE_SIZE])]

    @property
    def earlier(self):
        return self._page_address(self.current_page - 1) if self.current_page > 1 else None

    @property
    def later(self):
        more = self.current_page < self.pages
        return self._page_address(self.current_page + 1) if more else None

    @property
    def silent_about_hours(self):
        """How many would fit but do not say when they are open; only while that is asked."""
        if "open" not in self.filters.active():
            return 0
        others = self.filters.passing({"open"})
        return (others & self._directory.sets.silent_at(self.filters.moment)).bit_count()

    @property
    def without_open(self):
        return self._address(self._without("open_now", "open_at", "page"))

    @property
    def chips(self):
        """What is on, each with the address without it."""
        labels = self._labels()
        found = []
        for name in self.filters.active():
            if name in ("need", "group", "language", "access"):
                found += [
                    self._code_chip(name, c, labels) for c in self.filters.form.cleaned_data[name]
                ]
            elif name == "search":
                found += [Chip(word, self._without_words(word)) for word in words_of(labels[name])]
            else:
                found.append(Chip(labels[name], self._address(self._without(*_parameters(name)))))
        if self.filters.point:
            without = self._without("near", "radius_km", "order", "page")
            found.append(
                Chip(gettext("Near %(place)s") % {"place": self.near_name}, self._address(without))
            )
        return found

    def _code_chip(self, name, code, labels):
        kept = [pair for pair in self._without("page") if pair != (name, code)]
        return Chip(labels[name][code], self._address(kept))

    @property
    def near_name(self):
        near = self.form.cleaned_data.get("near", "")
        return next((place.name for place in self.places if place.slug == near), near)

    @property
    def near_typed(self):
        """What was given as a point, where it is none of the city's places."""
        near = self.data.get("near", "")
        return "" if any(place.slug == near for place in self.places) else near

    @property
    def orders(self):
        return ORDERS

    @property
    def order(self):
        return order_of(self.filters)

    @property
    def order_words(self):
        return ORDER_WORDS[self.order]

    @property
    def off_map(self):
        """How many results the map of the city cannot show."""
        return sum(not on_map(listing, self.city) for listing in self.found)

    @property
    def list_address(self):
        return self._address(self._without("view", "page"))

    @property
    def map_address(self):
        return self._address([*self._without("view", "page"), ("view", "map")])

    @cached_property
    def suggestion(self):
        """A (search, address) with typing errors put right, when nothing has the words as typed."""
        text = self.form.cleaned_data.get("search")
        words = {name for name in self.filters.sets if searched_word(name)}
        if not words or self.filters.passing(self.filters.sets.keys() - words):
            return None
        better = did_you_mean(text, self.filters.searched_services())
        if better is None:
            return None
        return better, self._address([*self._without("search", "page"), ("search", better)])

    @cached_property
    def rescue(self):
        """The fewest filters and words whose removal leaves something, and of those the ones that leave most."""
        names = min(
            self.filters.failures().keys() - {frozenset()},
            key=lambda names: (len(names), -self._count(names), sorted(names)),
            default=frozenset(),
        )
        found = ordered(self.filters.passing(names), self.filters, self.language)
        words = map(searched_word, names)
        parameters = [parameter for name in names for parameter in _parameters(name)]
        address = self._without_words(*words, also=parameters)
        label = ", ".join(self._removal_label(name) for name in sorted(names))
        nearest = [self.result(one) for one in self.listings(found[:RESCUED])]
        return Rescue(label, address, len(found), nearest)

    def _count(self, forgiven):
        """How many would pass with these filters taken off."""
        return self.filters.passing(forgiven).bit_count()

    def _without_words(self, *words, also=()):
        """The address without these searched words and without other parameters."""
        typed = words_of(self.form.cleaned_data.get("search") or "")
        left = " ".join(word for word in typed if word not in words)
        pairs = self._without("search", *also, "page")
        return self._address([*pairs, ("search", left)] if left else pairs)

    def _removal_label(self, name):
        if searched_word(name):
            return f"“{searched_word(name)}”"
        labels = self._labels()[name]
        chosen = self.form.cleaned_data.get(name)
        words = [labels[code] for code in chosen] if isinstance(labels, dict) else [labels]
        return f"“{', '.join(words)}”"

    def _labels(self):
        """Words for the filters that are on: a text, or code -> text."""
        cleaned = self.form.cleaned_data
        return {
            "need": self.words.needs,
            "group": self.words.groups,
            "language": {tag: language_name(tag) for tag in cleaned.get("language") or ()},
            "access": {code: str(text) for code, text in WAY_IN_WORDS.items()},
            "status": str(dict(STATUSES).get(cleaned.get("status"), "")),
            "step_free": gettext("Step-free"),
            "open": self._open_label(),
            "search": cleaned.get("search", ""),
            "radius_km": gettext("Within %(km)s km") % {"km": cleaned.get("radius_km")},
        }

    def _open_label(self):
        given = self.form.cleaned_data.get("open_at")
        return (
            gettext("Open at %(time)s") % {"time": f"{given:%Y-%m-%d %H:%M}"}
            if given
            else gettext("Open now")
        )

    def result(self, listing):
        """The line of one listing."""
        return result_of(listing, self.filters)

    def _page_address(self, number):
        return self._address([*self._without("page"), ("page", number)])

    def _without(self, *names):
        """The address's own parameters except these, empty ones dropped."""
        known = {*self.form.fields, "view", "lang"}
        return [
            (name, value)
            for name, values in self.data.lists()
            if name in known and name not in names
            for value in values
            if value
        ]

    def _address(self, pairs):
        return f"?{urlencode(pairs)}" if pairs else "./"


def _parameters(name):
    return ["open_now", "open_at"] if name == "open" else [name]


def _page_number(data):
    """The page asked for, and what is wrong with it."""
    try:
        return forms.IntegerField(min_value=1, max_value=9999, required=False).clean(
            data.get("page")
        ) or 1, ""
    except forms.ValidationError as error:
        return 1, error.messages[0]
