"""A service of our own export as it was: the way back of `services.hsds.record`."""

import datetime
import uuid
from dataclasses import dataclass

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from services.hsds.exported import ADDRESS, EXTENSION, FLAGS, LOCATION, PHONE, SERVICE, TEXT
from services.hsds.wanted import Place, Wanted
from services.ids import stable_id
from services.models import City, Country, Location, Service
from services.projection import FALLBACK_LANGUAGE, TEXTS
from services.translating.origins import origin
from services.visibility import Visibility


@dataclass(frozen=True)
class Here:
    """What an exported row may refer to: a city to stand in, slugs of cities, codes of countries."""

    city: object
    cities: frozenset
    countries: frozenset


def here(city):
    """The `Here` of this directory; two queries."""
    return Here(
        city,
        frozenset(City.objects.values_list("slug", flat=True)),
        frozenset(Country.objects.values_list("pk", flat=True)),
    )


def wanted(data, where, around):
    """The `Wanted` of a row of our own export. Raises `FixtureError` for anything else."""
    extension = data.get("waymark")
    if extension is None:
        where.at("waymark").refuse("is missing: only our own exports can be restored.")
    EXTENSION.check(extension, where.at("waymark"))
    _check(data, SERVICE, where, "id", "name")
    sites = _objects(data, "service_at_locations", where)
    found = Wanted(
        id=_id(data, where),
        slug=extension["slug"],
        organization=_organization(data, where),
        values=_values(data, extension, around, where),
        words={
            language: dict.fromkeys(TEXTS, "") | said | {"origins": _origins(language, extension)}
            for language, said in extension.get("translations", {}).items()
        },
        places=[_place(site, spot) for spot, site in sites],
        phones=[
            _phone(phone, spot) | {"position": position}
            for position, (spot, phone) in enumerate(_objects(data, "phones", where))
        ],
        languages=[_text(one, "code", spot) for spot, one in _objects(data, "languages", where)],
        criteria=[{"note": "", "limit": None} | one for one in extension.get("criteria", ())],
        sources=[{"url": "", "date": ""} | one for one in extension.get("sources", ())],
        doubts=[{"text": ""} | one for one in extension.get("doubts", ())],
        confirmations=[_confirmation(one, where) for one in extension.get("trust", ())],
        cities=_cities(extension, around),
        needs=extension.get("needs", []),
        groups=extension.get("target_groups", []),
    )
    _refuse_repeats(found, where)
    return found


def _origins(language, extension):
    """What its texts were translated from, as far as the row tells: those that are to be checked."""
    marks = extension.get("translations_to_check", {}).get(language, {})
    drafts, older = (set(marks.get(n, ())) for n in ("drafted_by_machine", "older_than_source"))
    english = extension.get("translations", {}).get(FALLBACK_LANGUAGE, {})
    return {
        # What an older one was made from is not told: nothing that stands today.
        name: origin(
            FALLBACK_LANGUAGE,
            "" if name in older else english.get(name, ""),
            is_draft=name in drafts,
        )
        for name in sorted(drafts | older)
    }


def _refuse_repeats(found, where):
    """What there is once for each service in the database, the row may not name twice."""
    once = {
        "languages": found.languages,
        "criteria": [one["code"] for one in found.criteria],
        "needs": found.needs,
        "target_groups": found.groups,
        "cities": found.cities,
        "service_at_locations.id": [place.site for place in found.places],
        "service_at_locations.location": [place.location for place in found.places],
    }
    for name, listed in once.items():
        if len(set(listed)) != len(listed):
            where.at(name).refuse("names one thing twice.")


def _cities(extension, around):
    if extension["reach"] != Service.Reach.CITY:
        return [slug for slug in extension.get("cities", ()) if slug in around.cities]
    own = [slug for slug in extension.get("cities", ()) if slug in around.cities]
    return own or [around.city.slug]


def _check(data, kinds, where, *required):
    """Check the fields of an object that are restored; what else HSDS has there is made from them."""
    if not isinstance(data, dict):
        where.refuse("must be an object.")
    for name in required:
        if not data.get(name):
            where.at(name).refuse("is missing.")
    for name, kind in kinds.items():
        if name in data:
            kind.check(data[name], where.at(name))


