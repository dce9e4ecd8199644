"""Feeds of HSDS into the directory: all of a feed or nothing, and twice is the same as once.

Somebody else's feed lands as drafts of a city. Our own export can be restored: published, with all
that it holds. Neither ever opens what people sealed or withdrew since.
"""

import hashlib
import re
from dataclasses import dataclass, field

import orjson

from services import search
from services.fixture_shapes import FixtureError, Where
from services.hsds.landing import Drafts, Restored
from services.hsds.values import Said
from services.hsds.wanted import Wanted
from services.hsds.writing import Writer
from services.models import Location, Service, ServiceAtLocation
from services.versions import paused
from services.visibility import Visibility

#: Raise when the same row is to be read differently: every row then counts as changed.
READER = 1
#: Rows looked up and written at once.
AT_ONCE = 500
STATES = ("added", "changed", "unchanged", "kept", "rejected")
CLOSED = "differs only in what people closed or confirmed since: it was left as it is."
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass
class Line:
    """What became of one row, and what somebody should know of it, by field."""

    state: str
    where: Where
    name: str = ""
    #: Why it was rejected, with file, row and field.
    complaint: str = ""
    notes: list = field(default_factory=list)


@dataclass
class Report:
    """What an import did, row by row."""

    notes: list
    lines: list = field(default_factory=list)

    def count(self, state):
        return sum(line.state == state for line in self.lines)

    def __str__(self):
        return ", ".join(f"{self.count(state)} {state}" for state in STATES)


class _UndoneError(Exception):
    """Takes back the transaction of an import that is not to stand."""


def run(feed, city, *, restore=False, dry_run=False, publisher="", language="en", how=None):
    """The `Report` of importing a feed; where a row is rejected, or with `dry_run`, nothing stands.

    `publisher` is what the feed is known by from one import to the next; `how` says how its rows
    land, where neither of the two ways of `services.hsds.landing` is narrow enough.
    """
    report = Report(list(feed.notes))
    publisher = publisher or feed.name
    how = how or (Restored(city) if restore else Drafts(city, publisher, feed.url, language))
    try:
        with paused():
            _Import(how, report, Where(feed.name)).run(feed.rows)
            if dry_run or report.count("rejected"):
                raise _UndoneError
    except _UndoneError:
        pass
    return report


@dataclass
class _Entry:
    """A row that could be read, with its line in the report."""

    row: object
    wanted: Wanted
    fingerprint: str
    line: Line


class _Import:
    def __init__(self, how, report, where):
        self._how, self._report, self._where = how, report, where
        self._writer = Writer()
        self._sites = {}

    def run(self, rows):
        entries = self._read(rows)
        _seal_what_one_seals(entries)
        for start in range(0, len(entries), AT_ONCE):
            chunk = entries[start : start + AT_ONCE]
            there = _There(chunk)
            for entry in chunk:
                self._decide(entry, there)
            self._writer.flush(self._where)
        for start in range(0, len(self._writer.written), AT_ONCE):
            ids = self._writer.written[start : start + AT_ONCE]
            search.rebuild(Service.objects.filter(pk__in=ids))

    def _read(self, rows):
        """The entries of all rows that can be read, each id once."""
        entries = {}
        for row in rows:
            said = Said(row.where)
            line = Line("rejected", row.where, _name(row), notes=said.notes)
            self._report.lines.append(line)
            with _rejecting(line):
                if row.complaint:
                    row.where.refuse(row.complaint)
                fingerprint = self._how.origin + _hash(row, self._how.key)
                wanted = self._how.wanted(row.data, said)
                entry = _Entry(row, wanted, fingerprint, line)
                row.data = {}  # of a large feed, what was read is needed no longer
                first = entries.setdefault(wanted.id, entry)
                if first is not entry:
                    _repeat(entry, first)
        return list(entries.values())

    def _decide(self, entry, there):
        with _rejecting(entry.line):
            self._check_sites(entry, there)
            known = there.services.get(entry.wanted.id)
            self._how.check_places(entry, there)
            state = self._how.state(entry, known, there) if known else "added"
            if state == "added":
                entry.wanted.values["loaded_from"] = entry.fingerprint
                self._writer.add(entry.wanted, there.locations, entry.row.where)
            if state == "changed":
                self._how.note_change(entry)
                if not self._writer.change(entry.wanted, entry.row.where, whole=self._how.whole):
                    state = "kept"
                    entry.line.notes.append(("", CLOSED))
            entry.line.state = state

    def _check_sites(self, entry, there):
        for place in entry.wanted.places:
            owner = there.sites.get(place.site) or self._sites.setdefault(
                place.site, entry.wanted.id
            )
            if owner != entry.wanted.id:
                spot = entry.row.where.at("service_at_locations")
                spot.refuse("one of these ids belongs to another service.")


class _There:
    """What the directory holds already of a chunk of entries; four queries."""

    def __init__(self, entries):
        ids = [entry.wanted.id for entry in entries]
        places = [place for entry in entries for place in entry.wanted.places]
        self.services = Service.objects.with_everything(cities=True).in_bulk(ids)
        sites = ServiceAtLocation.objects.filter(pk__in=[place.site for place in places])
        self.sites = dict(sites.values_list("pk", "service_id"))
        self.locations = Location.objects.in_bulk([place.location for place in places])
        at = ServiceAtLocation.objects.filter(location__in=self.locations)
        #: Location -> (id, origin, status) of the services at it.
        self.neighbours = {}
        for location, *who in at.values_list(
            "location", "service", "service__loaded_from", "service__status"
        ):
            self.neighbours.setdefault(location, []).append(who)


class _rejecting:  # noqa: N801 - read as a word after `with`
    """Within the block, a refusal becomes the complaint of the line."""

    def __init__(self, line):
        self._line = line

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, FixtureError):
            self._line.state = "rejected"
            self._line.complaint = str(error)
            return True
        return False


def _name(row):
    name = row.data.get("name") if isinstance(row.data, dict) else ""
    return name[:60] if isinstance(name, str) else ""


def _hash(row, key):
    """What a row says, in a few letters; refuses what could not be stored."""
    try:
        data = orjson.dumps(row.data, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        row.where.refuse("is nested too deeply.")
    if NUL.search(data):
        row.where.refuse("holds a NUL character, which no text has.")
    about = f"{READER}/{key}/".encode() + data
    return hashlib.sha256(about).hexdigest()[:40]


def _repeat(entry, first):
    """A row whose id was there before: the same one twice is one, and two are a mistake."""
    if entry.fingerprint == first.fingerprint:
        entry.line.state = "unchanged"
        entry.line.notes[:] = [("", f"is the same as {first.row.where.row}.")]
    else:
        entry.row.where.at("id").refuse(f"is also that of {first.row.where.row}.")


def _seal_what_one_seals(entries):
    """A place that one row of a feed seals is sealed for all of its rows."""
    places = [place for entry in entries for place in entry.wanted.places]
    sealed = {p.location for p in places if p.values["visibility"] == Visibility.SEALED}
    for place in places:
        if place.location in sealed and place.values["kind"] == Location.Kind.PHYSICAL:
            place.values["visibility"] = Visibility.SEALED
