"""Saving a text decides what it was translated from, whichever way it is saved.

- Who fills in a missing text, or changes one that is a draft or older, has translated what there is.
- Who changes an original, or a translation that was up to date, says something new: the others are
  older than it from then on, the English one too.

The official name belongs to no language's translators: it is never a draft nor older.
"""

from django.db.models.signals import pre_save
from django.dispatch import receiver

from services.listing import TEXTS
from services.models import Service
from services.translating.origins import as_they_are, is_draft, is_older, origin

Row = Service._parler_meta.root_model
ENGLISH = "en"


def to_check(service, language):
    """The fields of a service whose text in a language is a draft or older; one query."""
    rows = _rows(service.pk) if service.pk else {}
    if language not in rows:
        return []
    there = [field for field in TEXTS if getattr(rows[language], field)]
    return [f for f in there if is_draft(rows[language], f) or is_older(rows, language, f)]


def check(service, language):
    """Somebody has read these texts: they say what the texts that they were made from say today."""
    rows, fields = _rows(service.pk), to_check(service, language)
    row = rows.pop(language, None)
    for field in fields:
        source = row.origins[field]["from"]
        text = getattr(rows[source], field) if source in rows else ""
        row.origins = row.origins | {field: origin(source, text)}
    if fields:
        as_they_are(row)
        row.save()


def _rows(service_id):
    return {row.language_code: row for row in Row.objects.filter(master=service_id)}


@receiver(pre_save, sender=Row)
def before_save(instance, raw=False, **_kwargs):
    """Work out where changed texts come from; one query, and one for each text that gets older.

    What was read longer ago knows old origins: those of the database count.
    """
    if raw or instance.__dict__.pop("origins_stand", False):
        return
    rows = _rows(instance.master_id)
    before = rows.pop(instance.language_code, None)
    if before is None and instance.origins:
        return
    if before is not None:
        instance.origins, instance.notes = before.origins, before.notes
    for field in TEXTS:
        if getattr(instance, field) != (getattr(before, field) if before else ""):
            _weigh(instance, before, rows, field)


def _weigh(row, before, others, field):
    made = row.origins.get(field)
    row.origins = {name: kept for name, kept in row.origins.items() if name != field}
    if _is_official(row, row, field):
        return
    if before is None or not getattr(before, field) or _is_open(before, others, field):
        _translate(row, others, field, made)
    elif getattr(row, field) or not made:
        _outdate(row, others, field, getattr(before, field))


def _is_official(row, of, field):
    return field == "name" and getattr(row, field) == of.master.official_name


def _is_open(before, others, field):
    """Whether a translation was waiting for somebody: drafted, or made from what stands no longer."""
    language = before.language_code
    return is_draft(before, field) or is_older(others | {language: before}, language, field)


def _translate(row, others, field, made):
    source = _source(others, field, made)
    if source and getattr(row, field):
        text = getattr(others[source], field)
        row.origins = row.origins | {field: origin(source, text)}


def _source(others, field, made):
    """The language that this text is translated from: as before, else an original, English first."""
    there = sorted(others, key=lambda code: (code != ENGLISH, code))
    there = [code for code in there if getattr(others[code], field)]
    before = [made["from"]] if made and made["from"] in there else []
    originals = [code for code in there if field not in others[code].origins]
    return next(iter(before + originals + there), None)


def _outdate(row, others, field, was):
    """What the other languages say was made from what this text said before."""
    for other in others.values():
        made = other.origins.get(field, {})
        follows = made.get("from") == row.language_code
        if follows or not getattr(other, field) or _is_official(other, row, field):
            continue
        kept = origin(row.language_code, was, is_draft=made.get("draft", False))
        Row.objects.filter(pk=other.pk).update(origins=other.origins | {field: kept})
