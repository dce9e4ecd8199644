"""Raise a city's version whenever something its readers could notice changes.

Cached directories are keyed by that version, so a change is seen by every process
with the next request. A bulk import raises it once, at its end, if anything changed.
"""

import contextlib
import threading
import time

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.dispatch import receiver

from services import bulk, changes, models
from services.affected import PARTS


class _Seen(threading.local):
    change = False


#: Whether anything changed since a bulk import began.
_seen = _Seen()


@contextlib.contextmanager
def paused():
    """A bulk import: all of it or nothing, and one new version for every city if anything changed."""
    with transaction.atomic():
        _seen.change = False
        with bulk.running():
            yield
        changes.record(bulk.touched())
        if _seen.change:
            bump_all()


def bump_all():
    """A new version for every city; one query."""
    _bump(models.City.objects.all())


def bump_for(service):
    """A new version for the cities in which this service can be used; one query."""
    cities = models.City.objects.all()
    if not bulk.is_running() and service.reach != models.Service.Reach.EUROPEAN:
        cities = cities.filter(
            Q(pk__in=service.cities.values("pk")) | Q(country=service.country_id)
        )
    _bump(cities)


def _bump(cities):
    """Each gets a number that no copy of it ever had.

    Counting up alone is not enough: a form that was open meanwhile saves its old number back.
    """
    if bulk.is_running():
        _seen.change = True
        return
    cities.update(version=_next("version"))


def _next(field):
    return Greatest(F(field) + 1, time.time_ns() // 1000)


#: What all cities show, and the words for it.
SHARED = (
    models.Organization,
    models.Location,
    models.Need,
    models.TargetGroup,
    models.Country,
    *(one._parler_meta.root_model for one in (models.Need, models.TargetGroup, models.Country)),
)


@receiver(pre_save, sender=models.Service)
def before_change(instance, update_fields=None, **_kwargs):
    """Cities that a service leaves, because its reach or country changes, notice it too."""
    if instance._state.adding or (update_fields and not {"reach", "country"} & update_fields):
        return
    before = models.Service.objects.filter(pk=instance.pk).only("reach", "country").first()
    if before and (before.reach, before.country_id) != (instance.reach, instance.country_id):
        bump_for(before)


@receiver([post_save, pre_delete])
def on_change(sender, instance, **_kwargs):
    if sender is models.Service:
        bump_for(instance)
    elif sender is models.Service._parler_meta.root_model:
        bump_for(instance.master)
    elif sender in PARTS:
        bump_for(instance.service)
    elif sender is models.City:
        _bump(models.City.objects.filter(pk=instance.pk))
    elif sender is models.City._parler_meta.root_model:
        _bump(models.City.objects.filter(pk=instance.master_id))
    elif sender in (models.Place, models.SignOff):
        _bump(models.City.objects.filter(pk=instance.city_id))
    elif sender in SHARED:
        bump_all()


@receiver(m2m_changed)
def on_relation(sender, instance, action, **_kwargs):
    through = (
        models.Service.cities.through,
        models.Service.needs.through,
        models.Service.target_groups.through,
    )
    # Before a removal too: afterwards the city that lost the service is no longer known.
    if sender not in through or action == "pre_add":
        return
    if isinstance(instance, models.Service):
        bump_for(instance)
    else:
        bump_all()
