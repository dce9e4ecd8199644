"""Counting how often a listing is shown, by a `Tally`.

Counted are listings and nothing else: no reader, no address, no moment. What a process loses when
it ends, the order of a to-do list bears.
"""

import datetime

from django.core.signals import request_finished
from django.db.models import F, Sum
from django.dispatch import receiver
from django.utils import timezone

from services.models import Service, Shown
from services.tally import Tally

WRITTEN_EVERY = 60
#: Weeks counted together; older ones are deleted.
WEEKS = 4
#: SQLite refuses a query that names a thousand rows one by one.
BATCH = 500


def note(ids):
    """Count each of these listings once, by id as text or UUID; no query."""
    _tally.add(str(pk) for pk in ids)


def forget():
    """Drop what has been counted and not yet written (tests)."""
    _tally.forget()


def flush():
    """Write what has been counted; half a dozen queries, none where nothing is to be written."""
    _tally.flush()


# Once the answer has been sent: no reader waits for it.
@receiver(request_finished)
def after_request(**_details):
    """Write if the last time is long enough ago."""
    _tally.flush(every=WRITTEN_EVERY)


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


def _write(counts):
    week, ids = this_week(), sorted(counts)
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


_tally = Tally(_write)
