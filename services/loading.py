"""Fixture files into the database: all of them or nothing, and twice is the same as once.

Nothing loaded is ever marked confirmed. A service whose row has not changed since it was last loaded is left alone,
together with whatever people have changed in it since, and so is one that `import_hsds` brought;
a row that has changed wins over them,
except that it never publishes what they withdrew, opens what they sealed, brings back a place they removed,
or lifts confidentiality. What it overwrites is no longer confirmed.

Translations come along (`services.translating.fixtures`), also for a service that is left alone.

Countries, cities, places to measure from and the taxonomy belong to the files: every load writes them again
as the files have them, whatever people changed. Only whether a city is a sample is its people's to say,
and what no file names (another place, a name in another language) is left alone.
"""

import hashlib
import json
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from services import fixture_files, search
from services.fixture_shapes import FixtureError
from services.ids import stable_id
from services.models import (
    City,
    Country,
    Location,
    Need,
    Organization,
    Place,
    Service,
    ServiceAtLocation,
    TargetGroup,
)
from services.saving import replace, set_related, with_kept_phones, write
from services.translating.fixtures import IMPORTED, translate
from services.versions import paused
from services.visibility import Visibility
from services.vouching import dropping_overwritten

__all__ = ["Counts", "FixtureError", "load"]

#: Raise when the same row is to be written differently: every row then counts as changed.
WRITER = 1
ENGLISH = "en"


