"""The page of one service: everything a worker needs to make the call."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.fitting import ASKS, REFUSES, TAKES, opening_of
from services.hours import opening
from services.languages import language_name
from services.map import place_map
from services.models import Confirmation, Criterion, Mark, Service
from services.questions import to_ask
from services.timetable import week

#: Questions shown before the rest is folded away.
ASKED_FIRST = 5

CAPACITY_WORDS = {
    "taking": _("Taking people"),
    "full": _("Full"),
    "unknown": _("Not known: ask"),
}
INTERPRETER_WORDS = {
    TAKES: _("On request"),
    ASKS: _("Perhaps: ask"),
    REFUSES: _("None"),
}
REACH_WORDS = {
    "city": _("People in this city"),
    "national": _("People in the whole country"),
    "european": _("People in all of Europe"),
}


@dataclass(frozen=True)
class Line:
    """A number with its own hours, where it has any."""

    phone: object
    opening: object


@dataclass(frozen=True)
class Said:
    """A criterion in words."""

    label: str
    note: str
    limit: int | None


class ListingPage:
    """What the template of a listing shows, worked out."""

    def __init__(self, listing, places, words):
        self.listing = listing
        self._places, self._words = places, words
        self._now = timezone.now()

    @property
    def opening(self):
        return opening_of(self.listing, self._now)

    @property
    def lines(self):
        listing = self.listing
        return [
            Line(phone, self._hours_of(phone) if _has_own_hours(phone, listing) else None)
            for phone in listing.phones
        ]

    def _hours_of(self, phone):
        return opening(phone.opening_hours, self._now, self.listing.timezone, self.listing.country)

    @property
    def week(self):
        listing = self.listing
        return week(listing.hours, self._now, listing.timezone, listing.country)

    @property
    def way_in(self):
        return dict(Service.WayIn.choices).get(self.listing.how_to_get_in, "")

    @property
    def stances(self):
        """(heading, css class, criteria) of what it takes, asks first about, does not take."""
        headings = (
            (TAKES, _("Takes"), "fits-yes"),
            (ASKS, _("Asks first"), "ask"),
            (REFUSES, _("Does not take"), "fits-no"),
        )
        groups = [(text, mark, self._said(stance)) for stance, text, mark in headings]
        return [group for group in groups if group[2]]

    def _said(self, wanted):
        labels = dict(Criterion.Code.choices)
        return [
            Said(labels[code], criterion.note, criterion.limit)
            for code, criterion in self.listing.criteria.items()
            if criterion.stance == wanted and code in labels
        ]

    @property
    def questions(self):
        return [question for _code, question in to_ask(self.listing)][:ASKED_FIRST]

    @property
    def more_questions(self):
        return [question for _code, question in to_ask(self.listing)][ASKED_FIRST:]

    @property
    def needs(self):
        return [name for code, name in self._words.needs.items() if code in self.listing.needs]

    @property
    def groups(self):
        return [name for code, name in self._words.groups.items() if code in self.listing.groups]

    @property
    def reach(self):
        return REACH_WORDS[self.listing.reach]

    @property
    def ages(self):
        lowest, highest = self.listing.age_min, self.listing.age_max
        if lowest and highest:
            return gettext("%(lowest)s to %(highest)s") % {"lowest": lowest, "highest": highest}
        if lowest:
            return gettext("From %(lowest)s") % {"lowest": lowest}
        if highest:
            return gettext("Up to %(highest)s") % {"highest": highest}
        return gettext("Under-18s only") if self.listing.for_minors_only else ""

    @property
    def languages(self):
        return [language_name(tag) for tag in self.listing.languages]

    @property
    def interpreter(self):
        return INTERPRETER_WORDS.get(self.listing.interpreter, "")

    @property
    def cost(self):
        return dict(Service.Cost.choices).get(self.listing.cost, "")

    @property
    def capacity(self):
        """Free places, for those who offer a bed or said something about places."""
        listing = self.listing
        sleeps = listing.needs & {"shelter", "housing"}
        return CAPACITY_WORDS[listing.capacity] if sleeps or listing.capacity != "unknown" else ""

    @property
    def map(self):
        return place_map(self.listing, self._places)

    @property
    def other_name(self):
        """The official name, where the page shows a translated one."""
        listing = self.listing
        return listing.official_name if listing.official_name != listing.name else ""

    @property
    def name_language(self):
        """The language the heading is in: the official one where nothing was translated."""
        listing = self.listing
        same = listing.name == listing.official_name
        return listing.official_language if same else listing.name_language

    @property
    def trust(self):
        """(names of groups of fields, how far they can be trusted), equally old ones together."""
        labels = dict(Confirmation.FieldGroup.choices)
        together = {}
        for code, trust in self.listing.trust.items():
            if code != "capacity" or self.capacity:
                together.setdefault(trust, []).append(labels[code])
        return [(names, trust) for trust, names in together.items()]

    @property
    def doubts(self):
        labels = dict(Mark.Kind.choices)
        return [(labels[doubt.kind], doubt.text) for doubt in self.listing.doubts]


def _has_own_hours(phone, listing):
    return phone.opening_hours and phone.opening_hours != listing.hours
