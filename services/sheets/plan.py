"""The dry run: what importing a sheet would do, row by row and cell by cell. Writes nothing."""

import uuid
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from services.models import Service
from services.sheets import rules
from services.sheets.present import AT_ONCE, by_id, is_same
from services.sheets.tables import FORMULA
from services.sheets.values import CellError

STATES = ("added", "changed", "unchanged", "rejected")
Words = Service._parler_meta.root_model


@dataclass
class Line:
    """What becomes of a row.

    `changes` are (column, cell, old text, new text), `complaints` (column, cell, what to do);
    `values` the new value of each column that changes, or of every one for a new listing.
    """

    row: int
    state: str = "unchanged"
    id: str = ""
    name: str = ""
    #: When the listing that is changed was last changed before.
    modified: str = ""
    changes: list = field(default_factory=list)
    complaints: list = field(default_factory=list)
    values: dict = field(default_factory=dict, repr=False)

    def as_json(self):
        names = ("row", "state", "id", "name", "modified", "changes", "complaints")
        return {name: getattr(self, name) for name in names}


def plan(sheet, around, seed):
    """The `Line` of every row, in the order of the file.

    New listings get ids made from `seed`, the same each time. Five queries, and some fifteen for
    each 500 rows; listings are looked at in parts, so that memory does not grow with the texts.
    """
    maker = _Planner(sheet, around, seed)
    rows = maker.identified()
    for start in range(0, len(rows), AT_ONCE):
        chunk = rows[start : start + AT_ONCE]
        known = by_id({pk for *_row, pk in chunk if pk}, around)
        for line, row, pk in chunk:
            maker.judge(line, row, pk, known.get(pk))
    return [line for line, *_rest in rows]


def count(lines):
    """State -> how many rows."""
    counted = Counter(line.state for line in lines)
    return {state: counted[state] for state in STATES}


