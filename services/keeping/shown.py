"""Counting how often a listing is shown: in memory first, in the database once a minute at most.

Counted are listings and nothing else: no reader, no address, no moment. A process that ends
loses what it has counted since it last wrote; the order of a to-do list bears that.
"""

import datetime
import threading
import time
from collections import Counter

from django.core.signals import request_finished
from django.db import DatabaseError, transaction
from django.db.models import F, Sum
from django.dispatch import receiver
from django.utils import timezone

from services.models import Service, Shown

WRITTEN_EVERY = 60
#: Weeks counted together; older ones are deleted.
WEEKS = 4
#: SQLite refuses a query that names a thousand rows one by one.
BATCH = 500


class _Tally:
    """What this process has counted since it last wrote."""

    def __init__(self):
        self._lock = threading.Lock()
        self.forget()

    def forget(self):
        self._counts, self._written = Counter(), time.monotonic()

    def add(self, ids):
        with self._lock:
            self._counts.update(ids)

    def take(self, *, at_once):
        """What has been counted, to be written now; nothing while the last time is not long ago."""
        with self._lock:
            now = time.monotonic()
            if not self._counts or not (at_once or now - self._written >= WRITTEN_EVERY):
                return Counter()
            taken, self._counts, self._written = self._counts, Counter(), now
            return taken


_tally = _Tally()


def note(ids):
    """Count each of these listings once, by id as text or UUID; no query."""
    _tally.add(str(pk) for pk in ids)


def forget():
    """Drop what has been counted and not yet written (tests)."""
    _tally.forget()


def flush(*, at_once=True):
    """Write what has been counted; half a dozen queries, none where nothing is to be written.

    What cannot be written waits for the next time.
    """
    counts = _tally.take(at_once=at_once)
    if not counts:
        return
    try:
        with transaction.atomic():
            _write(counts, this_week())
    except DatabaseError:
        _tally.add(counts)


# Once the answer has been sent: no reader waits for it.
@receiver(request_finished)
def after_request(**_details):
    """Write if the last time is long enough ago."""
    flush(at_once=False)


def this_week():
    """The Monday of this week, by UTC."""
    today = timezone.now().date()
    return today - datetime.timedelta(days=today.weekday())


def recent(services):
    """Service id -> how often it was shown in the last weeks, of a queryset of services; one query."""
    rows = Shown.objects.filter(service__in=services.order_by().values("pk"), week__gt=_oldest())
    return dict(rows.order_by().values_list("service").annotate(Sum("count")))


def _oldest():
    return this_week() - datetime.timedelta(weeks=WEEKS)


def _write(counts, week):
    ids = sorted(counts)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        known = Service.objects.filter(pk__in=batch).values_list("pk", flat=True)
        rows = [Shown(service_id=pk, week=week) for pk in known]
        Shown.objects.bulk_create(rows, ignore_conflicts=True)
    by_count = {}
    for pk, count in counts.items():
        by_count.setdefault(count, []).append(pk)
    for count, found in sorted(by_count.items()):
        for start in range(0, len(found), BATCH):
            rows = Shown.objects.filter(week=week, service__in=found[start : start + BATCH])
            rows.update(count=F("count") + count)
    Shown.objects.filter(week__lte=_oldest()).delete()
