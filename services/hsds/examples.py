"""Invented examples of HSDS for the OpenAPI document, written as real answers are."""

import dataclasses

from services.api.examples import HOUSE, SECRET, a_page, an_id
from services.hsds import record
from services.hsds.vocabulary import CityName, vocabulary

#: Parameters that find something in the pilot cities.
SEARCH = {
    "What people in a city can use": {"city": "brussels", "search": "women"},
    "Everything that has changed, whole, a line each": {
        "modified_after": "2026-11-01",
        "full": True,
        "format": "ndjson",
    },
}


def services():
    return {
        "As lists show it": a_page([_written(record.service_in_list)]),
        "With `minimal`": a_page([_written(record.service_minimal)]),
    }


def service():
    return {
        "A service": _written(record.service),
        "A service whose place is secret": _written(record.service, one=SECRET),
    }


def sites():
    return {"As lists show it": a_page([_at_its_place(record.site_in_list)])}


def site():
    return {
        "A service at its place": _at_its_place(record.site),
        "Where the place is secret": _at_its_place(record.site, one=SECRET),
    }


def organizations():
    return {"As lists show it": a_page([_organization()])}


def organization():
    return {"With its services": _organization() | {"services": [_written(record.service_short)]}}


def taxonomies():
    return {"As lists show it": a_page([_taxonomy()])}


def taxonomy():
    return {"A vocabulary": _taxonomy()}


def terms():
    return {"As lists show it": a_page([_term()])}


def term():
    return {"A stage of the pathway": _term()}


def _written(write, *, one=HOUSE):
    return write(one, _words())


def _at_its_place(write, *, one=HOUSE):
    return write(one, _words(), one.sites[0].id)


def _organization():
    return record.organization(HOUSE.organization_id, HOUSE.organization)


def _taxonomy():
    return record.taxonomy(_words().taxonomies[0])


def _term():
    words = _words()
    return record.term(next(iter(words.terms.values())), words.language)


def _words():
    """The vocabulary, with an invented city."""
    city = CityName(an_id("city"), "harbourtown", "Harbourtown", HOUSE.country, HOUSE.timezone)
    return dataclasses.replace(vocabulary("en"), cities={city.slug: city})
