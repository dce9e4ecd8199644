"""What was there before sealed data had boxes is sealed, and unsealed on the way back: migrations alone.

Everything is said here by name, as it was then; of the rest of the code only `at_rest` is used.
"""

import datetime
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Q

from services import at_rest


@dataclass(frozen=True)
class Kind:
    """A table: its columns with what they are when empty, what its boxes are bound to, and which rows."""

    model: str
    nothing: dict
    bound: tuple[str, ...]
    #: Which rows are to be sealed.
    sealed: Q
    packed: Callable = lambda value: value
    unpacked: Callable = lambda value: value
    batch: int = 500


def _unpacked(content):
    return orjson.loads(zlib.decompress(bytes(content))) if content else None


def _packed(said):
    return b"" if said is None else zlib.compress(orjson.dumps(said), 6)


_CONTACT = ("sealed_note", "email", "website", "professional_note")
_VISIBILITY = Q(visibility="sealed")
KINDS = (
    Kind(
        "location",
        dict.fromkeys(("street", "postal_code", "town", "note"), "")
        | dict.fromkeys(("latitude", "longitude")),
        ("id",),
        _VISIBILITY,
    ),
    Kind("phone", {"number": "", "note": ""}, ("service_id",), _VISIBILITY),
    Kind("service", dict.fromkeys(_CONTACT, ""), ("id",), _VISIBILITY),
    Kind("service", {"sealed_note": ""}, ("id",), ~_VISIBILITY & ~Q(sealed_note="")),
    Kind("listingversion", {"state": None}, ("service_id", "made_at"), Q(state__isnull=False)),
    Kind(
        "sheetimport",
        {"content": b"", "result": b""},
        ("id",),
        Q(state__in=["columns", "waiting"]),
        packed=_unpacked,
        unpacked=_packed,
        batch=10,
    ),
)


def seal(apps, schema_editor):
    """Put into boxes what is still plain; rows that are sealed already are left as they are."""
    alias = schema_editor.connection.alias
    _forget_notes(apps, alias)
    for kind in KINDS:
        _each(apps, alias, kind, kind.sealed & Q(sealed_details=""), _sealed)


def unseal(apps, schema_editor):
    """The other way round; one line says so where a box cannot be opened, and nothing is lost."""
    for kind in KINDS:
        _each(apps, schema_editor.connection.alias, kind, ~Q(sealed_details=""), _unsealed)


def _each(apps, alias, kind, condition, changed):
    table = apps.get_model("services", kind.model)._base_manager.using(alias)
    rows, last = table.filter(condition).order_by("pk"), None
    while True:
        with transaction.atomic(alias):
            part = rows.filter(pk__gt=last) if last is not None else rows
            part = list(part.select_for_update(of=("self",))[: kind.batch])
            for row in part:
                table.filter(pk=row.pk).update(**changed(kind, row))
        if not part:
            return
        last = part[-1].pk


def _sealed(kind, row):
    """The columns of a row as they are when it is sealed."""
    values = {name: kind.packed(getattr(row, name)) for name in kind.nothing}
    if all(value in ("", None) for value in values.values()):
        return kind.nothing
    box = at_rest.seal(f"services.{kind.model}", _bound(kind, row), values)
    return kind.nothing | {"sealed_details": box}


def _unsealed(kind, row):
    """The columns of a row as they were before."""
    try:
        values = at_rest.opened(f"services.{kind.model}", _bound(kind, row), row.sealed_details)
    except at_rest.CannotOpenError as error:
        raise CommandError(
            f"A {kind.model} cannot be unsealed: {error}. Put its key back into SEALING_KEYS "
            "and migrate again."
        ) from error
    plain = {name: kind.unpacked(value) for name, value in values.items()}
    return plain | {"sealed_details": ""}


def _bound(kind, row):
    values = (getattr(row, name) for name in kind.bound)
    return "|".join(
        value.astimezone(datetime.UTC).isoformat()
        if isinstance(value, datetime.datetime)
        else str(value)
        for value in values
    )


def _forget_notes(apps, alias):
    """Drop translations of the notes of sealed phones and places, which stand beside those of open ones."""
    words = apps.get_model("services", "servicetranslation").objects.using(alias)
    for row in words.exclude(notes={}).iterator():
        closed = _notes(apps, alias, row.master_id, True) - _notes(
            apps, alias, row.master_id, False
        )
        kept = {source: one for source, one in row.notes.items() if source not in closed}
        if kept != row.notes:
            words.filter(pk=row.pk).update(notes=kept)


def _notes(apps, alias, service, is_sealed):
    found = set()
    for model, relation in (("phone", "service"), ("location", "sites__service")):
        rows = apps.get_model("services", model).objects.using(alias).filter(**{relation: service})
        rows = rows.filter(_VISIBILITY if is_sealed else ~_VISIBILITY)
        found |= set(rows.values_list("note", flat=True))
    for model, column in (("criterion", "note"), ("mark", "text")):
        rows = apps.get_model("services", model).objects.using(alias).filter(service=service)
        found |= set() if is_sealed else set(rows.values_list(column, flat=True))
    return found - {""}
