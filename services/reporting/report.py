"""Noting a report, and putting its listing on hold where that is enough."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from services.acting import Way, acting
from services.models import Report, Service
from services.reporting import holds, weights


def report(service_id, kind, worker=None):
    """Note that something is wrong with a service; `worker` is the user if vetted for the city.

    Of anybody else nothing is kept but the kind and the day. The same worker again within 30 days
    adds nothing.
    """
    with transaction.atomic(), acting(worker, Way.REPORT):
        # Two at once are weighed one after the other.
        service = Service.objects.select_for_update().filter(pk=service_id).first()
        if service is None:
            return
        noted = _by_worker(service, kind, worker) if worker else _by_anybody(service, kind)
        if noted is not None:
            _weigh(service, noted)


def _by_worker(service, kind, worker):
    """The report of a worker, or None where theirs counts already."""
    today = timezone.now().date()
    theirs = Report.objects.filter(service=service, kind=kind, reporter=worker)
    if theirs.filter(reported_on__gt=today - weights.WINDOW).exists():
        return None
    known = theirs.filter(state=Report.State.OPEN).first()
    row = known or Report(service=service, kind=kind, by_worker=True, reporter=worker)
    row.reported_on = today
    row.save()
    return row


def _by_anybody(service, kind):
    """The one row of this day for those whom nobody knows."""
    row, made = Report.objects.get_or_create(
        service=service,
        kind=kind,
        by_worker=False,
        state=Report.State.OPEN,
        reported_on=timezone.now().date(),
    )
    if not made:
        Report.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return row


def _weigh(service, noted):
    harm = noted.kind in weights.HARM and noted.by_worker
    hold = holds.current(service)
    if harm or hold or weights.is_enough(_recent(service)):
        holds.place(service, hold, is_harm=harm)


def _recent(service):
    since = timezone.now().date() - weights.WINDOW
    return service.reports.filter(
        state=Report.State.OPEN, kind__in=weights.ORDINARY, reported_on__gt=since
    )
