"""The order of changes as one reader follows it."""

import contextlib

from django.db import OperationalError
from django.db.models import Max

from services.changes import number
from services.models import Change
from services.telling import NUMBERS, feed_of, told

#: What `services.telling` reads of a change.
TOLD_OF = ("service", "before", "after", "recorded_at", "number", "public_number")


class Feed:
    """The changes that one reader may know of, perhaps of one city."""

    def __init__(self, reader, city=None):
        self._reader, self._city = reader, city
        #: What tells the numbers of this feed from those of another.
        self.name = feed_of(reader)
        self._field = NUMBERS[self.name]

    @property
    def latest(self):
        """The number of the newest change; 0 before the first."""
        _number()
        return self._rows().aggregate(newest=Max(self._field))["newest"] or 0

    def after(self, since, most):
        """([`Told`], the number to go on from, whether there is more), of at most so many changes.

        Changes that do not concern the reader are passed over and counted all the same.
        """
        _number()
        rows = self._rows().filter(**{f"{self._field}__gt": since}).order_by(self._field)
        rows = list(rows.values_list(*TOLD_OF, named=True)[: most + 1])
        page, more = rows[:most], len(rows) > most
        news = [told(row, self._reader, self._city) for row in page]
        last = getattr(page[-1], self._field) if page else since
        return [one for one in news if one is not None], last, more

    def _rows(self):
        return Change.objects.filter(**{f"{self._field}__isnull": False})


def _number():
    """Number what waits, unless writers keep the database busy: then it is told next time."""
    with contextlib.suppress(OperationalError):
        number()
