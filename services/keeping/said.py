"""What a listing says now, in words, by the groups of fields that are confirmed together."""

from dataclasses import dataclass

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.models import Confirmation

Group = Confirmation.FieldGroup


@dataclass(frozen=True)
class Fact:
    """What a field says, in words; `address` is where to call it or to look it up."""

    what: str
    text: str
    address: str = ""


@dataclass(frozen=True)
class Said:
    """One group: its code and name, how old its confirmation is, and its fields as facts."""

    code: str
    label: str
    trust: object
    facts: list


def said(page):
    """The `Said` of every group, from a `ListingPage`; free places only where they are stated."""
    words = {
        Group.CONTACT: _contact,
        Group.HOURS: _hours,
        Group.ACCEPTANCE: _acceptance,
        Group.CAPACITY: _capacity,
        Group.REST: _rest,
    }
    groups = [g for g in Group if g != Group.CAPACITY or page.listing.capacity != "unknown"]
    return [
        Said(
            group.value,
            group.label,
            page.listing.trust[group.value],
            [fact for fact in (Fact(*one) for one in words[group](page)) if fact.text],
        )
        for group in groups
    ]


def _contact(page):
    listing = page.listing
    for phone in listing.phones:
        yield _("Phone"), f"{phone.number} {phone.note}".strip(), phone.href
    yield _("E-mail"), listing.email, f"mailto:{listing.email}"
    yield _("Website"), listing.website, listing.website
    yield _("How to get in"), page.way_in
    yield _("Other way"), listing.way_in
    for site in listing.sites:
        if site.place:
            yield _("Place"), _address(site.place)


def _address(place):
    town = f"{place.postal_code} {place.town}".strip()
    return " · ".join(filter(None, [place.street, town, place.note]))


def _hours(page):
    if page.opening.always:
        yield _("Hours"), gettext("Day and night, every day")
    for day in page.week:
        yield day_words(day)
    for line in page.lines:
        if line.opening:
            yield line.phone.number, line.phone.opening_hours
    yield _("About the hours"), page.listing.hours_note


def day_words(day):
    """(the day, when it is open on it) of a day of `services.timetable.week`."""
    spans = ", ".join(map(_span_words, day.spans))
    return date_format(day.date, "l j F"), spans or gettext("Closed")


def _span_words(span):
    times = f"{time_format(span.opens.time())}–{time_format(span.closes.time())}"
    asked = "" if span.sure else gettext("(ask)")
    return " ".join(filter(None, [times, asked, span.note]))


def _acceptance(page):
    listing = page.listing
    for heading, _css, criteria in page.stances:
        yield heading, ", ".join(map(_criterion, criteria))
    yield _("In particular for"), ", ".join(page.groups)
    yield _("Ages"), page.ages
    if listing.for_professionals:
        yield _("For"), gettext("Professionals only")
    if listing.for_people_who_use_violence:
        yield _("For"), gettext("People who use violence only")


def _criterion(criterion):
    limit = criterion.limit
    sons = gettext("sons up to %(limit)s") % {"limit": limit} if limit is not None else ""
    extra = ", ".join(filter(None, [sons, criterion.note]))
    return f"{criterion.label} ({extra})" if extra else str(criterion.label)


def _capacity(page):
    until = page.listing.capacity_until
    yield page.capacity, gettext("until %(when)s") % {"when": date_format(until, "l j F H:i")}


def _rest(page):
    listing = page.listing
    yield _("Name"), " · ".join(filter(None, [listing.name, page.other_name]))
    yield _("Organisation"), listing.organization
    yield _("Summary"), listing.summary
    yield _("Helps with"), " · ".join(page.needs)
    yield _("Open to"), page.reach
    yield _("Languages"), ", ".join(page.languages)
    yield _("Interpreter"), page.interpreter
    yield _("Cost"), " ".join(filter(None, [str(page.cost), listing.cost_note]))
