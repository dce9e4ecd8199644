"""Rows of a fixture file as listings, without a database: for what must never stand among real ones.

They go through the same projection as every listing, so that nothing is shown here that
`services.projection` does not let out.
"""

from types import SimpleNamespace

from services.ids import stable_id
from services.loading import criterion_values, phone_values, service_values, service_words
from services.models import (
    Criterion,
    Location,
    Mark,
    Need,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
    Source,
    TargetGroup,
)
from services.projection import project
from services.visibility import Audience

#: Rows of no country: their numbers are written with the prefix, and no calendar of holidays counts.
NOWHERE = SimpleNamespace(country=None)


def listings_of(rows, timezone, now):
    """The public `Listing` of each checked row (`fixture_files.Row`), in English; no query.

    `timezone` is the city's, `now` an aware moment.
    """
    how = {"audience": Audience.PUBLIC, "language": "en", "timezone": timezone, "now": now}
    return tuple(project(_service(row.data), **how) for row in rows)


def _service(data):
    """An unsaved `Service` with everything that hangs on it, as if it had been read."""
    service = Service(
        pk=stable_id("unsaved", data["key"]),
        slug=data["key"],
        organization=_organization(data["organization"]),
        **service_values(data, NOWHERE),
    )
    service._prefetched_objects_cache = {
        "sites": [_site(service, data)],
        "translations": _translations(service, data),
        "needs": [Need(code=code) for code in data["needs"]],
        "target_groups": [TargetGroup(code=code) for code in data.get("groups", [])],
        "phones": _each(Phone, map(phone_values, data.get("phones", []))),
        "criteria": _each(Criterion, (criterion_values(*c) for c in _criteria(data))),
        "spoken": [ServiceLanguage(tag=tag) for tag in data.get("languages", [])],
        "sources": _each(Source, data["sources"]),
        "marks": _each(Mark, data.get("marks", [])),
        "confirmations": [],
    }
    return service


def _organization(name):
    return Organization(pk=stable_id("unsaved organization", name), name=name)


def _each(model, rows):
    return [model(**row) for row in rows]


def _criteria(data):
    return data.get("criteria", {}).items()


def _translations(service, data):
    words = service_words(data)
    model = Service._parler_meta.root_model
    return [model(language_code=code, **texts) for code, texts in words.items()]


def _site(service, data):
    address = data.get("address")
    location = Location(
        pk=stable_id("unsaved location", data["key"]),
        kind=Location.Kind.PHYSICAL if address else Location.Kind.VIRTUAL,
        **(address or {}),
    )
    return ServiceAtLocation(
        pk=stable_id("unsaved site", data["key"]), service=service, location=location
    )
