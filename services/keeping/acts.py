"""What those who keep listings do to one: confirm, say whether it has free places, publish, withdraw.

Each may be done twice without doing more than once.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from services.acting import Way, acting
from services.models import Confirmation, Service

#: What the office did is told by this word in the history, never outside.
HOW = "office"
#: Somebody who confirms the same once more within this time pressed twice.
TWICE = datetime.timedelta(minutes=10)


class ChangedMeanwhileError(Exception):
    """The listing is no longer what somebody looked at before they vouched for it."""


def confirm(user, service, groups, seen):
    """The city vouches for these groups of fields of a listing as it stood at `seen`.

    Gives the groups confirmed now, none where that was done a moment ago.
    """
    with transaction.atomic(), acting(user, Way.CONFIRM):
        locked = _locked(service)
        wanted = [group for group in groups if group not in _just_confirmed(locked)]
        if wanted and stamp(locked) != seen:
            raise ChangedMeanwhileError
        for group in wanted:
            _vouch(locked, group)
        return wanted


def set_capacity(user, service, capacity, until):
    """The city says whether a listing has free places, and until when that holds; None where unknown."""
    with transaction.atomic(), acting(user, Way.FORM):
        locked = _locked(service)
        if (locked.capacity, locked.capacity_until) != (capacity, until):
            locked.capacity, locked.capacity_until = capacity, until
            locked.save()
            _vouch_for_capacity(locked)


def _vouch_for_capacity(service):
    if service.capacity != Service.Capacity.UNKNOWN:
        _vouch(service, Confirmation.FieldGroup.CAPACITY)
        return
    for old in service.confirmations.filter(field_group=Confirmation.FieldGroup.CAPACITY):
        old.delete()


def set_status(user, service, status):
    """Publish or withdraw a listing."""
    with transaction.atomic(), acting(user, Way.FORM):
        locked = _locked(service)
        if locked.status != status:
            locked.status = status
            locked.save()


def stamp(service):
    """What a page that showed a listing sends back, to tell whether it is still the same."""
    return service.last_modified.isoformat()


def _locked(service):
    """The service as it stands now; nobody else changes it until this transaction ends."""
    return Service.objects.select_for_update().get(pk=service.pk)


def _just_confirmed(service):
    recent = service.confirmations.filter(
        by=Confirmation.By.CITY, how=HOW, confirmed_at__gt=timezone.now() - TWICE
    )
    return set(recent.values_list("field_group", flat=True))


def _vouch(service, group):
    Confirmation.objects.create(
        service=service, field_group=group, by=Confirmation.By.CITY, how=HOW
    )
