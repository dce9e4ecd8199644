"""Translations that lie beside a file of listings, into the directory.

A translation is taken for the text that it was made from, wherever a service says that now. What
people wrote, or checked, stays; a draft gives way to a newer one. A text that has changed since
keeps its old translation, which pages then show with a mark.
"""

from services.fixture_shapes import FixtureError
from services.ids import stable_id
from services.models import Service
from services.translating import rows
from services.translating.origins import is_draft, origin
from services.translating.weighing import ENGLISH, TEXTS, Row

#: Begins the fingerprint of a listing that came by `import_hsds`, its texts with it, and not from a file.
IMPORTED = "hsds:"


def translate(listings):
    """Write the translations of one file of listings; the ids of the services that got some.

    Belongs into `versions.paused`. Three queries where nothing is new. Raises `FixtureError`.
    """
    if not listings.translations:
        return []
    data = {stable_id("service", row.data["key"]): row.data for row in listings.services}
    ours = Service.objects.filter(pk__in=data).exclude(loaded_from__startswith=IMPORTED)
    known = rows.by_service(ours.values_list("pk", flat=True))
    changed = []
    for language, entries in listings.translations.items():
        taker = _Taker(f"{listings.label}.{language}.po", entries)
        for pk, there in known.items():
            row = there.get(language) or Row(master_id=pk, language_code=language)
            if ENGLISH in there and taker.merge(row, there[ENGLISH], data[pk]):
                changed.append(row)
    rows.save(changed)
    return list(dict.fromkeys(row.master_id for row in changed))


class _Taker:
    """Takes from one file what fits."""

    def __init__(self, file, entries):
        self._file = file
        self._entries = {(entry.context, entry.source): entry for entry in entries if entry.text}

    def merge(self, row, english, data):
        """Take over what is there for a service; whether anything is new."""
        before = rows.state(row)
        for field in TEXTS:
            entry = self._find(data, getattr(english, field), field)
            if entry and (not getattr(row, field) or is_draft(row, field)):
                setattr(row, field, entry.text)
                made = origin(ENGLISH, entry.source, is_draft=entry.is_draft)
                row.origins = row.origins | {field: made}
        for source in _notes(data):
            entry, kept = self._find(data, source), row.notes.get(source)
            if entry and (kept is None or kept.get("draft")):
                row.notes = row.notes | {source: rows.note(entry)}
        return rows.state(row) != before

    def _find(self, data, source, field=""):
        entry = self._entries.get((data["key"], source))
        fault = entry and rows.fault_in(entry, field)
        if fault:
            raise FixtureError(f"{self._file}, line {entry.line}: {fault}")
        return entry


def _notes(data):
    """The notes of a service as its file has them."""
    yield from (phone.get("note") for phone in data.get("phones", []))
    said = data.get("criteria", {}).values()
    yield from (one.get("note") for one in said if isinstance(one, dict))
    yield data.get("address", {}).get("note")
    yield from (mark.get("text") for mark in data.get("marks", []))