class _Planner:
    def __init__(self, sheet, around, seed):
        self.sheet, self.around, self.seed = sheet, around, seed
        given = sheet.origins.keys() - {"id", "texts_in"}
        self.columns = [c for c in around.columns if c.name in given]
        around.words.organizations.expect(row.get("organisation", "") for _n, row in sheet.rows)
        self.names = _Names(around)
        self.blank = {c.name: c.kind.read("", around.words) for c in around.columns}
        self.taken = {}

    def identified(self):
        """(line, row, id of a listing or None) of every row."""
        found = []
        for number, row in self.sheet.rows:
            line = Line(number, name=_shown(row))
            found.append((line, row, self._id(line, row)))
        return found

    def _id(self, line, row):
        if "id" not in self.sheet.origins:
            return self._by_name(line, row)
        text = row["id"]
        if not text:
            if self.names.of(row):
                message = _("A listing of this name is there already. Take its id from an export.")
                self._complain(line, "id", message)
            return None
        try:
            return self._once(line, uuid.UUID(text))
        except ValueError:
            self._complain(line, "id", _("This is no id. Leave it empty for a new listing."))
            return None

    def _by_name(self, line, row):
        """In a file without ids a listing is known by its organisation and its name."""
        found = self.names.of(row)
        if len(found) > 1:
            message = _("Several listings have this name. Add the column id from an export.")
            self._complain(line, "name", message)
        return self._once(line, found.pop()) if len(found) == 1 else None

    def _once(self, line, pk):
        first = self.taken.setdefault(pk, line.row)
        if first != line.row:
            message = _("This is the listing of row %(row)s again. Take one of the two away.")
            self._complain(line, "id", message % {"row": first})
        return pk

    def _complain(self, line, column, message):
        line.complaints.append([column, self.sheet.cell(column, line.row), str(message)])

    def judge(self, line, row, pk, known):
        """Fill in a line."""
        if pk and known is None and not line.complaints:
            message = _("No listing of this city that you may edit has this id.")
            self._complain(line, "id", message)
        if known:
            self._compare(line, row, known)
        elif not pk:
            self._add(line, row)
        if line.complaints:
            line.state, line.changes, line.values = "rejected", [], {}

    def _compare(self, line, row, known):
        line.id, line.name = str(known.id), known.service.official_name
        line.modified = known.service.last_modified.isoformat()
        for column in self.columns:
            text, value = row[column.name], known.values[column.name]
            if is_same(text, value, column, self.around) or (self.sheet.foreign and not text):
                continue
            new = self._read(line, column, text, fixed=column.fixed)
            if new is not None and new[0] != value:
                line.values[column.name] = new[0]
                self._note(line, column, value, new[0])
        self._check(line, known.values | line.values, known)
        line.state = "changed" if line.changes else "unchanged"

    def _add(self, line, row):
        line.state = "added"
        line.id = str(uuid.uuid5(self.seed, str(line.row)))
        for column in self.columns:
            if row[column.name]:
                new = self._read(line, column, row[column.name], fixed=column.name == "slug")
                if new is not None:
                    line.values[column.name] = new[0]
                    self._note(line, column, self.blank[column.name], new[0])
        line.values.setdefault("official_name", line.values.get("name", ""))
        line.values.setdefault("language", self.around.language)
        self._check(line, self.blank | line.values, None)
        self._first_of_its_name(line)

    def _first_of_its_name(self, line):
        key = tuple(
            line.values.get(name, "").casefold() for name in ("organisation", "official_name")
        )
        first = self.taken.setdefault(key, line.row)
        if all(key) and first != line.row:
            message = _("This is the same listing as row %(row)s. Take one of the two away.")
            self._complain(line, "name", message % {"row": first})

    def _read(self, line, column, text, *, fixed):
        """(value,) of a cell, or None with a complaint."""
        if text == FORMULA:
            self._complain(
                line, column.name, _("This cell holds a formula. Paste its value instead.")
            )
        elif fixed:
            self._complain(line, column.name, _fixed(column))
        elif not text and column.name in rules.NEVER_EMPTY:
            self._complain(line, column.name, _("This cannot be empty. Write what it is."))
        else:
            try:
                value = column.kind.read(text, self.around.words)
                if column.name != "reach" or value == Service.Reach.CITY:
                    return (value,)
                self._complain(line, column.name, _fixed(column))
            except CellError as error:
                self._complain(line, column.name, error)
        return None

    def _note(self, line, column, old, new):
        write, words = column.kind.write, self.around.words
        where = self.sheet.cell(column.name, line.row)
        line.changes.append([column.name, where, write(old, words), write(new, words)])

    def _check(self, line, values, known):
        bad = {column for column, *_rest in line.complaints}
        row = rules.Row(values, set(line.values), known, self.around)
        for column, message in rules.complaints(row):
            if column not in bad:
                self._complain(line, column, message)


class _Names:
    """Listings of the city by the organisation and a name of theirs; two queries."""

    def __init__(self, around):
        self._found = {}
        services = around.services()
        own = services.order_by().values_list("pk", "organization__name", "official_name")
        organizations = {}
        for pk, organization, name in own:
            organizations[pk] = organization
            self._add(organization, name, pk)
        said = Words.objects.filter(master__in=services.order_by().values("pk"))
        for pk, name in said.values_list("master_id", "name"):
            if pk in organizations:
                self._add(organizations[pk], name, pk)

    def _add(self, organization, name, pk):
        self._found.setdefault((organization.casefold(), name.casefold()), set()).add(pk)

    def of(self, row):
        """The ids of the listings that a row names."""
        name = row.get("official_name") or row.get("name", "")
        return set(self._found.get((row.get("organisation", "").casefold(), name.casefold()), ()))


def _shown(row):
    """By what somebody knows a row again."""
    return (row.get("name") or row.get("official_name") or "").replace(FORMULA, "")[:80]


def _fixed(column):
    if column.name == "slug":
        return _(
            "The address is made from the name and stays. Leave it as it was, or empty if new."
        )
    if column.name == "reach":
        return _("Only listings of the city itself are imported. Write city.")
    return _("This cannot be changed here. Leave it as it was.")
