"""Every text of a listing that can be translated from English, and how its translation stands.

What is sealed is left out, notes of sealed places and phones too: translators are many.
"""

from dataclasses import dataclass

from services.models import Location, Service
from services.rows import read
from services.translating.catalogues import Counts
from services.translating.origins import is_draft, is_older
from services.translating.weighing import ENGLISH, TEXTS
from services.visibility import Visibility

#: Services read at once.
AT_ONCE = 500


@dataclass(frozen=True)
class Text:
    """An English text: `field` is empty for a note. `state`: checked, draft, older or missing."""

    service: object
    field: str
    source: str
    text: str
    state: str
    #: The English text that an older translation was made from.
    previous: str = ""

    @property
    def key(self):
        return self.service.slug, self.source


def of_services(services, language):
    """The `Text`s of a queryset of services, in its order; about twelve queries for some hundred."""
    pks = list(services.exclude(visibility=Visibility.SEALED).values_list("pk", flat=True))
    for start in range(0, len(pks), AT_ONCE):
        part = Service.objects.filter(pk__in=pks[start : start + AT_ONCE]).order_by("slug")
        for service in read(part):
            yield from of_service(service, language)


def of_service(service, language):
    """The `Text`s of one service that came with everything."""
    rows = {row.language_code: row for row in service.translations.all()}
    english, row = rows.get(ENGLISH), rows.get(language)
    if english is None:
        return
    for field in TEXTS:
        source = getattr(english, field)
        if source:
            text = getattr(row, field) if row else ""
            state = _state(rows, language, field) if text else "missing"
            made = row.origins.get(field, {}) if state == "older" else {}
            previous = made["of"] if made.get("from") == ENGLISH else ""
            yield Text(service, field, source, text, state, previous)
    for source in dict.fromkeys(filter(None, _notes(service))):
        kept = row.notes.get(source) if row else None
        state = "missing" if not kept else "draft" if kept.get("draft") else "checked"
        yield Text(service, "", source, kept["text"] if kept else "", state)


def counts(texts):
    """The `Counts` of texts."""
    states = [text.state for text in texts]
    return Counts(*(states.count(state) for state in ("checked", "draft", "older", "missing")))


def _state(rows, language, field):
    if is_older(rows, language, field):
        return "older"
    return "draft" if is_draft(rows[language], field) else "checked"


def _notes(service):
    yield from (p.note for p in service.phones.all() if p.visibility != Visibility.SEALED)
    yield from (criterion.note for criterion in service.criteria.all())
    yield from (mark.text for mark in service.marks.all())
    for site in service.sites.all():
        place = site.location
        secret = service.confidential or place.confidential
        open_place = place.kind == Location.Kind.PHYSICAL and not secret
        if open_place and place.visibility != Visibility.SEALED:
            yield place.note
