"""Files and addresses of HSDS as services with everything nested in them. Opens no database.

A feed that cannot be read at all is refused; of one that can, every row is given, those that are
no service with a complaint.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from services import outbound
from services.fixture_shapes import FixtureError, Where
from services.hsds.nesting import is_unread, nested, read_csv, table_named
from services.hsds.packages import unpacked

#: Bytes of a file, of an answer, and of all that a package unpacks to.
LONGEST = 90_000_000
SECONDS = 60


@dataclass
class Row:
    """A service as the feed has it; with a complaint where it cannot be one."""

    where: Where
    data: dict
    complaint: str = ""


@dataclass
class Feed:
    """The rows of a source, what it is called, and what should be known of it as a whole."""

    name: str
    url: str
    rows: list
    notes: list = field(default_factory=list)


def read(source):
    """The `Feed` at a path or an https address. Raises `FixtureError` in words for an operator."""
    if re.match(r"[a-z][a-z0-9+.-]*://", source, re.IGNORECASE):
        return _from_address(source)
    path = Path(source)
    try:
        return _of_folder(path) if path.is_dir() else _of_one_file(path)
    except (OSError, ValueError):
        Where(path.name[:80]).refuse("cannot be opened.")


def of_bytes(name, content):
    """The `Feed` of a file of this name that holds these bytes."""
    feed = Feed(Path(name).stem, "", [])
    _read_bytes(feed, content, Where(Path(name).name[:80]))
    return feed


def _of_folder(path):
    feed, left, found = Feed(path.resolve().name, "", []), LONGEST, {}
    for file in sorted(path.glob("*.csv")):
        found[file.name] = _bytes_of(file, left)
        left -= len(found[file.name])
    _read_tables(feed, found)
    return feed


def _of_one_file(path):
    feed = Feed(path.stem, "", [])
    _read_bytes(feed, _bytes_of(path, LONGEST), Where(path.name))
    return feed


def _from_address(url):
    # Its query may hold a key, so it is nowhere repeated.
    try:
        parts = urlsplit(url)
    except ValueError:
        Where("the address").refuse("cannot be read.")
    where = Where(f"{parts.hostname or ''}{parts.path}")
    if parts.scheme.lower() != "https" or not parts.hostname:
        where.refuse("is not fetched: write an address with https://, or download it first.")
    try:
        content = outbound.get(url, max_bytes=LONGEST, timeout=SECONDS)
    except outbound.OutboundError as error:
        where.refuse(f"cannot be fetched: {error}.")
    feed = Feed(parts.hostname, f"https://{parts.netloc}{parts.path}", [])
    _read_bytes(feed, content, where)
    return feed


def _bytes_of(path, most):
    where = Where(path.name)
    if not path.is_file():
        where.refuse("is not there, or is no file.")
    if path.stat().st_size > most:
        _too_large(where)
    return path.read_bytes()


def _too_large(where):
    where.refuse(f"is larger than {LONGEST // 1_000_000} MB: split it, and import the parts.")


def _read_bytes(feed, content, where):
    if content.startswith(b"PK"):
        _read_tables(feed, unpacked(content, where, LONGEST))
    elif where.file.lower().endswith(".csv"):
        where.refuse("is one table. Name the folder or the package in which all of them are.")
    else:
        _read_json(feed, _text(content, where), where)


def _text(content, where):
    if b"\0" in content:
        where.refuse("holds NUL bytes: it is not text. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        where.refuse("is not text in UTF-8. Save it as UTF-8.")


def _read_tables(feed, files):
    if not any(table_named(name) == "service" for name in files):
        Where(feed.name).refuse("holds no table of services (services.csv).")
    tables = {}
    for name, content in files.items():
        table, where = table_named(name), Where(name)
        if table:
            rows = read_csv(_text(content, where), table, where)
            _add_rows(tables.setdefault(table, []), rows)
        elif not is_unread(name):
            feed.notes.append(f"{name}: no table of HSDS is called so; it was left out.")
    _add_services(feed, tables)


def _add_rows(known, rows):
    """Add rows of a second file of the same table, without those that the first has too."""
    there = [row for _where, row in known]
    known += [(where, row) for where, row in rows if not there or row not in there]


def _add_services(feed, tables):
    feed.rows += [Row(_named(where, data), data) for where, data in nested(tables)]


def _named(where, data):
    key = data.get("id")
    return Where(where.file, f"{where.row} (id {key})" if isinstance(key, str) else where.row)


# JSON


def _read_json(feed, text, where):
    if not text.strip():
        where.refuse("is empty.")
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _read_lines(feed, text, where, error)
        return
    _read_content(feed, content, where)


def _read_lines(feed, text, where, error):
    """One object a line; if not even the first is one, the complaint about the whole."""
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    items = []
    for number, line in lines:
        try:
            items.append((f"line {number}", orjson.loads(line)))
        except orjson.JSONDecodeError as of_line:
            if not items or not where.file.lower().endswith(("ndjson", "jsonl")):
                where.refuse(f"is not readable JSON: {error}. Is the whole of it there?")
            at = Where(where.file, f"line {number}")
            at.refuse(f"is not readable JSON: {of_line}. Is the whole of it there?")
    _add_items(feed, items, where)


def _read_content(feed, content, where):
    if isinstance(content, list):
        items = content
    elif not isinstance(content, dict):
        where.refuse("holds no services: a page with `contents`, a list or tables are read.")
    elif "contents" in content:
        items = content["contents"]
        _note_other_pages(feed, content)
    elif _is_tabular(content):
        _read_arrays(feed, content, where)
        return
    else:
        items = [content]
    if not isinstance(items, list):
        where.at("contents").refuse("must be a list.")
    _add_items(feed, [(f"row {n}", item) for n, item in enumerate(items, 1)], where)


def _note_other_pages(feed, page):
    pages = page.get("total_pages")
    if isinstance(pages, int) and pages > 1:
        feed.notes.append(
            f"this is page {page.get('page_number', 1)} of {pages}: what the others hold is not here."
        )


def _is_tabular(content):
    tables = [name for name, rows in content.items() if isinstance(rows, list)]
    has_services = any(table_named(name) == "service" for name in tables)
    return has_services and "id" not in content and "name" not in content


def _read_arrays(feed, content, where):
    tables = {}
    for name, rows in content.items():
        table = table_named(name)
        if table and isinstance(rows, list):
            spots = enumerate(rows, 1)
            numbered = [(Where(where.file, f"{name} row {n}"), row) for n, row in spots]
            for spot, row in numbered:
                if not isinstance(row, dict):
                    spot.refuse("must be an object.")
            tables.setdefault(table, []).extend(
                (spot, {k: v for k, v in row.items() if v is not None}) for spot, row in numbered
            )
    _add_services(feed, tables)


def _add_items(feed, items, where):
    found = {}
    for label, item in items:
        spot = Where(where.file, label)
        for row in _rows(item, spot):
            _add(feed, found, row)
    if not feed.rows:
        where.refuse("holds no services.")


def _add(feed, found, row):
    """Add a row; a service that is given once for each of its places is one."""
    key = row.data.get("id")
    if row.data.pop("_at_place", False) and isinstance(key, str):
        known = found.setdefault(key, row)
        if known is not row:
            known.data["service_at_locations"] += row.data["service_at_locations"]
            return
    feed.rows.append(row)


def _rows(item, where):
    """The rows that an item of a feed stands for: a service, one at a place, or an organisation."""
    if not isinstance(item, dict):
        yield Row(where, {}, "must be an object.")
    elif isinstance(item.get("services"), list):
        yield from _of_organization(item, where)
    elif isinstance(item.get("service"), dict):
        site = {key: value for key, value in item.items() if key != "service"}
        data = item["service"] | {"service_at_locations": [site], "_at_place": True}
        yield Row(_named(where, data), data)
    else:
        yield Row(_named(where, item), item, _what_else(item))


def _of_organization(item, where):
    organization = {key: value for key, value in item.items() if key != "services"}
    for number, service in enumerate(item["services"], 1):
        spot = Where(where.file, f"{where.row}, service {number}")
        if isinstance(service, dict):
            yield Row(_named(spot, service), {"organization": organization} | service)
        else:
            yield Row(spot, {}, "must be an object.")


def _what_else(item):
    """What an item is if it is not a service."""
    if "location_type" in item:
        return "is a place, not a service."
    if item.get("status") in (None, ""):
        return "has no “status”, which every service has in HSDS: is it a service?"
    return ""


__all__ = ["Feed", "FixtureError", "Row", "of_bytes", "read"]
