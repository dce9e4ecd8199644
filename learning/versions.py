"""Every change of a passage is kept as a version of the whole (docs/decisions/0008): who, when, by which way."""

import contextlib
import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learning.models import Passage, PassageVersion

FIELDS = ("reviewed_on", "reviewer_role", "next_review", "signed_off_by", "is_shown", "sources")
FIELDS += ("group", "stage", "kind", "position", "helps", "also_helps")
WORDS = ("title", "body", "source", "is_draft")
#: What a reader of the history is shown of these, in this order.
TOLD = ("reviewed_on", "reviewer_role", "next_review", "signed_off_by", "is_shown", "sources")


class ChangedMeanwhileError(Exception):
    """Somebody saved the passage after the form was opened."""


def latest(passage):
    """The number of the last version, 0 without one: what a form remembers of when it was opened."""
    return passage.versions.values_list("pk", flat=True).first() or 0


@contextlib.contextmanager
def kept(code, way, user=None, seen=None):
    """Change a passage inside this; it yields the passage, locked, and keeps how it stands after.

    `seen` is what `latest` said when a form was opened: raises `ChangedMeanwhileError` if it says
    otherwise now. All of it or nothing; nothing is kept where nothing changed.
    """
    with transaction.atomic():
        passage = Passage.objects.select_for_update().get(pk=code)
        if seen is not None and seen != latest(passage):
            raise ChangedMeanwhileError
        before = state_of(passage)
        yield passage
        after = state_of(Passage.objects.get(pk=code))
        if after == before:
            return
        if not passage.versions.exists():
            first = PassageVersion.Way.FILE
            PassageVersion.objects.create(passage=passage, way=first, state=before)
        PassageVersion.objects.create(passage=passage, way=way, user=user, state=after)


def state_of(passage):
    """A passage with all its languages, as plain data; one query."""
    values = {name: getattr(passage, name) for name in FIELDS}
    rows = passage.translations.model.objects.filter(master=passage).order_by("language_code")
    return {
        "fields": {n: v.isoformat() if _is_day(v) else v for n, v in values.items()},
        "words": {row.language_code: {name: getattr(row, name) for name in WORDS} for row in rows},
    }


def _is_day(value):
    return isinstance(value, datetime.date)


def bring_back(version, user):
    """Make a passage what it was in this version, which is a change as any other."""
    with kept(version.passage_id, PassageVersion.Way.REVERT, user) as passage:
        for name, value in version.state["fields"].items():
            is_day = name in ("reviewed_on", "next_review")
            setattr(passage, name, parse_date(value) if is_day else value)
        passage.edited_at, passage.edited_by = timezone.now(), user
        passage.save()
        words = passage.translations.model.objects.filter(master=passage)
        words.exclude(language_code__in=version.state["words"]).delete()
        for language, said in version.state["words"].items():
            words.update_or_create(
                master=passage,
                language_code=language,
                defaults=said | {"words_edited_at": passage.edited_at},
            )


@dataclass(frozen=True)
class Entry:
    """One version: what changed with it as (label, before, after), and whether it is how things stand."""

    version: PassageVersion
    changes: list
    is_current: bool


def history(passage):
    """The `Entry` of every version, the latest first; two queries."""
    versions = list(passage.versions.select_related("user").order_by("id"))
    found, before = [], None
    for version in versions:
        changes = [] if before is None else list(_differences(before, version.state))
        found.append(Entry(version, changes, version is versions[-1]))
        before = version.state
    return found[::-1]


def _differences(before, after):
    labels = {name: Passage._meta.get_field(name).verbose_name for name in TOLD}
    for name, label in labels.items():
        old, new = before["fields"].get(name), after["fields"].get(name)
        if old != new:
            yield label, _in_words(old), _in_words(new)
    for language, own_name in settings.LANGUAGES:
        old, new = (state["words"].get(language, {}) for state in (before, after))
        for name, label in (("title", _("Title")), ("body", _("Text"))):
            if old.get(name) != new.get(name):
                said = _("%(part)s (%(language)s)") % {"part": label, "language": own_name}
                yield said, old.get(name, ""), new.get(name, "")


def _in_words(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(source["title"] for source in value)
    day = parse_date(value) if value and value[:4].isdigit() else None
    return date_format(day, "DATE_FORMAT") if day else value or ""