@dataclass
class Counts:
    """What loading did to the services of one file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    #: Of them those that got new translations, whatever else happened to them.
    translated: int = 0

    def __str__(self):
        parts = ["created", "updated", "unchanged", "withdrawn"]
        parts += ["translated"] if self.translated else []
        return ", ".join(f"{getattr(self, part)} {part}" for part in parts)


def load(paths, *, prune=False):
    """Write files and folders; the `Counts` of each file of listings by its label.

    With `prune`, services loaded earlier that the files no longer name are withdrawn.
    Raises `FixtureError`, and then nothing has changed.
    """
    fixtures = fixture_files.read(paths)
    with paused():
        words_changed = _load_vocabulary(fixtures)
        loader = _Loader()
        counts = {listings.label: loader.load(listings) for listings in fixtures.listings}
        if prune:
            counts["pruned"] = Counts(withdrawn=_withdraw_all_but(fixtures))
        _index(loader.written, everything=words_changed)
    return counts


def _load_vocabulary(fixtures):
    """Write countries and terms; whether any word of a term changed."""
    for row in fixtures.countries:
        numbers = {"emergency_numbers": row.data["emergency_numbers"]}
        write(Country, {"code": row.data["code"]}, numbers, row.where, _names(row))
    changed = [
        *(
            _load_term(Need, row, n, stage=row.data["stage"])
            for n, row in enumerate(fixtures.needs)
        ),
        *(_load_term(TargetGroup, row, n) for n, row in enumerate(fixtures.groups)),
    ]
    return any(changed)


def _load_term(model, row, position, **values):
    values["position"] = position
    return write(model, {"code": row.data["code"]}, values, row.where, _names(row, "synonyms"))[1]


def _names(row, *also):
    """The words of a row by language: its name, and `also` other tables of the same shape."""
    return {
        language: {"name": name}
        | {field: row.data.get(field, {}).get(language, []) for field in also}
        for language, name in row.data["names"].items()
    }


def _withdraw_all_but(fixtures):
    named = {
        stable_id("service", row.data["key"]) for file in fixtures.listings for row in file.services
    }
    loaded = Service.objects.exclude(loaded_from="").exclude(status=Service.Status.WITHDRAWN)
    # What was imported from elsewhere was never in a file.
    gone = loaded.exclude(pk__in=named).exclude(loaded_from__startswith=IMPORTED)
    for service in gone:
        # Without its fingerprint it is published again, should a file name it again.
        service.status, service.loaded_from = Service.Status.WITHDRAWN, ""
        service.last_modified = timezone.now()
        service.save()
    return len(gone)


def _index(written, *, everything):
    """Bring the search text of what was written up to date; all of it after new words."""
    stale = Service.objects.all()
    if not everything:
        stale = stale.filter(Q(pk__in=written) | Q(search_text=""))
    if stale.exists():
        search.rebuild(stale)


class _Loader:
    """Writes files of listings, remembering the vocabulary and what it wrote."""

    def __init__(self):
        self.written = []
        self._needs = Need.objects.in_bulk()
        self._groups = TargetGroup.objects.in_bulk()

    def load(self, listings):
        """The `Counts` of one file."""
        city = _load_city(listings.city) if listings.city else None
        for row in listings.places:
            _load_place(city, row)
        known = _known(listings.services)
        counts = Counts()
        for row in listings.services:
            self._load_row(row, city, known, counts)
        translated = translate(listings)
        self.written += translated
        counts.translated = len(translated)
        return counts

    def _load_row(self, row, city, known, counts):
        pk, fingerprint = stable_id("service", row.data["key"]), _fingerprint(row, city)
        if known.get(pk) == fingerprint or known.get(pk, "").startswith(IMPORTED):
            counts.unchanged += 1
            return
        with dropping_overwritten(pk):
            self._write_service(pk, row, city, fingerprint)
        self.written.append(pk)
        if pk in known:
            counts.updated += 1
        else:
            counts.created += 1

    def _write_service(self, pk, row, city, fingerprint):
        known = Service.objects.filter(pk=pk).first()
        location = _load_location(row) if known is None or _place_stands(row) else None
        service = _save_service(known, pk, row, city, fingerprint)
        _load_site(service, location, row)
        self._link(service, row, city)
        for relation, name, wanted in _parts(service, row.data):
            replace(service, relation, wanted, row.where.at(name))

    def _link(self, service, row, city):
        local = service.reach == Service.Reach.CITY
        set_related(service.cities, [city] if local else [])
        set_related(service.needs, _terms(row, "needs", self._needs))
        set_related(service.target_groups, _terms(row, "groups", self._groups))


def _load_city(row):
    data = row.data
    values = {
        "slug": data["slug"],
        "country": _country(row),
        **{name: data.get(name) for name in ("timezone", "languages", "latitude", "longitude")},
    }
    words = {
        language: {"name": name}
        for language, name in {**data.get("names", {}), ENGLISH: data["name"]}.items()
    }
    # A new city is a sample until somebody there says otherwise: no load touches that again.
    return write(City, {"pk": stable_id("city", data["slug"])}, values, row.where, words)[0]


def _country(row):
    country = Country.objects.filter(pk=row.data["country"]).first()
    return country or row.where.at("country").refuse(f"“{row.data['country']}” is not known.")


def _load_place(city, row):
    values = {name: row.data[name] for name in ("name", "latitude", "longitude")}
    write(Place, {"city": city, "slug": row.data["slug"]}, values, row.where)


def _known(rows):
    """The fingerprints of the services that are already there, by id."""
    ids = [stable_id("service", row.data["key"]) for row in rows]
    return dict(Service.objects.filter(pk__in=ids).values_list("pk", "loaded_from"))


def _fingerprint(row, city):
    about = [WRITER, city.slug if city else "", city.country_id if city else "", row.data]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _place_stands(row):
    """Whether people left a service at the place with which it was loaded."""
    site, location = (stable_id(kind, row.data["key"]) for kind in ("site", "location"))
    return ServiceAtLocation.objects.filter(pk=site, location=location).exists()


def _load_site(service, location, row):
    """Where a service is: without a location where people put it, or nowhere."""
    if location is None:
        if service.sites.exists():
            return
        location = Location.objects.create(kind=Location.Kind.VIRTUAL)
    site = {"service": service, "location": location}
    write(ServiceAtLocation, {"pk": stable_id("site", row.data["key"])}, site, row.where)


def _load_location(row):
    """The place of a service; one that is recorded and sealed is left as it is."""
    pk, data = stable_id("location", row.data["key"]), row.data
    known = Location.objects.filter(pk=pk).first()
    if known and known.kind == Location.Kind.PHYSICAL and known.visibility == Visibility.SEALED:
        return known
    address = data.get("address", {})
    is_place = bool(address) or "latitude" in data
    values = {
        "kind": Location.Kind.PHYSICAL if is_place else Location.Kind.VIRTUAL,
        **{name: address.get(name, "") for name in ("street", "postal_code", "town", "note")},
        "latitude": data.get("latitude"),
        "longitude": data.get("longitude"),
    }
    return write(Location, {"pk": pk}, values, row.where)[0]


def _save_service(known, pk, row, city, fingerprint):
    values = service_values(row.data, city)
    if known is None or (known.status == Service.Status.WITHDRAWN and not known.loaded_from):
        values["status"] = Service.Status.PUBLISHED
    if known is None:
        values["slug"] = row.data["key"]
    elif known.confidential and not values["confidential"]:
        row.where.at("confidential").refuse(
            "this service has been made confidential since: make the row confidential too."
        )
    values |= {"loaded_from": fingerprint, "last_modified": timezone.now()}
    values["organization"] = _organization(row)
    return write(Service, {"pk": pk}, values, row.where, service_words(row.data))[0]


def _organization(row):
    name = row.data["organization"]
    known = Organization.objects.filter(name=name).first()
    if known:
        return known
    return write(Organization, {"pk": stable_id("organization", name)}, {"name": name}, row.where)[
        0
    ]


def service_values(data, city):
    european = data["reach"] == Service.Reach.EUROPEAN
    flags = ("confidential", "for_minors_only", "for_professionals", "for_people_who_use_violence")
    texts = ("email", "website", "how_to_get_in", "interpreter", "cost")
    return {
        "official_name": data["name"],
        "official_language": data["language"],
        "aliases": data.get("aliases", []),
        "reach": data["reach"],
        "country": None if european else city.country,
        "opening_hours": data.get("hours", ""),
        "age_min": data.get("age_min"),
        "age_max": data.get("age_max"),
        **{name: data.get(name, False) for name in flags},
        **{name: data.get(name, "") for name in texts},
    }


def service_words(data):
    """English texts, and the official name where it is in a language of the site."""
    also = ("hours_note", "cost_note", "way_in")
    english = {name: data.get(name, "") for name in also}
    words = {ENGLISH: {"name": data["name_en"], "summary": data["summary"], **english}}
    if data["language"] != ENGLISH and data["language"] in dict(settings.LANGUAGES):
        words[data["language"]] = {"name": data["name"]}
    return words


def _terms(row, name, known):
    codes = row.data.get(name, [])
    for code in codes:
        if code not in known:
            row.where.at(name).refuse(f"“{code}” is not in the taxonomy.")
    return [known[code] for code in codes]


def _parts(service, data):
    """What hangs on a service: each relation, its name in the file, and the values of its rows."""
    phones = [phone_values(phone) for phone in data.get("phones", [])]
    yield service.phones, "phones", with_kept_phones(service, phones)
    yield service.spoken, "languages", [{"tag": tag} for tag in data.get("languages", [])]
    yield (
        service.criteria,
        "criteria",
        [criterion_values(*c) for c in data.get("criteria", {}).items()],
    )
    yield service.sources, "sources", data["sources"]
    yield service.marks, "marks", data.get("marks", [])


def phone_values(phone):
    return {
        "number": phone["number"],
        "note": phone.get("note", ""),
        "opening_hours": phone.get("hours", ""),
        "visibility": Visibility.PUBLIC,
    }


def criterion_values(code, said):
    return {"code": code} | (said if isinstance(said, dict) else {"stance": said})
