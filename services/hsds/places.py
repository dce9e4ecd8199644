"""The places of a service in a foreign feed, and whether one may be a secret."""

import re

from services.hsds.values import cut, number, text, thing, things
from services.hsds.wanted import Place, id_in
from services.models import Location
from services.search import normalise
from services.visibility import Visibility

STREET, CODE, TOWN, NOTE = 300, 20, 120, 400
#: A street of fewer letters is in too many words.
SHORTEST_STREET = 6
#: Words that say a place is not for everybody, in the languages of the site.
SECRET = re.compile(
    r"\b(confidential|undisclosed|redacted|withheld|secret|address given on contact"
    r"|confidentiel\w*|secrète|tenue secrète|vertraulich\w*|geheim\w*|anonyme adresse"
    r"|vertrouwelijk\w*|riservat\w*|segret\w*|hemlig\w*|sekretess\w*|skyddad)\b",
    re.IGNORECASE,
)
#: Names of houses whose address is mostly a secret.
SHELTER = re.compile(
    r"\b(refuges?|shelters?|safe ?-?houses?|foyers? pour femmes|maisons? d.accueil|hébergement"
    r"|frauenh(aus|äuser)\w*|schutzwohnung\w*|vluchthui\w*|opvanghui\w*|cas[ae] rifugio"
    r"|casa protetta|kvinnojour\w*|tjejjour\w*|skyddat boende)\b",
    re.IGNORECASE,
)
WHEELCHAIR = re.compile(
    r"wheelchair|step[ -]free|level access|fauteuil roulant|rollstuhl|rolstoel"
    r"|sedia a rotelle|rullstol",
    re.IGNORECASE,
)


def places(data, service, feed, country, said):
    """The `Place`s of a row, open ones; one without a place where the row names none."""
    found = {}
    for number_, site in enumerate(things(data, "service_at_locations", said), 1):
        location = thing(site, "location", said)
        if not location:
            said.add("service_at_locations", "one names no place: it was left out.")
            continue
        place = _place(site, location, f"{service}/{number_}", feed, country, said)
        if place.location in found:
            said.add("service_at_locations", "one place is named twice.")
        found.setdefault(place.location, place)
    return list(found.values()) or [_nowhere(service, feed)]


def _nowhere(service, feed):
    ids = (id_in(feed, kind, f"{service}/nowhere") for kind in ("site", "location"))
    return Place(*ids, {"kind": Location.Kind.VIRTUAL, **_EMPTY})


def _place(site, location, fallback, feed, country, said):
    key = text(location, "id", said) or text(site, "location_id", said) or fallback
    values = _values(location, country, said)
    return Place(
        id_in(feed, "site", text(site, "id", said) or fallback),
        id_in(feed, "location", key),
        values if values["kind"] == Location.Kind.PHYSICAL else {**values, **_EMPTY},
    )


_EMPTY = {
    "visibility": Visibility.PUBLIC,
    "street": "",
    "postal_code": "",
    "town": "",
    "note": "",
    "latitude": None,
    "longitude": None,
}


def _values(location, country, said):
    address = _address(location, said)
    lines = [text(address, name, said) for name in ("address_1", "address_2")]
    notes = [text(location, name, said) for name in ("description", "transportation")]
    point = _point(location, said)
    values = {
        "visibility": Visibility.PUBLIC,
        "street": cut(", ".join(filter(None, lines)), STREET, "addresses.address_1", said),
        "postal_code": cut(text(address, "postal_code", said), CODE, "addresses.postal_code", said),
        "town": cut(text(address, "city", said), TOWN, "addresses.city", said),
        "note": cut(" ".join(filter(None, notes)), NOTE, "location.description", said),
        **dict(zip(("latitude", "longitude"), point, strict=True)),
    }
    stands = any(values[name] for name in ("street", "postal_code", "town")) or None not in point
    virtual = location.get("location_type") in ("virtual", "postal") or not stands
    if location.get("location_type") == "postal" and stands:
        said.add("location", "is for letters only: its address was left out.")
    if stands and text(address, "country", said).upper() not in ("", country):
        said.add("addresses.country", "is not the country of the city.")
    kind = Location.Kind.VIRTUAL if virtual else Location.Kind.PHYSICAL
    return {"kind": kind, **values}


def _address(location, said):
    """The address where people go, else any."""
    addresses = things(location, "addresses", said)
    where_to_go = [one for one in addresses if one.get("address_type") == "physical"]
    return next(iter([*where_to_go, *addresses]), {})


def _point(location, said):
    """Latitude and longitude, or neither. What is wrong with them is said without them."""
    names = ("latitude", "longitude")
    if all(location.get(name) in (None, "") for name in names):
        return None, None
    latitude, longitude = (number(location, name) for name in names)
    in_range = (
        None not in (latitude, longitude) and -90 <= latitude <= 90 and -180 <= longitude <= 180
    )
    if not in_range:
        said.add("location.latitude", "with longitude is no point on earth: both were left out.")
        return None, None
    return latitude, longitude


def _locations(data, said):
    sites = things(data, "service_at_locations", said)
    return [thing(site, "location", said) for site in sites]


def says_secret(data, said):
    """Whether what is said of a place itself calls it a secret."""
    spots = [*things(data, "service_at_locations", said), *_locations(data, said)]
    spots += [one for spot in _locations(data, said) for one in things(spot, "addresses", said)]
    names = ("name", "alternate_name", "description", "address_1", "attention")
    return any(SECRET.search(text(spot, name, said)) for spot in spots for name in names)


def says_shelter(data, name, said):
    """Whether a service reads like a house of refuge, or speaks of secrecy."""
    spoken = " ".join(
        [name, *(text(data, field, said) for field in ("alternate_name", "description"))]
        + [text(location, "name", said) for location in _locations(data, said)]
    )
    return bool(SHELTER.search(spoken) or SECRET.search(spoken))


def seal(found, said):
    """Keep what may be a secret place from everybody but administrators, and say so."""
    for place in found:
        if place.values["kind"] == Location.Kind.PHYSICAL:
            place.values["visibility"] = Visibility.SEALED
            said.add("address", "was sealed: check whether this address may be public.")


def say_if_told(found, texts, said):
    """Say so if the street of a sealed place stands in a text that readers would see."""
    for place in found:
        street = normalise(place.values["street"])
        is_sealed = place.values["visibility"] == Visibility.SEALED
        can_be_told = is_sealed and len(street) >= SHORTEST_STREET
        if can_be_told and any(street in normalise(one) for one in texts):
            said.add("description", "or another text tells the address that was sealed.")


def step_free_note(data, said):
    """What is said about wheelchairs and steps, or nothing."""
    for location in _locations(data, said):
        for one in things(location, "accessibility", said):
            written = text(one, "description", said) or text(one, "accessibility", said)
            if WHEELCHAIR.search(written):
                return written
    return ""
