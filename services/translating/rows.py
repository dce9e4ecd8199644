"""The rows that hold the texts of services by language, read and written many at once."""

import re

from django.utils.translation import gettext as _

from services import bulk, history, versions
from services.translating.weighing import TEXTS, Row

COLUMNS = (*TEXTS, "origins", "notes")
#: Letters of a name, which stands in headings, and of any other text: about two pages.
LONGEST_NAME = 200
LONGEST_TEXT = 4000
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def by_service(ids):
    """Service id -> its rows by language; one query for some hundred."""
    ids = list(ids)
    found = {pk: {} for pk in ids}
    for start in range(0, len(ids), history.BATCH):
        part = ids[start : start + history.BATCH]
        for row in Row.objects.filter(master__in=part).order_by("pk"):
            found[row.master_id][row.language_code] = row
    return found


def state(row):
    """What a row says, to be compared."""
    return [getattr(row, name) for name in COLUMNS]


def note(entry):
    """How the translation of a note is kept."""
    return {"text": entry.text} | ({"draft": True} if entry.is_draft else {})


def save(changed):
    """Write rows, new ones too, inside `versions.paused`; their texts of the search are not rebuilt."""
    ids = list(dict.fromkeys(row.master_id for row in changed))
    if not ids:
        return
    history.keep_before(ids)
    Row.objects.bulk_create([row for row in changed if row.pk is None], batch_size=history.BATCH)
    Row.objects.bulk_update([row for row in changed if row.pk], COLUMNS, batch_size=100)
    bulk.touch(ids)
    versions.bump_all()


def fault_in(entry, field=""):
    """Why a translation cannot be taken as this field, or as a note, in words, or nothing."""
    if sorted(PLACEHOLDER.findall(entry.source)) != sorted(PLACEHOLDER.findall(entry.text)):
        return _("What stands in brackets or after % must be the same in both texts.")
    most = LONGEST_NAME if field == "name" else LONGEST_TEXT
    if len(entry.text) > most:
        return _("It has more than %(most)s letters. Make it shorter.") % {"most": most}
    return ""
