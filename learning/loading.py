"""The files of the toolboxes into the database: all of them or nothing, and twice is the same as once.

What a network administrator edited since is left as it is, language by language: the files never
win over people. A passage that nobody edited follows its file, and goes when no file names it.
"""

import hashlib
import json
from dataclasses import dataclass

from django.db import transaction

from learning import fixture_files
from learning.models import Passage, PassageVersion
from learning.text import fingerprint
from learning.versions import kept

ENGLISH = "en"
FIELDS = ("group", "stage", "kind", "helps", "also_helps", "sources", "reviewed_on")
FIELDS += ("next_review", "reviewer_role", "signed_off_by")


@dataclass
class Counts:
    """What loading did to the passages; `edited` ones were left to those who edited them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    edited: int = 0
    removed: int = 0

    def __str__(self):
        return ", ".join(f"{count} {part}" for part, count in vars(self).items())


@transaction.atomic
def load(folder=fixture_files.FOLDER):
    """Write what the files hold; the `Counts`. Raises `FixtureError`, and then nothing has changed."""
    rows = fixture_files.read(folder)
    said = fixture_files.translations(rows, folder)
    known = {p.pk: p for p in Passage.objects.prefetch_related("translations")}
    counts, new = Counts(), []
    for row in rows:
        passage = known.get(row.data["code"])
        if passage is None:
            new.append(row)
        else:
            _bring_up_to_date(passage, row, said, counts)
    _create(new, said)
    counts.created = len(new)
    counts.removed = _remove_all_but({row.data["code"] for row in rows})
    return counts


def _create(rows, said):
    """Many at once: the first start of a demo waits for it."""
    Passage.objects.bulk_create(_filled(Passage(pk=row.data["code"]), row) for row in rows)
    model = Passage._parler_meta.root_model
    words = (
        model(master_id=row.data["code"], language_code=language, **texts)
        for row in rows
        for language, texts in _words(row, said).items()
    )
    model.objects.bulk_create(words)


def _bring_up_to_date(passage, row, said, counts):
    if passage.edited_at is not None:
        counts.edited += 1
    same = passage.edited_at is not None or passage.loaded_from == _fingerprint(row)
    texts = _texts_to_write(passage, row, said)
    if same and not texts:
        counts.unchanged += passage.edited_at is None
        return
    counts.updated += passage.edited_at is None
    with kept(passage.pk, PassageVersion.Way.FILE) as locked:
        if not same:
            _filled(locked, row).save()
        for language, values in texts.items():
            locked.translations.update_or_create(
                master=locked, language_code=language, defaults=values
            )


def _texts_to_write(passage, row, said):
    """language -> texts that differ from what is there, and that nobody has edited."""
    there = {t.language_code: t for t in passage.translations.all()}
    return {
        language: values
        for language, values in _words(row, said).items()
        if _may_write(there.get(language), values, is_edited=passage.edited_at is not None)
    }


def _may_write(there, values, *, is_edited):
    if there is None:
        return True
    if there.words_edited_at is not None or (is_edited and there.language_code == ENGLISH):
        return False
    return any(getattr(there, name) != value for name, value in values.items())


def _words(row, said):
    """language -> {field: text} that the files have of a passage."""
    source = fingerprint(row.data["title"], row.data["body"])
    english = {
        "title": row.data["title"],
        "body": row.data["body"],
        "source": "",
        "is_draft": False,
    }
    others = {
        language: vars(texts[row.data["code"]]) | {"source": source}
        for language, texts in said.items()
        if language != ENGLISH and row.data["code"] in texts
    }
    return {ENGLISH: english} | others


def _filled(passage, row):
    for name in FIELDS:
        setattr(passage, name, row.data[name])
    passage.position, passage.loaded_from = row.position, _fingerprint(row)
    return passage


def _fingerprint(row):
    about = [row.position, row.data]
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()


def _remove_all_but(codes):
    gone = Passage.objects.exclude(pk__in=codes).exclude(loaded_from="")
    gone = gone.filter(edited_at=None).exclude(translations__words_edited_at__isnull=False)
    found = list(gone.values_list("pk", flat=True))
    Passage.objects.filter(pk__in=found).delete()
    return len(found)
