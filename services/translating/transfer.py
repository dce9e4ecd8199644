"""A city's listings to translators and back: out as a PO file, in by way of a plan that is looked at.

Nothing is written while one row is at fault. What somebody has checked is replaced only on request;
a translation of what the English text no longer says is left out, and both are said.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from services import history, scopes, search, versions
from services.acting import acting
from services.models import Service
from services.translating import rows, texts
from services.translating.origins import origin
from services.translating.po import Entry
from services.translating.weighing import ENGLISH, Row

LABELS = {
    "name": "name, at most 200 letters",
    "summary": "what it does",
    "hours_note": "about the hours",
    "cost_note": "about the cost",
    "way_in": "how to reach it",
    "": "note",
}


def listings_of(standing, city):
    """The services of a city whose texts this person may take out and bring in; never a sealed one."""
    return scopes.editable(standing, city).filter(pk__in=scopes.sealed_seen(standing).values("pk"))


def entries(services, language):
    """The `Entry` of every text, for translators: what nobody has checked, or is older, is a draft."""
    found = {}
    for text in texts.of_services(services, language):
        found.setdefault(
            text.key,
            Entry(
                context=text.service.slug,
                source=text.source,
                text=text.text,
                is_draft=text.state in ("draft", "older"),
                previous=text.previous,
                comment=LABELS[text.field],
            ),
        )
    return list(found.values())


@dataclass(frozen=True)
class Fault:
    """A row that keeps the file out: where, what of, and why."""

    line: int
    context: str
    source: str
    why: str


@dataclass
class Plan:
    """What a file would do."""

    checked: list = field(default_factory=list)
    drafts: list = field(default_factory=list)
    unchanged: int = 0
    #: (entry, the text that somebody has checked) of what is replaced only on request.
    replaced: list = field(default_factory=list)
    #: Entries whose English text has changed, or is gone, since the file was made.
    outdated: list = field(default_factory=list)
    faults: list = field(default_factory=list)

    def changes(self, *, replace):
        """Pairs of (text, entry) to be written."""
        return [*self.checked, *self.drafts, *(self.replaced if replace else ())]


def plan(services, language, given):
    """The `Plan` for entries of a file, as things stand now."""
    known, slugs = {}, set()
    for text in texts.of_services(services, language):
        known.setdefault(text.key, []).append(text)
        slugs.add(text.service.slug)
    made = Plan()
    for entry in given:
        if entry.text:
            _weigh(made, entry, known.get((entry.context, entry.source)), slugs)
        else:
            made.unchanged += 1
    return made


def _weigh(made, entry, found, slugs):
    if entry.context not in slugs:
        why = _("There is no listing of this city with this key that you may edit.")
        made.faults.append(Fault(entry.line, entry.context, entry.source, why))
        return
    if not found:
        made.outdated.append(entry)
        return
    fault = next(filter(None, (rows.fault_in(entry, text.field) for text in found)), "")
    if fault:
        made.faults.append(Fault(entry.line, entry.context, entry.source, fault))
        return
    for text in found:
        _place(made, text, entry)


def _place(made, text, entry):
    same = text.text == entry.text
    if text.field == "name" and text.text and text.text == text.service.official_name:
        made.unchanged += 1
    elif entry.is_draft:
        may = text.state == "missing" or (text.state == "draft" and not same)
        made.drafts.append((text, entry)) if may else _count_unchanged(made)
    elif text.state == "checked":
        made.replaced.append((text, entry)) if not same else _count_unchanged(made)
    else:
        made.checked.append((text, entry))


def _count_unchanged(made):
    made.unchanged += 1


def apply(services, language, given, user, way, *, replace):
    """Write what the plan says now; the `Plan`. With a fault in it nothing is written."""
    with acting(user, way), transaction.atomic():
        # Nobody else changes these listings until this is done.
        list(services.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        made = plan(services, language, given)
        if not made.faults:
            _write(made.changes(replace=replace), language)
        history.settle()
    return made


def _write(changes, language):
    ids = {text.service.pk for text, _entry in changes}
    known = rows.by_service(ids)
    changed = {}
    for text, entry in changes:
        pk = text.service.pk
        row = changed.setdefault(
            pk, known[pk].get(language) or Row(master_id=pk, language_code=language)
        )
        if text.field:
            setattr(row, text.field, entry.text)
            made = origin(ENGLISH, entry.source, is_draft=entry.is_draft)
            row.origins = row.origins | {text.field: made}
        else:
            row.notes = row.notes | {entry.source: rows.note(entry)}
    with versions.paused():
        rows.save(list(changed.values()))
    if ids:
        search.rebuild(Service.objects.filter(pk__in=ids))
