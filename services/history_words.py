"""The history of a listing as its reader may see it: field by field, when, by whom, by which way."""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import scopes, snapshots
from services.models import (
    City,
    Country,
    Location,
    Need,
    Organization,
    Service,
    TargetGroup,
)
from services.models.sealed import UNREADABLE
from services.visibility import Visibility


@dataclass(frozen=True)
class Entry:
    """One version: what changed with it as (label, before, after), and whether it is how things stand."""

    version: object
    changes: list
    is_current: bool


def entries(service, standing):
    """The `Entry` of every version that somebody may know of, the latest first."""
    versions = _versions(service, standing)
    names = _Names([version.state for version in versions if version.state])
    shown = []
    before = None
    for version in versions:
        shown.append((version, _changes(before, version.state, names)))
        before = version.state
    latest = len(shown) - 1
    found = [Entry(v, changes, n == latest) for n, (v, changes) in enumerate(shown)]
    # A version that differs only in what is sealed tells that something is.
    return [e for n, e in reversed(list(enumerate(found))) if n == 0 or e.changes or e.is_current]


def _changes(before, after, names):
    if after is None:
        return [("", "", UNREADABLE)]
    return [] if before is None else differences(before, after, names)


def shown_version(service, pk, standing):
    """A version whole, for those who may know of it; else None."""
    known = {version.pk for version in _versions(service, standing)}
    return service.versions.filter(pk=pk).first() if pk in known else None


def _versions(service, standing):
    """Oldest first, without what this reader may not see."""
    versions = list(service.versions.select_related("user").order_by("id"))
    if scopes.sees_sealed(standing, service):
        return versions
    if any(version.state is None for version in versions):
        # What was sealed in one that cannot be opened is not known, and so not what to hide in others.
        return []
    now = snapshots.take([service.pk])[service.pk]
    secrets = snapshots.secrets_of([now, *(version.state for version in versions)])
    known = [v for v in versions if v.state["fields"]["visibility"] != Visibility.SEALED]
    for version in known:
        version.state = snapshots.without_sealed(version.state, secrets)
    return known


def differences(before, after, names):
    """(label, before, after) of everything that two states say differently, in words."""
    found = []
    for name, value in after["fields"].items():
        if before["fields"].get(name) != value:
            found.append(
                (_label(name), names.of(name, before["fields"].get(name)), names.of(name, value))
            )
    for code in sorted(before["words"].keys() | after["words"].keys()):
        found += _word_differences(
            code, before["words"].get(code, {}), after["words"].get(code, {})
        )
    for name in (*snapshots.RELATED, *snapshots.ROWS, "sites"):
        was, now = ([names.row(name, row) for row in state[name]] for state in (before, after))
        if was != now:
            gone, new = [r for r in was if r not in now], [r for r in now if r not in was]
            found.append(
                (_label(name), "; ".join(gone), "; ".join(new) or ("" if gone else "; ".join(now)))
            )
    return found


def _word_differences(code, before, after):
    for name in snapshots.WORDS:
        was, now = before.get(name, ""), after.get(name, "")
        if was == now:
            # The same words, read by somebody who speaks the language.
            was, now = _checked(before, name), _checked(after, name)
        if was != now:
            yield f"{_word_label(name)} ({code})", was, now
    was, now = (_note_words(said.get("notes", {})) for said in (before, after))
    if was != now:
        yield (
            _("Notes (%(language)s)") % {"language": code},
            "; ".join(w for w in was if w not in now),
            "; ".join(w for w in now if w not in was),
        )


def _checked(said, name):
    is_draft = said.get("origins", {}).get(name, {}).get("draft")
    return _("drafted by a machine") if is_draft else _("checked")


def _note_words(notes):
    """The translations of notes, each with what is still to be said of it."""
    draft = _("%(text)s (drafted by a machine)")
    return [
        draft % {"text": one["text"]} if one.get("draft") else one["text"] for one in notes.values()
    ]


def _word_label(name):
    return str(Service._parler_meta.root_model._meta.get_field(name).verbose_name).capitalize()


def _label(name):
    if name in snapshots.ROWS:
        return str(snapshots.ROWS[name][0]._meta.verbose_name_plural).capitalize()
    if name == "sites":
        return str(Location._meta.verbose_name_plural).capitalize()
    field = Service._meta.get_field(name.removesuffix("_id"))
    return str(field.verbose_name).capitalize()


class _Names:
    """The words for what states hold as ids and codes; five queries."""

    def __init__(self, states):
        organizations = {state["fields"]["organization_id"] for state in states}
        self._names = {
            "organization_id": _texts(Organization.objects.filter(pk__in=organizations)),
            "country_id": _texts(Country.objects.all()),
            "cities": _texts(City.objects.prefetch_related("translations")),
            "needs": _texts(Need.objects.prefetch_related("translations")),
            "target_groups": _texts(TargetGroup.objects.prefetch_related("translations")),
        }

    def of(self, name, value):
        """A field's value in words."""
        if name in self._names:
            return self._names[name].get(value, value or "")
        field = Service._meta.get_field(name)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value or ""))
        return _plain(parse_datetime(value) if name == "capacity_until" and value else value)

    def row(self, name, row):
        """A row in words."""
        if name in self._names:
            return str(self._names[name].get(row, row))
        if name == "sites":
            return _row_words(Location, row["place"])
        return _row_words(snapshots.ROWS[name][0], row)


def _texts(rows):
    return {str(row.pk): str(row) for row in rows}


def _row_words(model, values):
    words = []
    for name, value in values.items():
        choices = dict(model._meta.get_field(name).flatchoices)
        if name == "position" or value in (None, "", False):
            continue
        words.append(str(choices.get(value, _plain(value))))
    return " · ".join(words)


def _plain(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if hasattr(value, "year"):
        return date_format(value, "SHORT_DATETIME_FORMAT")
    return "" if value is None else str(value)
