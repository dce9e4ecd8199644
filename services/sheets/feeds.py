"""HSDS uploaded in the office: the same import as the command's, kept within one city.

Somebody else's feed lands as drafts. Our own export comes back as it was, but for listings that are
not the city's own, and for places that a listing of another city shares.
"""

import re

from django.utils.translation import gettext as _

from services.fixture_shapes import FixtureError, Where
from services.hsds import importing, reading
from services.hsds.landing import Drafts, Restored
from services.models import Service
from services.sheets.tables import FileError

#: What a browser adds to the name of a file that was downloaded twice.
_COPY = re.compile(r"\s*\(\d+\)$")


def is_feed(name, content):
    """Whether a file is HSDS, by what is in it: JSON, or a package without a workbook."""
    if content.startswith(b"PK"):
        return b"xl/workbook.xml" not in content and not name.lower().endswith(".xlsx")
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read(name, content):
    """What is to be kept of a feed: its rows as JSON. Raises `FileError`."""
    try:
        feed = reading.of_bytes(name, content)
    except FixtureError as error:
        raise FileError(str(error)) from error
    rows = [[[r.where.file, r.where.row, r.where.field], r.data, r.complaint] for r in feed.rows]
    return {"name": _COPY.sub("", feed.name), "notes": feed.notes, "rows": rows}


def run(said, around, *, dry_run):
    """Importing what `read` gave: its `Report`, and when each listing that was there last changed.

    Where a row is rejected nothing is written.
    """
    rows = [reading.Row(Where(*where), data, complaint) for where, data, complaint in said["rows"]]
    feed = reading.Feed(said["name"], "", rows, list(said["notes"]))
    own = rows and all(isinstance(row.data, dict) and "waymark" in row.data for row in rows)
    how = _Restored(around) if own else _Drafts(around, said["name"])
    try:
        return importing.run(feed, around.city, dry_run=dry_run, how=how), how.seen
    except FixtureError as error:
        raise FileError(str(error)) from error


class _Guard:
    """Refuses what is not the city's own."""

    def _begin(self, around):
        self._around, self._own, self.seen = around, None, {}

    @property
    def _editable(self):
        if self._own is None:
            self._own = set(self._around.services().values_list("pk", flat=True))
        return self._own

    def check_places(self, entry, there):
        known = there.services.get(entry.wanted.id)
        if known:
            self.seen[str(known.pk)] = [known.official_name, known.last_modified.isoformat()]
        if known and known.pk not in self._editable:
            entry.row.where.at("id").refuse(
                _("No listing of this city that you may edit has this id.")
            )
        for place in entry.wanted.places:
            neighbours = {pk for pk, *_rest in there.neighbours.get(place.location, ())}
            if neighbours - self._editable:
                spot = entry.row.where.at("service_at_locations").at("location")
                spot.refuse(_("This place belongs to listings that are not yours."))
        super().check_places(entry, there)


class _Drafts(_Guard, Drafts):
    def __init__(self, around, publisher):
        self._begin(around)
        Drafts.__init__(self, around.city, publisher, "", around.language)


class _Restored(_Guard, Restored):
    def __init__(self, around):
        self._begin(around)
        Restored.__init__(self, around.city)

    def wanted(self, data, said):
        found = super().wanted(data, said)
        if found.values["reach"] != Service.Reach.CITY or found.cities != [self._around.city.slug]:
            said.where.at("reach").refuse(_("Only listings of this city itself are imported here."))
        return found
