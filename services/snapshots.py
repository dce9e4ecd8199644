"""A listing with all its parts as plain data: to keep, to compare, and to show no more than one may see."""

import datetime
import uuid
from dataclasses import dataclass

from services import models
from services.listing import TEXTS
from services.models.sealed import SealedRow, values_in
from services.phones import line_of
from services.visibility import Visibility

#: Fields that say nothing about the service, or follow from the rest.
#: `held` belongs to reports alone: going back to an older text lifts no hold.
_NOT_KEPT = {
    "id",
    "held",
    "search_text",
    "loaded_from",
    "created_at",
    "last_modified",
    "sealed_details",
}
FIELDS = tuple(f.attname for f in models.Service._meta.fields if f.name not in _NOT_KEPT)
WORDS = TEXTS
#: What is kept of a translation besides, where there is any.
TRANSLATED = ("origins", "notes")
PLACE = (
    "kind",
    "visibility",
    "confidential",
    "street",
    "postal_code",
    "town",
    "note",
    "latitude",
    "longitude",
)
#: What hangs on a service: name in the state -> (model, columns, order).
ROWS = {
    "phones": (
        models.Phone,
        ("number", "note", "opening_hours", "visibility", "position"),
        ("position", "id"),
    ),
    "criteria": (models.Criterion, ("code", "stance", "note", "limit"), ("id",)),
    "spoken": (models.ServiceLanguage, ("tag",), ("id",)),
    "sources": (models.Source, ("publisher", "url", "date"), ("id",)),
    "marks": (models.Mark, ("kind", "text"), ("id",)),
}
RELATED = {
    "cities": (models.Service.cities.through, "city_id"),
    "needs": (models.Service.needs.through, "need_id"),
    "target_groups": (models.Service.target_groups.through, "targetgroup_id"),
}


def take(service_ids):
    """Service id -> its state now, of those that exist; eleven queries whatever their number."""
    return {pk: state for pk, (state, _when) in take_with_time(service_ids).items()}


def take_with_time(service_ids):
    """Service id -> (its state now, when it was last modified)."""
    ids = list(service_ids)
    rows = models.Service.objects.filter(pk__in=ids)
    rows = rows.values("pk", "last_modified", "sealed_details", *FIELDS)
    taken = {row["pk"]: (_empty(row), row["last_modified"]) for row in rows.order_by()}
    states = {pk: state for pk, (state, _when) in taken.items()}
    _add_words(states)
    for name, (model, columns, order) in ROWS.items():
        found = model.objects.filter(service__in=states).order_by(*order)
        for pk, values in _rows(model, found, columns):
            states[pk][name].append(dict(zip(columns, map(plain, values), strict=True)))
    for name, (through, column) in RELATED.items():
        found = through.objects.filter(service_id__in=states).order_by()
        for pk, value in found.values_list("service_id", column):
            states[pk][name].append(plain(value))
    _add_sites(states)
    for state in states.values():
        for name in RELATED:
            state[name].sort()
    return taken


def _empty(row):
    lists = {name: [] for name in (*ROWS, *RELATED, "sites")}
    row |= values_in(models.Service, row["sealed_details"], row["pk"])
    return {"fields": {name: plain(row[name]) for name in FIELDS}, "words": {}, **lists}


def _rows(model, found, columns):
    """(service id, values) of rows that hang on services, with what is sealed."""
    if not issubclass(model, SealedRow):
        for pk, *values in found.values_list("service_id", *columns):
            yield pk, values
        return
    for pk, box, *values in found.values_list("service_id", "sealed_details", *columns):
        sealed = values_in(model, box, pk)
        yield pk, [sealed.get(name, value) for name, value in zip(columns, values, strict=True)]


def _add_words(states):
    rows = models.Service._parler_meta.root_model.objects.filter(master_id__in=states)
    columns = (*WORDS, *TRANSLATED)
    for pk, code, *values in rows.values_list("master_id", "language_code", *columns):
        said = dict(zip(columns, values, strict=True))
        states[pk]["words"][code] = {
            name: value for name, value in said.items() if value or name in WORDS
        }


def _add_sites(states):
    columns = [f"location__{name}" for name in ("sealed_details", *PLACE)]
    rows = models.ServiceAtLocation.objects.filter(service__in=states).order_by("id")
    for pk, site, location, box, *values in rows.values_list(
        "service_id", "id", "location_id", *columns
    ):
        place = dict(zip(PLACE, map(plain, values), strict=True))
        place |= values_in(models.Location, box, location)
        states[pk]["sites"].append({"id": str(site), "location": str(location), "place": place})


def plain(value):
    """A value as JSON can hold it, the same for the same value."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


@dataclass(frozen=True)
class Secrets:
    """What of a listing was ever sealed: lines of phones, ids of places, or every place there was."""

    lines: frozenset = frozenset()
    locations: frozenset = frozenset()
    every_place: bool = False


def secrets_of(states):
    """The `Secrets` of a listing from all its states: once sealed is closed in all of them.

    What was open by mistake and then sealed is as closed as what was never open.
    """
    states = list(states)
    return Secrets(
        lines=frozenset(
            line_of(phone["number"])
            for state in states
            for phone in state["phones"]
            if phone["visibility"] == Visibility.SEALED
        ),
        locations=frozenset(
            site["location"]
            for state in states
            for site in state["sites"]
            if site["place"]["visibility"] == Visibility.SEALED or site["place"]["confidential"]
        ),
        every_place=any(state["fields"]["confidential"] for state in states),
    )


def hides_phone(secrets, phone):
    """Whether a phone of a state is one of the secrets."""
    return line_of(phone["number"]) in secrets.lines


def hides_site(secrets, site):
    """Whether a site of a state is one of the secrets; a phone line has no place to hide."""
    if site["location"] in secrets.locations:
        return True
    return secrets.every_place and site["place"]["kind"] == models.Location.Kind.PHYSICAL


def without_sealed(state, secrets):
    """A state as those may read it who see nothing sealed."""
    shown = state | {
        "fields": state["fields"] | {"sealed_note": ""},
        "phones": [p for p in state["phones"] if not hides_phone(secrets, p)],
        "sites": [s for s in state["sites"] if not hides_site(secrets, s)],
    }
    notes = set(notes_of(shown))
    return shown | {"words": {code: _about(said, notes) for code, said in state["words"].items()}}


def notes_of(state):
    """Every note in a state that can have a translation."""
    yield from (phone["note"] for phone in state["phones"])
    yield from (criterion["note"] for criterion in state["criteria"])
    yield from (mark["text"] for mark in state["marks"])
    yield from (site["place"]["note"] for site in state["sites"])


def _about(said, notes):
    """The texts of a language with the translations of these notes alone: others are of what is sealed."""
    if "notes" not in said:
        return said
    kept = {source: one for source, one in said["notes"].items() if source in notes}
    return {
        name: value for name, value in (said | {"notes": kept}).items() if value or name in WORDS
    }
