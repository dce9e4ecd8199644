"""The filters of the directory: `ServiceFilter` reads an address into sets of a city's services.

The page of services uses it; whatever else comes to list services is to use it too.
"""

import datetime
import functools
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from services.bits import bits, numbers
from services.distance import distances_km, parse_point
from services.json_rows import id_as_text
from services.languages import NAMES
from services.models import Service
from services.names import names
from services.packed import bytes_of
from services.search import matching, normalise, words_of

#: Residence statuses, in the words of a worker.
STATUSES = [
    ("documented", _("With a residence permit")),
    ("asylum-seeker", _("Asylum seeker")),
    ("undocumented", _("Without papers")),
]
ORDERS = [("best", _("Best fit")), ("nearest", _("Nearest")), ("name", _("Name"))]
#: Within these years an opening can be worked out.
YEARS = range(2000, 2100)
#: The same number as one types; as a float it is a little more.
NEAREST_KM = Decimal("0.1")
EARTH_KM = 20038
#: What the name of the condition of one searched word begins with.
_WORD = "search:"


class Codes(forms.MultipleChoiceField):
    """Several codes of a vocabulary; empty ones are ignored, unknown ones are named."""

    default_error_messages = {"invalid_choice": _("“%(value)s” is not a choice here.")}

    def to_python(self, value):
        return [_printable(code) for code in super().to_python(value) if code]

    def known(self, values):
        """Those values that are choices."""
        return [value for value in values if self.valid_value(value)]


class Code(forms.ChoiceField):
    default_error_messages = {"invalid_choice": _("“%(value)s” is not a choice here.")}

    def to_python(self, value):
        return _printable(super().to_python(value))


def _printable(text):
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


class MomentField(forms.CharField):
    """An ISO 8601 time; without an offset it is on the clock of the city."""

    def to_python(self, value):
        text = super().to_python(value)
        # An address turns the plus of an offset into a space.
        return _moment(text.replace(" ", "+") if "T" in text else text) if text else None

    def run_validators(self, value):
        """Those of text do not apply to a moment."""


def _moment(text):
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        raise forms.ValidationError(
            _("“%(value)s” is not a time. Write it like 2030-01-31T18:30."),
            params={"value": _printable(text)},
        )
    return moment


class SearchField(forms.CharField):
    def validate(self, value):
        super().validate(value)
        if value and not normalise(value):
            raise forms.ValidationError(_("Search for a word: there is no letter or digit in it."))


class FilterForm(forms.Form):
    def clean(self):
        """Codes that are known go on filtering when another one beside them is not."""
        cleaned = super().clean()
        for name, field in self.fields.items():
            if name in self.errors and isinstance(field, Codes):
                cleaned[name] = field.known(self.data.getlist(name))
        return cleaned


class _Several(django_filters.Filter):
    field_class = Codes


class _One(django_filters.Filter):
    field_class = Code


class _Moment(django_filters.Filter):
    field_class = MomentField


class _Search(django_filters.Filter):
    field_class = SearchField


YES_NO = [("true", _("Yes")), ("false", _("No"))]


