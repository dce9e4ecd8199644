"""Any tables of HSDS, whoever wrote them, as services with everything nested in them."""

import csv
import io
import re

import orjson

from services.fixture_shapes import Where
from services.hsds.tables import MANY, TABLES, unguarded

NUMBERS = ("minimum_age", "maximum_age", "latitude", "longitude", "amount", "available")
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,17})?([eE]-?\d{1,2})?")
#: Characters of one cell: the extension of a service with long texts in six languages.
LONGEST_CELL = 2_000_000

#: The file or key of a table, as different versions and profiles name it -> the table.
_PLURALS = {
    **{table.path.removesuffix(".csv"): name for name, table in TABLES.items()},
    **{table.path.removesuffix(".csv") + "s": name for name, table in TABLES.items()},
    "contacts": "contact",
    "contact": "contact",
    "capacities": "service_capacity",
    **{name: name for name in TABLES},
}
#: Tables that are known and of which nothing is taken.
UNREAD = (
    "program",
    "funding",
    "url",
    "meta_table_description",
    "metadata",
    "required_document",
    "organization_identifier",
)
#: The key under which rows of a table stand in what they hang on.
_KEYS = {name: key for key, name in MANY.items()} | {"contact": "contacts"}
#: Where rows hang, if a column says so.
_PARENTS = ("service", "service_at_location", "location", "organization", "contact", "phone")


def table_named(name):
    """The table that a file or key of this name holds; None where none is known."""
    return _PLURALS.get(name.lower().removesuffix(".csv"))


def is_unread(name):
    """Whether it is a table of HSDS of which nothing is taken."""
    bare = name.lower().removesuffix(".csv")
    return bare in UNREAD or bare.removesuffix("s") in UNREAD


def read_csv(text, table, where):
    """[(where, row)] of a table, empty cells left out; refuses what is no table of this kind."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, table, where)
        for line in reader:
            spot = Where(where.file, f"line {reader.line_num}")
            if len(line) > len(header):
                spot.refuse(f"has {len(line)} cells, and the first line names {len(header)}.")
            if any(line):
                rows.append((spot, _row(header, line)))
    except csv.Error as error:
        where.refuse(f"is not readable CSV at line {reader.line_num}: {error}.")
    return rows


def _check_header(header, table, where):
    known = TABLES.get(table)
    needed = [c.name for c in known.columns if c.required] if known else ["id"]
    # Only what an import cannot do without: a service without a status is refused by itself.
    for name in needed:
        if name in ("id", "name", "number", "service_id", "location_id") and name not in header:
            where.refuse(f"has no column “{name}”. Its first line must name the columns of HSDS.")
    if len(set(header)) != len(header):
        where.refuse("names a column twice in its first line.")


def _row(header, line):
    found = {}
    for name, cell in zip(header, line, strict=False):
        if cell != "":
            found[name] = _value(name, cell)
    return found


def _value(name, cell):
    if name in NUMBERS:
        if NUMBER.fullmatch(cell):
            return float(cell) if set(cell) & set(".eE") else int(cell)
        return cell
    if name == "waymark":
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError:
            return cell
    return unguarded(cell)


def nested(tables):
    """[(where, service)] of rows by table: everything hangs where its columns say.

    A row that hangs on several things is there in each of them.
    """
    nest = _Nest(tables)
    return [(where, nest.whole("service", row)) for where, row in tables.get("service", ())]


#: What rows of a table name by id, one each.
_NAMED = {
    "service": ("organization",),
    "service_at_location": ("location",),
    "service_capacity": ("unit",),
    "attribute": ("taxonomy_term",),
}


class _Nest:
    """Rows of all tables, to be put together; what several services share is put together once."""

    def __init__(self, tables):
        self._by_id = {
            name: {_key(row.get("id")): row for _where, row in rows if row.get("id")}
            for name, rows in tables.items()
        }
        self._hanging = _hanging(tables)
        self._made = {}

    def whole(self, table, row, above=()):
        """A copy of a row with what it names and what hangs on it."""
        here = (table, _key(row.get("id")))
        if row.get("id") in (None, ""):  # nothing can name it
            return self._put_together(table, row, above)
        if here in above:  # rows that name each other in a circle
            return dict(row)
        if here not in self._made:
            made = self._put_together(table, row, (*above, here))
            if table == "service":  # nobody else holds it
                return made
            self._made[here] = made
        return self._made[here]

    def _put_together(self, table, row, above):
        whole = dict(row)
        for one in _NAMED.get(table, ()):
            part = self._by_id.get(one, {}).get(_key(row.get(f"{one}_id")))
            if part and one not in whole:
                whole[one] = self.whole(one, part, above)
        for key, rows in self._hanging.get((table, _key(row.get("id"))), {}).items():
            there = whole.get(key) or []
            # What is no list is complained of where it is read.
            if isinstance(there, list) and (key != "service_at_locations" or table == "service"):
                whole[key] = [*there, *(self.whole(name, part, above) for name, part in rows)]
        return whole


def _hanging(tables):
    """(table of the parent, its id) -> key -> rows."""
    found = {}
    for name, key in _KEYS.items():
        for _where, row in tables.get(name, ()):
            for parent in _parents(row):
                found.setdefault(parent, {}).setdefault(key, []).append((name, row))
    return found


def _parents(row):
    if "link_id" in row:
        yield str(row.get("link_entity") or "service"), _key(row["link_id"])
        return
    for parent in _PARENTS:
        if row.get(f"{parent}_id"):
            yield parent, _key(row[f"{parent}_id"])


def _key(value):
    """An id, as it is compared: some write numbers in one table and text in another."""
    return str(value)
