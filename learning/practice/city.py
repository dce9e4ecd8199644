"""The practice city: read into memory from fixtures/practice/city.toml, and in no database.

So it can be in no list, search, map, export or statistic: whoever asks the database for cities
does not find it. The same projection makes its listings; then every number loses its address, so
that none of them can be called.
"""

import dataclasses
import datetime
import functools
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext

from learning.practice import cases
from learning.practice.walking import Course
from referrals import planning
from referrals.pathway import loading
from services import fixture_files
from services.fitting import opening_of
from services.listing import TEXTS
from services.unsaved import listings_of

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "practice" / "city.toml"
#: It has no map.
NO_QUESTION = ("near",)
#: Texts of a listing that translators see.


@dataclass(frozen=True)
class PracticeCity:
    """What templates ask of a city. Its slug is the case that is walked, so that answers stay apart."""

    slug: str
    is_sample = False

    @property
    def name(self):
        return gettext("Practice city")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("practice-case", args=[self.slug])


@functools.cache
def pathway():
    """The pathway of no country, as it stands in the files; nobody signs it off for a practice."""
    read = loading.load("", "", tuple(_row()["languages"]), today=planning.STARTED_ON)
    questions = tuple(q for q in read.questions if q.id not in NO_QUESTION)
    return dataclasses.replace(read, questions=questions)


@functools.lru_cache(maxsize=16)
def listings(language):
    """Every listing of the practice city, with words in a language where there are any."""
    return tuple(_in_words(listing, language) for listing in _listings())


def course(case, language="en"):
    """What a case is walked on."""
    at = case.at.replace(tzinfo=ZoneInfo(_row()["timezone"]))
    return Course(pathway(), listings(language), at, opening_of)


@functools.cache
def all_cases():
    """Every `Case` by its code."""
    return {case.code: case for case in cases.read()}


def texts():
    """Every text of the listings, for translators."""
    for listing in _listings():
        yield from (getattr(listing, name) for name in TEXTS)
        yield from (phone.note for phone in listing.phones)
        yield from (source.publisher for source in listing.sources)


@functools.cache
def _read():
    return fixture_files.read([FILE]).listings[0]


def _row():
    return _read().city.data


@functools.cache
def _listings():
    midnight = datetime.datetime.now(datetime.UTC)
    found = listings_of(_read().services, _row()["timezone"], midnight)
    return tuple(map(_out_of_reach, found))


def _out_of_reach(listing):
    phones = tuple(dataclasses.replace(phone, href="") for phone in listing.phones)
    return dataclasses.replace(listing, phones=phones)


def _in_words(listing, language):
    """The listing in the active language; what has no translation stays English and says so."""
    said = {name: _say(getattr(listing, name)) for name in TEXTS}
    phones = tuple(dataclasses.replace(p, note=_say(p.note)) for p in listing.phones)
    sources = tuple(dataclasses.replace(s, publisher=_say(s.publisher)) for s in listing.sources)
    is_same = said["name"] == listing.name
    name_language = "en" if is_same else language
    return dataclasses.replace(
        listing, phones=phones, sources=sources, name_language=name_language, **said
    )


def _say(text):
    return gettext(text) if text else ""