class ServiceFilter(django_filters.FilterSet):
    """Filters over the services of a city that an audience may know of.

    `directory` holds them as that audience sees them, so no filter can feel for what is sealed;
    `queryset`, the same services, is asked for words alone, so it may be a function that makes it.
    Values of one filter widen, filters narrow. What *asks first* or does not say stays.
    """

    need = _Several(label=_("What is needed"))
    group = _Several(label=_("For whom"))
    language = _Several(label=_("Language"))
    status = _One(label=_("Papers"), choices=STATUSES)
    step_free = _One(label=_("Step-free"), choices=YES_NO)
    open_now = _One(label=_("Open now"), choices=YES_NO)
    open_at = _Moment(label=_("Open at"))
    access = _Several(label=_("How to get in"), choices=Service.WayIn.choices)
    search = _Search(label=_("Search"), max_length=200)
    near = django_filters.CharFilter(label=_("Near"), max_length=60)
    radius_km = django_filters.NumberFilter(
        label=_("Within kilometres"), min_value=NEAREST_KM, max_value=EARTH_KM
    )
    order = _One(label=_("Order"), choices=ORDERS)

    class Meta:
        model = Service
        fields = []
        form = FilterForm

    def __init__(
        self, data=None, queryset=None, *, directory, city=None, places=(), words=None, **kw
    ):
        super().__init__(data, Service.objects.none(), **kw)
        self._services = queryset
        self.directory = directory
        self.words = words or names(city)
        self.now = timezone.now()
        self._zone = ZoneInfo(city.timezone) if city else datetime.UTC
        self._places = {place.slug: place for place in places}
        # Functions, as Django copies what stands in a list several times for each form.
        self.filters["need"].extra["choices"] = self.words.needs.items
        self.filters["group"].extra["choices"] = self.words.groups.items
        self.filters["language"].extra["choices"] = lambda: _tags(directory)

    @property
    def qs(self):
        self.queryset = self.searched_services()
        return super().qs

    def searched_services(self):
        """Those that words are looked for in."""
        return self._services() if callable(self._services) else self._services

    @functools.cached_property
    def form(self):
        """The form, with the two checks that look at several parameters or at the city."""
        form = super().form
        if form.is_bound:
            form.is_valid()
            self._check_near(form)
        return form

    def _check_near(self, form):
        cleaned = form.cleaned_data
        self.point = None
        if cleaned.get("near"):
            self._find_point(form, cleaned["near"])
        elif "near" not in form.errors:
            for name in [
                *(["radius_km"] if cleaned.get("radius_km") else []),
                *(["order"] if cleaned.get("order") == "nearest" else []),
            ]:
                message = _("Choose a place to measure from.")
                form.add_error(name, forms.ValidationError(message, code="needs_place"))

    def _find_point(self, form, near):
        place = self._places.get(near)
        try:
            self.point = (place.latitude, place.longitude) if place else parse_point(near)
        except ValueError:
            message = _("“%(value)s” is neither a place of this city nor a latitude and longitude.")
            form.add_error("near", forms.ValidationError(message, params={"value": near}))

    @functools.cached_property
    def moment(self):
        """When doors should be open: an aware moment, or None where that does not matter."""
        given = self.form.cleaned_data.get("open_at")
        if given:
            return given if given.tzinfo else given.replace(tzinfo=self._zone)
        return self.now if self.form.cleaned_data.get("open_now") == "true" else None

    def active(self):
        """Parameter -> value of every filter that is on; `open` stands for both its parameters."""
        cleaned = self.form.cleaned_data
        found = {name: cleaned[name] for name in _PLAIN if cleaned.get(name)}
        if cleaned.get("step_free") == "true":
            found["step_free"] = True
        if self.moment:
            found["open"] = self.moment
        if cleaned.get("radius_km") and self.point:
            found["radius_km"] = float(cleaned["radius_km"])
        return found

    def filter_queryset(self, queryset):
        """Services that pass every filter; orders nothing."""
        sketches = self.directory.sketches
        return queryset.filter(pk__in=[sketches[n].id for n in numbers(self.passing())])

    def passing(self, forgiven=frozenset()):
        """The set of those that pass every filter but the forgiven ones."""
        found = self.directory.sets.all
        for name, passes in self.sets.items():
            if name not in forgiven:
                found &= passes
        return found

    def failures(self):
        """Set of the names of filters -> the numbers of those that pass all but these."""
        found = {}
        for number in range(self.directory.sets.size):
            failed = frozenset(n for n, passes in self.sets.items() if not passes >> number & 1)
            found.setdefault(failed, []).append(number)
        return found

    @functools.cached_property
    def sets(self):
        """Parameter -> the set that passes it, of every filter that is on; each searched word has its own.

        One query where there is a search, else none.
        """
        active = self.active()
        searched = active.pop("search", "")
        return {name: self._set(name, value) for name, value in active.items()} | self._bearing(
            words_of(searched)
        )

    def pass_none(self):
        """For a search of signs alone, which stand nowhere and make no condition."""
        self.sets = {_WORD: 0}

    def _set(self, name, value):
        if name == "radius_km":
            return self._within(value)
        takes, asks = self.directory.sets.of(name, value)
        return takes | asks

    def _within(self, radius):
        """Those near enough, or without a place that may be measured: those are a call away."""
        near = (n for n, km in enumerate(self.distances) if km <= radius or km == math.inf)
        return bits(near, self.directory.sets.size)

    @functools.cached_property
    def distances(self):
        """Kilometres to each, by number; infinite where it must not or cannot be measured."""
        return distances_km(self.directory.sketches, self.point)

    def _bearing(self, words):
        """Condition of each word -> the set of those whose search text has it."""
        if not words:
            return {}
        conditions = [matching(word) for word in words]
        # Numbered: a searched word may hold what no database takes for a name.
        flags = {
            f"has_{number}": ExpressionWrapper(condition, output_field=BooleanField())
            for number, condition in enumerate(conditions)
        }
        any_of_them = functools.reduce(Q.__or__, conditions)
        rows = self.searched_services().filter(any_of_them).order_by().annotate(**flags)
        number_of = self.directory.sketches.numbers()
        rows = [
            (number_of[pk], has)
            for pk, has in (
                (bytes_of(pk), has) for pk, *has in rows.values_list(id_as_text("pk"), *flags)
            )
            if pk in number_of
        ]
        size = self.directory.sets.size
        return {
            f"{_WORD}{word}": bits((number for number, has in rows if has[place]), size)
            for place, word in enumerate(words)
        }


def _tags(directory):
    return [(tag, tag) for tag in sorted(directory.sets.languages | NAMES.keys())]


_PLAIN = ("need", "group", "language", "access", "status", "search")


def searched_word(name):
    """The word that a condition of this name searches for; empty for every other condition."""
    return name.removeprefix(_WORD) if name.startswith(_WORD) else ""
