"""Fixture files as plain data: which tables and keys they have, and how they are read.

`read` gives a caller checked rows. It opens no database; `services.loading` writes them.
"""

import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings

from services.fixture_shapes import (
    Either,
    FixtureError,
    ListOf,
    Number,
    OneOf,
    Table,
    TableOf,
    Text,
    Where,
    Yes,
)
from services.models import Criterion, Mark, Need, Service
from services.models.places import RESERVED_SLUGS
from services.translating import po

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def _words(choices):
    return OneOf(tuple(choices.values))


TEXT = Text()
TAG = Text(LANGUAGE_TAG)
SLUG = Text(KEY)
LATITUDE, LONGITUDE, AGE = Number(-90, 90), Number(-180, 180), Number(0, 120, whole=True)
BY_LANGUAGE = TableOf(LANGUAGE_TAG, TEXT)
STANCE = _words(Service.Stance)
STANCE_OR_TABLE = Either(STANCE, Table({"stance": STANCE, "note": TEXT, "limit": AGE}, ("stance",)))
PHONE = Table({"number": TEXT, "note": TEXT, "hours": TEXT}, ("number",))
ADDRESS = Table({"street": TEXT, "postal_code": TEXT, "town": TEXT, "note": TEXT})
SOURCE = Table({"publisher": TEXT, "url": TEXT, "date": Text(DATE)}, ("publisher",))
MARK = Table({"kind": _words(Mark.Kind), "text": TEXT}, ("kind",))
TERM = {
    "code": SLUG,
    "names": BY_LANGUAGE,
    "synonyms": TableOf(LANGUAGE_TAG, ListOf(TEXT)),
}
NEED = Table({**TERM, "stage": _words(Need.Stage)}, ("code", "stage", "names"))
GROUP = Table(TERM, ("code", "names"))
COUNTRY = Table(
    {
        "code": Text(re.compile("[A-Z]{2}")),
        "names": BY_LANGUAGE,
        "emergency_numbers": Table(
            dict.fromkeys(("any", "police", "ambulance"), Text(re.compile(r"\d{2,6}"))), ("any",)
        ),
    },
    ("code", "names", "emergency_numbers"),
)
CITY = Table(
    {
        "slug": SLUG,
        "name": TEXT,
        "names": BY_LANGUAGE,
        "country": TEXT,
        "timezone": TEXT,
        "languages": ListOf(TAG),
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
    },
    ("slug", "name", "country", "timezone", "languages"),
)
PLACE_KEYS = {"slug": SLUG, "name": TEXT, "latitude": LATITUDE, "longitude": LONGITUDE}
PLACE = Table(PLACE_KEYS, tuple(PLACE_KEYS))
CRITERIA = Table(dict.fromkeys(Criterion.Code.values, STANCE_OR_TABLE))
SERVICE = Table(
    {
        "key": SLUG,
        "name": TEXT,
        "language": TAG,
        "name_en": TEXT,
        "aliases": ListOf(TEXT),
        "organization": TEXT,
        "summary": TEXT,
        "needs": ListOf(TEXT),
        "groups": ListOf(TEXT),
        "reach": _words(Service.Reach),
        "confidential": Yes(),
        "phones": ListOf(PHONE),
        "email": TEXT,
        "website": TEXT,
        "how_to_get_in": _words(Service.WayIn),
        "way_in": TEXT,
        "address": ADDRESS,
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
        "hours": TEXT,
        "hours_note": TEXT,
        "languages": ListOf(TAG),
        "interpreter": STANCE,
        "cost": _words(Service.Cost),
        "cost_note": TEXT,
        "age_min": AGE,
        "age_max": AGE,
        "for_minors_only": Yes(),
        "for_professionals": Yes(),
        "for_people_who_use_violence": Yes(),
        "criteria": CRITERIA,
        "sources": ListOf(SOURCE),
        "marks": ListOf(MARK),
    },
    ("key", "name", "language", "name_en", "organization", "summary", "needs", "reach", "sources"),
)

COUNTRIES_FILE = {"country": COUNTRY}
TAXONOMY_FILE = {"need": NEED, "group": GROUP}
LISTINGS_FILE = {"city": CITY, "place": PLACE, "service": SERVICE}


@dataclass(frozen=True)
class Row:
    """One checked table of a file."""

    data: dict
    where: Where


@dataclass(frozen=True)
class Listings:
    """One file of listings: a city's, or one without a city for lines of all of Europe."""

    label: str
    city: Row | None
    places: list[Row]
    services: list[Row]
    #: Language -> what is in its file of translations (`services.translating.po.Entry`).
    translations: dict = field(default_factory=dict)