def _objects(data, name, where):
    found = data.get(name, [])
    if not isinstance(found, list):
        where.at(name).refuse("must be a list.")
    return [(where.at(name).at(number), one) for number, one in enumerate(found, 1)]


def _id(data, where, name="id"):
    _check(data, {name: TEXT}, where, name)
    try:
        return uuid.UUID(data[name])
    except ValueError:
        where.at(name).refuse("is no UUID.")


def _text(data, name, where):
    _check(data, {name: TEXT}, where, name)
    return data[name]


def _organization(data, where):
    named, spot = data.get("organization"), where.at("organization")
    return _id(named, spot), _text(named, "name", spot)


def _values(data, extension, around, where):
    texts = ("how_to_get_in", "interpreter", "cost", "opening_hours")
    country = extension.get("country")
    values = {
        "status": Service.Status.PUBLISHED,
        "visibility": extension.get("visibility", Visibility.PUBLIC.value),
        "official_name": extension.get("official_name", ""),
        "official_language": extension.get("official_language", "en"),
        "aliases": extension.get("other_names", []),
        "reach": extension["reach"],
        "country": country if country in {*around.countries, None} else around.city.country_id,
        "confidential": extension.get("confidential", False),
        "email": data.get("email", ""),
        "website": data.get("url", ""),
        "age_min": data.get("minimum_age"),
        "age_max": extension.get("age_max"),
        **{name: extension.get(name, False) for name in FLAGS},
        **{name: extension.get(name, "") for name in texts},
        **_capacity(extension, where),
    }
    # Without a word for professionals the export may be one for everybody: theirs stays.
    note = {name: extension[name] for name in ("professional_note",) if name in extension}
    return values | note


def _capacity(extension, where):
    """Free places while the statement lasts, as `project` tells them."""
    until = None
    if "capacity_until" in extension:
        until = _moment(extension["capacity_until"], where.at("waymark").at("capacity_until"))
    if until is None or until <= timezone.now():
        return {"capacity": Service.Capacity.UNKNOWN.value, "capacity_until": None}
    return {"capacity": extension.get("capacity", "unknown"), "capacity_until": until}


def _moment(text, where):
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        where.refuse("is no moment like 2026-11-25T10:00:00.000Z.")
    return moment


def _place(site, where):
    pk, location, spot = _id(site, where), site.get("location"), where.at("location")
    _check(location, LOCATION, spot, "id", "location_type")
    place = _id(location, spot)
    values = {
        "kind": location["location_type"],
        "visibility": location.get("visibility", Visibility.PUBLIC.value),
        "note": location.get("description", ""),
        "latitude": location.get("latitude"),
        "longitude": location.get("longitude"),
        **_address(location, spot),
    }
    if place == stable_id("withheld", pk):
        closed = {"kind": Location.Kind.PHYSICAL.value, "visibility": Visibility.SEALED.value}
        return Place(pk, place, values | {"note": ""} | closed, withheld=True)
    if values["kind"] == Location.Kind.VIRTUAL:
        values |= {"note": ""}
    return Place(pk, place, values)


def _address(location, where):
    found = _objects(location, "addresses", where)[:1]
    for spot, address in found:
        _check(address, ADDRESS, spot)
    address = found[0][1] if found else {}
    names = {"street": "address_1", "postal_code": "postal_code", "town": "city"}
    return {ours: address.get(theirs, "") for ours, theirs in names.items()}


def _phone(phone, where):
    _check(phone, PHONE, where, "number")
    return {
        "number": phone["number"],
        "note": phone.get("description", ""),
        "opening_hours": phone.get("opening_hours", ""),
        "visibility": phone.get("visibility", Visibility.PUBLIC.value),
    }


def _confirmation(one, where):
    """Of the moment only the day is known: noon stands for it."""
    try:
        day = datetime.date.fromisoformat(one["on"])
    except ValueError:
        where.at("waymark").at("trust").refuse(f"“{one['on']}” is no day.")
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    return {"field_group": one["fields"], "by": one["by"], "confirmed_at": noon}
