"""The tables of HSDS: the columns that we fill, and nested services as rows of them.

Names of tables and columns are those of the official data package. What it has no column for
stands in columns of our own: the whole `waymark` extension as JSON, and a few beside it.
"""

import re
from dataclasses import dataclass

import orjson

#: Cells that a spreadsheet would run as a formula, and our own sign before one.
RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
#: A phone number as dialled: digits and signs call no function, and a machine needs it as it is.
DIALLED = re.compile(r"\+\d[\d ().\-/]*")


@dataclass(frozen=True)
class Column:
    """A column: `own` where the official data package does not know it."""

    name: str
    type: str = "string"
    format: str = ""
    required: bool = False
    own: bool = False


@dataclass(frozen=True)
class Table:
    """A table by its name in the descriptor, and the file it is in."""

    name: str
    path: str
    columns: tuple[Column, ...]


def _columns(text):
    """Columns as one line each: name, then its type or format; `!` is required, `*` our own."""
    for word in text.split():
        name, _colon, kind = word.rstrip("!*").partition(":")
        form = kind if kind in ("uuid", "uri", "email") else ""
        kind = "string" if form else kind or "string"
        yield Column(name, kind, form, "!" in word, "*" in word)


def _table(name, path, text):
    return Table(name, path, tuple(_columns(text)))


TABLES = {
    table.name: table
    for table in (
        _table("organization", "organizations.csv", "id:uuid! name! description!"),
        _table(
            "service",
            "services.csv",
            "id:uuid! organization_id:uuid! name! alternate_name description url:uri email:email"
            " status! interpretation_services application_process fees_description fees"
            " eligibility_description minimum_age:number maximum_age:number assured_date:date"
            " alert last_modified:datetime waymark:object*",
        ),
        _table(
            "phone",
            "phones.csv",
            "id:uuid! service_id:uuid number! type description opening_hours* visibility*",
        ),
        _table(
            "schedule",
            "schedules.csv",
            "id:uuid! service_id:uuid freq byday description opens_at:time closes_at:time notes",
        ),
        _table(
            "service_area",
            "service_areas.csv",
            "id:uuid! service_id:uuid name extent extent_type service_area*",
        ),
        _table(
            "service_at_location",
            "service_at_location.csv",
            "id:uuid! service_id:uuid! location_id:uuid!",
        ),
        _table(
            "location",
            "locations.csv",
            "id:uuid! location_type! name description latitude:number longitude:number visibility*",
        ),
        _table(
            "address",
            "addresses.csv",
            "id:uuid! location_id:uuid address_1! city! state_province! postal_code! country!"
            " address_type!",
        ),
        _table("accessibility", "accessibility.csv", "id:uuid! location_id:uuid description"),
        _table("language", "languages.csv", "id:uuid! service_id:uuid name code"),
        _table(
            "cost_option",
            "cost_options.csv",
            "id:uuid! service_id:uuid! option currency amount:number amount_description",
        ),
        _table(
            "service_capacity",
            "service_capacity.csv",
            "id:uuid! service_id:uuid! unit_id:uuid! available:number! updated:datetime!",
        ),
        _table("unit", "units.csv", "id:uuid! name!"),
        _table(
            "attribute",
            "attributes.csv",
            "id:uuid! link_id:uuid! taxonomy_term_id:uuid! link_type link_entity! value",
        ),
        _table(
            "taxonomy_term",
            "taxonomy_terms.csv",
            "id:uuid! code name! description! parent_id:uuid taxonomy taxonomy_id:uuid",
        ),
        _table("taxonomy", "taxonomies.csv", "id:uuid! name! description! version"),
    )
}
#: What a service, or a part of it, holds many of: the key, and the table of its rows.
MANY = {
    "phones": "phone",
    "schedules": "schedule",
    "service_areas": "service_area",
    "service_at_locations": "service_at_location",
    "languages": "language",
    "cost_options": "cost_option",
    "capacities": "service_capacity",
    "attributes": "attribute",
    "addresses": "address",
    "accessibility": "accessibility",
}
#: What it holds one of; terms are written from the vocabulary.
ONE = ("organization", "location", "unit")


def rows_of(thing, table="service"):
    """(table, row) of a nested service and of all that hangs on it, once each."""
    flat = dict(thing)
    for key in ONE:
        part = flat.pop(key, None)
        if isinstance(part, dict):
            flat.setdefault(f"{key}_id", part["id"])
            yield from rows_of(part, key)
    for key, name in MANY.items():
        for part in flat.pop(key, ()):
            yield from rows_of(part, name)
    yield table, flat


def cells(table, row):
    """The cells of a row in the order of its columns."""
    return [_cell(column, row.get(column.name)) for column in table.columns]


def _cell(column, value):
    if value is None:
        return ""
    if column.type == "object":
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    if column.type == "number":
        return repr(value)
    return guarded(value)


def guarded(text):
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    if text.startswith(RISKY) and not DIALLED.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(cell):
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell


def descriptor():
    """What `datapackage.json` says: these tables, their columns and how they hang together."""
    return {
        "profile": "tabular-data-package",
        "name": "waymark-directory",
        "title": "Services of the directory in HSDS 3.2",
        "description": "Text cells that would be read as formulas begin with an apostrophe.",
        "homepage": "https://docs.openreferral.org",
        "version": "3.2.3",
        "resources": [_resource(table) for table in TABLES.values()],
    }


def _resource(table):
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": "id",
            "foreignKeys": [
                {
                    "fields": column.name,
                    "reference": {"resource": column.name.removesuffix("_id"), "fields": "id"},
                }
                for column in table.columns
                if column.name.removesuffix("_id") in TABLES and column.name.endswith("_id")
            ],
        },
    }


def _field(column):
    known = {"name": column.name, "type": column.type}
    # In our rows an address may lack a line that HSDS asks for: it is there, and empty.
    required = column.required and column.name not in EMPTY
    form = {"format": column.format} if column.format else {}
    return known | form | ({"constraints": {"required": True}} if required else {})


#: Columns that HSDS asks for and that we cannot always fill.
EMPTY = ("state_province", "address_1", "city", "postal_code", "country")
