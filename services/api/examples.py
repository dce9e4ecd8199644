"""Invented examples for the OpenAPI document, written by the same functions as real answers."""

import dataclasses
import datetime

from services.api.answers import page
from services.api.bodies import service_body
from services.fitting import opening_of
from services.ids import stable_id
from services.listing import (
    CriterionStance,
    Listing,
    PhoneLine,
    Place,
    Site,
    SourceSeen,
    Trust,
)

NOON = datetime.datetime(2026, 11, 16, 12, tzinfo=datetime.UTC)
#: A place of the pilot cities, so that the requests shown find something.
CITY = "brussels"


def an_id(of_what):
    """An id that looks like one and is nothing's."""
    return str(stable_id("example", of_what))


HOUSE = Listing(
    id=an_id("service"),
    service_at_location=an_id("site"),
    slug="lantern-house",
    name="Lantern House",
    official_name="Maison de la Lanterne",
    official_language="fr",
    organization="Harbour Association",
    organization_id=an_id("organization"),
    summary="Advice and a safe place to talk, in several languages.",
    reach="city",
    country="BE",
    timezone="Europe/Brussels",
    confidential=False,
    needs=frozenset({"violence-support", "psychosocial"}),
    groups=frozenset({"women-girls"}),
    criteria={
        "women": CriterionStance("takes"),
        "undocumented": CriterionStance("takes", "nothing is passed on"),
        "with-children": CriterionStance("asks-first", limit=12),
        "step-free": CriterionStance("does-not-take"),
    },
    age_min=18,
    languages=("fr", "nl", "ar"),
    interpreter="takes",
    cost="free",
    how_to_get_in="call-first",
    phones=(PhoneLine("02 555 01 00", "tel:+3225550100", "reception", "", "+32 2 555 01 00"),),
    website="https://lantern.example/",
    place=Place("Quay Street 7", "1000", "Harbourtown", "", 50.8455, 4.3571),
    sites=(
        Site(
            an_id("site"),
            an_id("location"),
            Place("Quay Street 7", "1000", "Harbourtown", "", 50.8455, 4.3571),
        ),
    ),
    opening_hours="Mo-Fr 09:00-17:00; PH off",
    sources=(SourceSeen("Harbour Association", "https://lantern.example/contact", "2026-10"),),
    trust={"contact": Trust("confirmed", datetime.date(2026, 10, 30), "organization")},
    cities=("harbourtown",),
    texts={
        "en": {"name": "Lantern House"},
        "fr": {"name": "Maison de la Lanterne", "summary": "Des conseils et un lieu sûr."},
    },
    last_modified=NOON,
)
#: The same with a place that is kept secret, as everybody may see it.
SECRET = dataclasses.replace(
    HOUSE,
    id=an_id("secret service"),
    service_at_location=an_id("secret site"),
    slug="quay-rooms",
    name="Quay Rooms",
    official_name="Quay Rooms",
    official_language="en",
    summary="Rooms for women and their children.",
    confidential=True,
    needs=frozenset({"shelter"}),
    website="",
    place=None,
    sites=(Site(an_id("secret site"), ""),),
    sources=(SourceSeen("Harbour Association", "", "2026-10"),),
    texts={},
)


#: Parameters that find something in the pilot cities.
SEARCH = {
    "Somewhere safe to sleep, for a woman": {
        "city": CITY,
        "need": ["shelter"],
        "group": ["women-girls"],
        "language": ["fr", "ar"],
    },
    "Nearest first, open on a Monday": {
        "city": CITY,
        "need": ["legal-advice"],
        "near": "50.8455,4.3571",
        "radius_km": 5,
        "open_at": "2026-11-16T10:00",
        "order": "nearest",
    },
}


def listing():
    return {"A service": _body(HOUSE), "A service whose place is secret": _body(SECRET)}


def listings():
    why = {"distance_km": 1.2, "fits": ["In particular for migrant women and girls"]}
    return {"A page with one service": a_page([_body(HOUSE, **why)])}


def on_map():
    feature = {
        "type": "Feature",
        "id": HOUSE.id,
        "geometry": {"type": "Point", "coordinates": [4.3571, 50.8455]},
        "properties": _body(HOUSE),
    }
    found = {"type": "FeatureCollection", "features": [feature], "without_place": 1}
    return {"One point, and one service without a place": found}


def changes():
    gone = {
        "cursor": "p42",
        "change": "deleted",
        "service": an_id("withdrawn service"),
        "changed_at": "2026-11-16T12:00:00.000Z",
        "url": None,
    }
    return {"A service was withdrawn": {"changes": [gone], "cursor": "p42", "more": False}}


def cities():
    town = {
        "id": an_id("city"),
        "slug": "harbourtown",
        "name": "Harbourtown",
        "country": HOUSE.country,
        "timezone": HOUSE.timezone,
        "languages": ["fr", "nl"],
        "latitude": 50.8455,
        "longitude": 4.3571,
        "is_sample": True,
        "emergency_numbers": {"any": "112", "police": "101"},
        "places": [
            {"slug": "quay", "name": "The quay", "latitude": 50.846, "longitude": 4.358},
        ],
    }
    return {"A city": {"cities": [town]}}


def needs():
    need = _a_term("shelter", {"en": "Somewhere safe to sleep"}, {"en": ["night", "bed"]})
    return {"A need": {"needs": [need | {"stage": "protection"}]}}


def target_groups():
    group = _a_term("families", {"en": "Migrant families"}, {"en": ["parents", "children"]})
    return {"A group": {"target_groups": [group]}}


def _a_term(code, names, synonyms):
    return {"id": an_id(code), "code": code, "names": names, "synonyms": synonyms}


def a_page(contents):
    """A list with everything on its first page."""
    return page(contents, len(contents), 1, len(contents))


def _body(one, **found):
    return service_body(one, opening_of(one, NOON), **found)
