"""The order of changes as one reader follows it."""

import contextlib
import functools

from django.db import OperationalError
from django.db.models import Max, TextField
from django.db.models.functions import Cast

from services.changes import number
from services.hsds.plain import moment_of_text
from services.json_rows import loads, text_of_id
from services.models import Change
from services.prepared import Prepared
from services.telling import KINDS, NUMBERS, Told, feed_of, sees

#: A number that a change could have, else Django leaves the comparison out, but none will.
NEVER_ASKED = 2**62 + 1


class Feed:
    """The changes that one reader may know of, perhaps of one city.

    `latest` is the number of the newest one, of whoever has just seen that none waits for its number.
    """

    def __init__(self, reader, city=None, latest=None):
        self._reader, self._city, self._latest = reader, city, latest
        #: What tells the numbers of this feed from those of another.
        self.name = feed_of(reader)
        self._field = NUMBERS[self.name]
        #: What most changes have in common: how a service could be seen -> whether this reader sees it.
        self._seen = {None: False}

    @property
    def latest(self):
        """The number of the newest change; 0 before the first."""
        if self._latest is not None:
            return self._latest
        _number()
        return self._rows().aggregate(newest=Max(self._field))["newest"] or 0

    def after(self, since, most):
        """([`Told`], the number to go on from, whether there is more), of at most so many changes.

        Changes that do not concern the reader are passed over and counted all the same.
        """
        if self._latest is None:
            _number()
        rows = _after(self._field, most + 1).rows(since)
        page, more = rows[:most], len(rows) > most
        last = page[-1][0] if page else since
        return [one for one in map(self._told, page) if one is not None], last, more

    def _told(self, row):
        """As `services.telling.told`, of columns."""
        at, recorded_at, service, before, after = row
        kind = KINDS.get((self._sees(before), self._sees(after)))
        return kind and Told(at, kind, text_of_id(service), moment_of_text(recorded_at))

    def _sees(self, text):
        if text not in self._seen:
            self._seen[text] = sees(self._reader, loads(text), self._city)
        return self._seen[text]

    def _rows(self):
        return Change.objects.filter(**{f"{self._field}__isnull": False})


@functools.lru_cache(maxsize=16)
def _after(field, most):
    """The query for so many changes after a number of this field."""

    def make(since):
        rows = Change.objects.filter(**{f"{field}__gt": since}).order_by(field)
        columns = (Cast(one, TextField()) for one in ("recorded_at", "service", "before", "after"))
        return rows.values_list(field, *columns)[:most]

    return Prepared(Change, make, stands=NEVER_ASKED)


def _number():
    """Number what waits, unless writers keep the database busy: then it is told next time."""
    with contextlib.suppress(OperationalError):
        number()