@dataclass
class Fixtures:
    """Everything that was read, in the order in which it is to be written."""

    countries: list[Row] = field(default_factory=list)
    needs: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    listings: list[Listings] = field(default_factory=list)


def read(paths):
    """The `Fixtures` of files, and of folders (their *.toml, then those of their `cities`)."""
    fixtures = Fixtures()
    for path in _files(paths):
        _read_file(path, fixtures)
    _refuse_repeats(fixtures.needs + fixtures.groups, "code")
    _refuse_repeats([row for file in fixtures.listings for row in file.services], "key")
    return fixtures


def _files(paths):
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(path.glob("*.toml"))
            yield from sorted((path / "cities").glob("*.toml"))
        else:
            yield path


def _read_file(path, fixtures):
    where = Where(path.name)
    content = _parsed(path, where)
    if set(content) & set(TAXONOMY_FILE):
        rows = _rows(content, TAXONOMY_FILE, where)
        fixtures.needs += rows["need"]
        fixtures.groups += rows["group"]
    elif set(content) & set(COUNTRIES_FILE):
        fixtures.countries += _rows(content, COUNTRIES_FILE, where)["country"]
    else:
        listings = _listings(path.stem, content, where)
        fixtures.listings.append(replace(listings, translations=dict(_translations(path))))


def _translations(path):
    """(language, entries) of the PO files that belong to a file of listings, if there are any."""
    folder = path.resolve().parent.parent / "translations" / "listings"
    for file in sorted(folder.glob(f"{path.stem}.*.po")):
        language = file.name.removeprefix(f"{path.stem}.").removesuffix(".po")
        if language not in dict(settings.LANGUAGES):
            Where(file.name).refuse(f"“{language}” is not a language of the site.")
        try:
            yield language, po.read(file)
        except po.FileError as error:
            raise FixtureError(str(error)) from error


def _parsed(path, where):
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        where.refuse("cannot be opened.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where.refuse(f"is not readable TOML: {error}.")


def _rows(content, tables, where):
    """The checked rows of a file by table; a table that is not there has none."""
    for name in content:
        if name not in tables:
            where.at(name).refuse(f"unknown key. Known are: {', '.join(tables)}.")
    return {
        name: _checked(content.get(name, []), name, table, where) for name, table in tables.items()
    }


def _checked(tables, name, kind, where):
    if not isinstance(tables, list):
        where.at(name).refuse(f"must be written as [[{name}]].")
    rows = [Row(data, _where(data, name, number, where)) for number, data in enumerate(tables, 1)]
    for row in rows:
        kind.check(row.data, row.where)
    return rows


def _where(data, name, number, where):
    named = data if isinstance(data, dict) else {}
    known_as = named.get("key") or named.get("slug") or named.get("code") or number
    return Where(where.file, f"{name} “{known_as}”")


def _listings(label, content, where):
    city = content.get("city")
    rows = _rows({**content, "city": [] if city is None else [city]}, LISTINGS_FILE, where)
    listings = Listings(label, next(iter(rows["city"]), None), rows["place"], rows["service"])
    _check_city(listings)
    for row in listings.services:
        _check_service(row, listings.city)
    return listings


def _check_city(listings):
    city = listings.city
    if city is None and listings.places:
        listings.places[0].where.refuse("a file without [city] has no places.")
    if city and city.data["slug"] in RESERVED_SLUGS:
        city.where.at("slug").refuse(f"“{city.data['slug']}” is an address of the site.")
    _refuse_repeats(listings.places, "slug")


def _check_service(row, city):
    data, where = row.data, row.where
    if city is None and data["reach"] != "european":
        where.at("reach").refuse("a file without [city] holds european services only.")
    if len({"latitude", "longitude"} & set(data)) == 1:
        where.at("latitude").refuse("latitude and longitude go together.")
    if data.get("age_min", 0) > data.get("age_max", data.get("age_min", 0)):
        where.at("age_min").refuse("is above age_max.")
    if not (data.get("phones") or data.get("email") or data.get("way_in")):
        where.at("way_in").refuse("is missing: without phone and e-mail, say how to reach it.")
    if data.get("confidential"):
        _refuse_place(row)


def _refuse_place(row):
    """A confidential row may not even bring its place to this machine's database."""
    for name in ("address", "latitude", "longitude"):
        if name in row.data:
            row.where.at(name).refuse("a confidential service has no place here.")
    for number, source in enumerate(row.data["sources"], start=1):
        if "url" in source:
            row.where.at(f"sources.{number}.url").refuse(
                "the page may print the place of a confidential service: leave the link out."
            )


def _refuse_repeats(rows, name):
    seen = {}
    for row in rows:
        first = seen.setdefault(row.data[name], row)
        if first is not row:
            row.where.at(name).refuse(f"is used twice, first in {first.where.file}.")
