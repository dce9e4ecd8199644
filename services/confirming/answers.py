"""What an organisation answers by its link: each listing once; a second tap changes nothing."""

import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from services import acting
from services.confirming import due, fields, proposals
from services.models import Check, CheckListing, Service, WrongAddress
from services.trust import FRESH_DAYS

Answer = CheckListing.Answer

#: How long "taking people" holds: as long as a confirmation of it counts as fresh.
TAKING = datetime.timedelta(days=FRESH_DAYS[due.Group.CAPACITY])
#: How far ahead a service may say that it is full.
FULL_AT_MOST_DAYS = 180


class ChangedError(Exception):
    """The listing no longer says what the page showed when it was opened."""


def rows_of(check):
    """The listings of a mail that may still be shown, each with its service; twelve queries."""
    rows = list(check.listings.order_by("pk"))
    shown = due.shown().filter(pk__in=[row.service_id for row in rows])
    by_id = {service.pk: service for service in shown.with_everything(cities=True)}
    for row in rows:
        if row.service_id in by_id:
            row.service = by_id[row.service_id]
    return [row for row in rows if row.service_id in by_id]


def listing_of(check, service):
    """The listing as the page shows it, in the language of the mail, whatever that of the page."""
    return fields.listing_of(service, check.language, timezone_of(check))


def timezone_of(check):
    return check.city.timezone if check.city else "UTC"


@transaction.atomic
def still_right(check, row, seen):
    """Confirm all that the page showed, if it still does."""
    fresh = _open_row(check, row)
    if fresh is None:
        return
    service = _service(row)
    if fields.print_of(listing_of(check, service)) != seen:
        raise ChangedError
    with acting.acting(None, acting.Way.CHECK):
        proposals.vouch(service, due.VOUCHED, timezone.now())
    _answered(check, fresh, Answer.RIGHT)


@transaction.atomic
def changed(check, row, new):
    """A proposal with what differs, or the change itself where the city chose that; or None."""
    fresh = _open_row(check, row)
    if fresh is None:
        return None
    service = _service(row)
    proposal = proposals.propose(check, service, listing_of(check, service), new)
    _answered(check, fresh, Answer.CHANGED)
    return proposal


@transaction.atomic
def closed(check, row):
    """A proposal to withdraw the listing."""
    fresh = _open_row(check, row)
    if fresh is not None:
        proposals.propose_close(check, _service(row))
        _answered(check, fresh, Answer.CLOSED)


@transaction.atomic
def taking(check, row):
    """Say that people are taken, for a few days."""
    _say_capacity(check, row, Service.Capacity.TAKING, timezone.now() + TAKING)


@transaction.atomic
def full(check, row, last_day):
    """Say that it is full, to the end of a day on the city's clock."""
    midnight = datetime.datetime.combine(
        last_day + datetime.timedelta(days=1), datetime.time(), ZoneInfo(timezone_of(check))
    )
    _say_capacity(check, row, Service.Capacity.FULL, midnight)


def _say_capacity(check, row, capacity, until):
    if not _lock(check):
        return
    service = _service(row)
    with acting.acting(None, acting.Way.CHECK):
        service.capacity, service.capacity_until = capacity, until
        service.save()
        service.confirmations.filter(field_group=due.Group.CAPACITY).delete()
        proposals.vouch(service, [due.Group.CAPACITY], timezone.now())
    _somebody_is_there(check)


@transaction.atomic
def not_us(check):
    """No further mail to this address; an editor is told."""
    _lock(check)
    WrongAddress.objects.get_or_create(
        organization=check.organization,
        email=check.email.lower(),
        defaults={"reason": WrongAddress.Reason.NOT_US},
    )
    _somebody_is_there(check)
    _close(check)


def _lock(check):
    """Two taps at once: the second waits for the first. Whether the link still takes answers."""
    fresh = Check.objects.select_for_update().get(pk=check.pk)
    return fresh.email.lower() not in due.stopped()


def _open_row(check, row):
    """The row, or None where it has been answered already."""
    return check.listings.filter(pk=row.pk, answer="").first() if _lock(check) else None


def _service(row):
    Service.objects.select_for_update(of=("self",)).get(pk=row.service_id)
    return Service.objects.with_everything().get(pk=row.service_id)


def _answered(check, row, answer):
    row.answer, row.answered_at = answer, timezone.now()
    row.save()
    _somebody_is_there(check)
    if not any(not other.answer for other in rows_of(check)):
        _close(check)


def _somebody_is_there(check):
    Check.objects.filter(pk=check.pk, answered_at=None).update(answered_at=timezone.now())


def _close(check):
    Check.objects.filter(pk=check.pk, closed_at=None).update(closed_at=timezone.now())


def settle_by_phone(organization):
    """Somebody phoned: what was not answered counts as settled."""
    unanswered = Check.objects.filter(
        organization=organization, state=Check.State.SENT, answered_at=None
    )
    return unanswered.update(state=Check.State.SETTLED)
