"""What stands on the sheet: the plan's own answer to each need, by day and by night.

The doors come from the same function that makes a plan, asked for people of whom as little is
known as can be, so paper and guide name the same doors. Only what everybody may see is on it:
a sheet hangs on a wall.
"""

import dataclasses
import datetime
import functools
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals import notices, planning, words
from referrals.coverage import moments
from referrals.coverage.people import BY_CODE
from referrals.door_card import phone_to_call
from referrals.pathway.facts import Facts
from referrals.pathway.plan import make_step
from services.fitting import opening_of
from services.listing import Listing, PhoneLine, Trust

#: How long a printed sheet is to be trusted: numbers are asked for again every ninety days, and
#: nobody can call paper back.
GOOD_FOR_DAYS = 30

#: The first doors, for anybody: what is running out, what is looked for at night, who listens.
FIRST_NEEDS = (
    "rape-care",
    "evidence",
    "urgent-medical",
    "mental-health-crisis",
    "shelter",
    "child-protection",
    "violence-support",
    "helpline",
    "trafficking",
    "honour-violence",
    "interpretation",
    "legal-advice",
)
#: Person (`referrals.coverage.people`) -> the needs whose doors differ for them.
GROUP_NEEDS = {
    "woman": ("shelter", "violence-support", "psychosocial"),
    "gay-man": ("shelter", "lgbtqi-support", "psychosocial"),
    "boy-alone": ("shelter", "guardianship", "child-protection"),
    "mother": ("shelter", "family-support", "child-protection"),
}
#: Notices about what runs out (by id) -> the window of hours that they speak of.
CLOCK_NOTICES = {
    "hiv-pep-window": "hiv-pep",
    "emergency-contraception-window": "emergency-contraception",
    "evidence-window": "evidence",
}
TODAY_NOTICES = ("strangulation-red-flag", "suicide-risk")
DUTY_NOTICES = (
    "consent-needed",
    "duty-to-report",
    "guardian-must-be-appointed",
    "undocumented-care",
    "undocumented-police-risk",
    "residence-dependent-permit",
    "no-family-interpreter",
)


@dataclass(frozen=True)
class Entry:
    """A door on paper."""

    listing: Listing
    phone: PhoneLine | None
    trust: Trust
    hours: str


@dataclass(frozen=True)
class Row:
    """A need with its first door by day, the one at night where it is another, and one behind them."""

    need: str
    title: str
    day: Entry
    night: Entry | None
    second: Entry | None


@dataclass(frozen=True)
class Group:
    """Somebody of a target group and the doors that differ for them."""

    who: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Limit:
    """One line of the clock table."""

    time: str
    notice: notices.ShownNotice


@dataclass(frozen=True)
class Sheet:
    """The view model of templates/referrals/sheet.html."""

    printed_on: datetime.date
    good_until: datetime.date
    emergency_lines: list
    clock: tuple[Limit, ...]
    today: tuple[notices.ShownNotice, ...]
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    duties: tuple[notices.ShownNotice, ...]
    is_signed_off: bool


def sheet_of(city, language):
    """The `Sheet` of a city in the language of the page.

    Costs three queries once pathway and directory of the city are in memory. Raises
    `NoDoorError` where not even the emergency number is listed.
    """
    pathway = planning.pathway_for(city)
    titles = words.need_titles(language)
    rows = _Rows(city, pathway, language, titles)
    shown = {notice.id: notice for notice in notices.shown(pathway.notices)}
    clock = _clock(pathway, shown)
    today = tuple(shown[notice] for notice in TODAY_NOTICES)
    duties = tuple(shown[notice] for notice in DUTY_NOTICES)
    said = [*(limit.notice for limit in clock), *today, *duties]
    printed_on = moments.today_in(city)
    return Sheet(
        printed_on=printed_on,
        good_until=_good_until(printed_on, said),
        emergency_lines=notices.emergency_lines(city),
        clock=clock,
        today=today,
        rows=rows.of(Facts(consent="yes"), FIRST_NEEDS),
        groups=tuple(_group(rows, code, needs) for code, needs in GROUP_NEEDS.items()),
        duties=duties,
        is_signed_off=all(notice.review.signed_off for notice in said),
    )


def clock_of(city):
    """What runs out in a city, in the language of the page: the first lines of its sheet."""
    pathway = planning.pathway_for(city)
    return _clock(pathway, {notice.id: notice for notice in notices.shown(pathway.notices)})


def _clock(pathway, shown):
    return tuple(
        Limit(_time(pathway.windows.get(window)), shown[notice])
        for notice, window in CLOCK_NOTICES.items()
    )


def _time(window):
    if window is None:
        return _("As soon as they agree")
    hours = int(window.hours)
    if hours % 24 == 0 and hours > 48:
        days = hours // 24
        text = ngettext("%(hours)d hours (%(count)d day)", "%(hours)d hours (%(count)d days)", days)
        return text % {"hours": hours, "count": days}
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def _good_until(printed_on, said):
    """Until the paper is old, or a rule on it expires."""
    rules = [notice.review.expires_on for notice in said]
    return min([printed_on + datetime.timedelta(days=GOOD_FOR_DAYS), *rules])


def _group(rows, code, needs):
    """One door each: two pages have no room for more in every language."""
    person = BY_CODE[code]
    found = rows.of(person.facts, needs)
    return Group(str(person.name), tuple(dataclasses.replace(row, second=None) for row in found))


class _Rows:
    """Asks the engine for the first doors of a need, once by day and once at night."""

    def __init__(self, city, pathway, language, titles):
        self._pathway = pathway
        self._titles = titles
        self._listings = planning.public_listings(city, language)
        when = moments.moments_of(city)
        self._day, self._night = when["day"], when["night"]

    def of(self, facts, needs):
        return tuple(self._row(facts, need) for need in needs)

    def _row(self, facts, need):
        day, second = self._entries(facts, need, self._day)
        night, _second = self._entries(facts, need, self._night)
        new = [e for e in (night, second) if e and e.listing.id != day.listing.id]
        night = night if night in new else None
        second = second if second in new and not _same(second, night) else None
        return Row(need, self._titles.get(need, need), day, night, second)

    def _entries(self, facts, need, at):
        """The first door and the one behind it, or None; those with a number before others."""
        facts = dataclasses.replace(facts, wants=(need,), at=at)
        opening = functools.partial(opening_of, moment=at)
        step = make_step(self._pathway, facts, need, self._listings, at, opening)
        # Paper can only be called from: a second door without a number is left out.
        first, *others = sorted(step.options, key=lambda door: not door.listing.phones)
        second = next((door for door in others if door.listing.phones), None)
        return self._entry(first, at), second and self._entry(second, at)

    def _entry(self, door, at):
        listing = door.listing
        return Entry(
            listing=listing,
            phone=phone_to_call(listing, at),
            trust=listing.trust.get("contact", Trust()),
            hours=_hours(door.opening),
        )


def _same(one, other):
    return one is not None and other is not None and one.listing.id == other.listing.id


def _hours(opening):
    """When the door is open, in a word or two."""
    if opening.state == "open":
        return _("day and night") if opening.always else ""
    return _("open at other hours") if opening.state == "closed" else _("ask for the hours")
