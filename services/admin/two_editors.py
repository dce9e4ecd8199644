"""Two editors at one listing: what each has touched is kept, and where both did the second chooses.

The form carries, signed, what it showed when it was opened. What somebody saved meanwhile is the
difference between that and what it would show now; nothing is told that the form does not hold, and so
nothing that its reader may not see.
"""

import re
from dataclasses import dataclass, field

from django.core import signing
from django.utils.translation import gettext as _

BASE, TAKE_THEIRS = "_base", "_theirs"


@dataclass
class Sheet:
    """What a form shows: html name -> values, and by prefix and id of a row: field -> values."""

    fields: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)


@dataclass
class Merged:
    """What is to be saved now, the labels of what others changed, and (name, label, theirs, mine) of both."""

    data: object
    others: list = field(default_factory=list)
    both: list = field(default_factory=list)


def sheet_of(form, formsets):
    """The `Sheet` of an unbound form and its formsets."""
    sheet = Sheet()
    for bound in form:
        for name, values in _sent(bound):
            sheet.fields[name] = values
            sheet.labels[name] = str(bound.label)
    for formset in formsets:
        pk_name, rows = formset.model._meta.pk.name, {}
        for row in formset.initial_forms:
            cells = {}
            for bound in row:
                cells |= {n.removeprefix(f"{row.prefix}-"): v for n, v in _sent(bound)}
                sheet.labels[f"{formset.prefix}:{bound.name}"] = str(bound.label)
            rows[str(row.instance.pk)] = {n: v for n, v in cells.items() if n != pk_name}
        sheet.rows[formset.prefix] = (pk_name, rows)
        sheet.labels[formset.prefix] = str(formset.model._meta.verbose_name)
    return sheet


def _sent(bound):
    """(html name, values) that a browser would send back unchanged."""
    widget = getattr(bound.field.widget, "widget", bound.field.widget)
    value = bound.value()
    if hasattr(widget, "decompress"):
        parts = value if isinstance(value, list | tuple) else widget.decompress(value)
        pairs = zip(widget.widgets_names, widget.widgets, parts, strict=True)
        return [(bound.html_name + n, _texts(w.format_value(v))) for n, w, v in pairs]
    if getattr(widget, "input_type", "") == "checkbox" and not hasattr(widget, "optgroups"):
        return [(bound.html_name, ["on"] if value else [])]
    return [(bound.html_name, _texts(widget.format_value(value)))]


def _texts(value):
    values = value if isinstance(value, list | tuple) else [value]
    return [str(v) for v in values if v not in (None, "")]


def sealed_up(sheet, salt):
    """The text that a form carries of what it shows."""
    return signing.dumps([sheet.fields, sheet.rows], salt=f"listing:{salt}", compress=True)


def opened(text, salt):
    """The `Sheet` of such a text, or None if it is not one of this form and reader."""
    try:
        fields, rows = signing.loads(text or "", salt=f"listing:{salt}")
    except signing.BadSignature:
        return None
    return Sheet(fields, {prefix: (pk, by_id) for prefix, (pk, by_id) in rows.items()})


def merge(posted, base, now):
    """The `Merged` of what was posted on `base` with what the listing is `now`."""
    merged = Merged(posted.copy())
    for name in posted.getlist(TAKE_THEIRS):
        if name in base.fields:
            merged.data.setlist(name, base.fields[name])
    _merge_fields(merged, base, now)
    for prefix, (pk_name, rows) in now.rows.items():
        before = base.rows.get(prefix, (pk_name, {}))[1]
        if before != rows:
            _Rows(merged, prefix, pk_name, now.labels).merge(before, rows)
    return merged


def _merge_fields(merged, base, now):
    for name, theirs in now.fields.items():
        before = base.fields.get(name)
        if before is None or _same(before, theirs):
            continue
        mine, label = merged.data.getlist(name), now.labels[name]
        if _same(mine, before):
            merged.data.setlist(name, theirs)
            merged.others.append(label)
        elif not _same(mine, theirs):
            merged.both.append((name, label, theirs, mine))


def _same(one, other):
    return _plain(one) == _plain(other)


def _plain(values):
    return sorted(" ".join(str(v).split()) for v in values if str(v).strip())


class _Rows:
    """The rows of one table: written anew into the data, in the order in which they are now."""

    def __init__(self, merged, prefix, pk_name, labels):
        self.merged, self.prefix, self.pk_name, self.labels = merged, prefix, pk_name, labels
        self.posted = self._taken_out()

    def _taken_out(self):
        """[{field: values}] of the rows posted, which leave the data."""
        found, data = {}, self.merged.data
        for name in list(data):
            parts = re.fullmatch(rf"{re.escape(self.prefix)}-(\d+)-(\w+)", name)
            if parts:
                found.setdefault(int(parts[1]), {})[parts[2]] = data.pop(name)
        return [cells for _number, cells in sorted(found.items())]

    def merge(self, before, now):
        mine = {self._pk(cells): cells for cells in self.posted if self._pk(cells)}
        kept = [self._merged_row(pk, before, now, mine) for pk in now]
        gone = [pk for pk in before if pk not in now]
        new = [cells for cells in self.posted if not self._pk(cells)]
        new += [row for pk in gone if (row := self._removed_by_them(pk, before, mine))]
        for number, cells in enumerate([*kept, *new]):
            for name, values in cells.items():
                self.merged.data.setlist(f"{self.prefix}-{number}-{name}", values)
        self.merged.data[f"{self.prefix}-TOTAL_FORMS"] = str(len(kept) + len(new))
        self.merged.data[f"{self.prefix}-INITIAL_FORMS"] = str(len(kept))

    def _pk(self, cells):
        return next(iter(cells.get(self.pk_name, [])), "")

    def _merged_row(self, pk, before, now, mine):
        theirs, was, ours = now[pk], before.get(pk), mine.get(pk)
        if was is None or ours is None:
            if was is None:
                self.merged.others.append(self.labels[self.prefix])
            return theirs | {self.pk_name: [pk]}
        row = dict(ours)
        for name, value in theirs.items():
            if _same(was.get(name, []), value):
                continue
            label = self.labels.get(f"{self.prefix}:{name}", name)
            if "DELETE" in row:
                # Not removed unseen: it is no longer the row that they wanted to remove.
                del row["DELETE"]
                self.merged.both.append(("", label, value, [_("to be removed")]))
            elif _same(row.get(name, []), was.get(name, [])):
                row[name] = value
                self.merged.others.append(label)
            elif not _same(row[name], value):
                self.merged.both.append(("", label, value, row[name]))
        return row

    def _removed_by_them(self, pk, before, mine):
        """A row that they removed comes back only if it was edited here, and that is said."""
        ours = mine.get(pk)
        if ours is None or "DELETE" in ours:
            return None
        changed = [n for n, was in before[pk].items() if not _same(ours.get(n, []), was)]
        if not changed:
            self.merged.others.append(self.labels[self.prefix])
            return None
        texts = [text for name in changed for text in ours.get(name, [])]
        self.merged.both.append(("", self.labels[self.prefix], [_("removed")], texts))
        skipped = {self.pk_name}
        return {name: values for name, values in ours.items() if name not in skipped}


def sentences(both):
    """What the second editor is told, one sentence a field."""
    return [
        _("%(field)s: now in the listing “%(theirs)s”, you typed “%(mine)s”.")
        % {"field": label, "theirs": ", ".join(theirs) or "–", "mine": ", ".join(mine) or "–"}
        for _name, label, theirs, mine in both
    ]
