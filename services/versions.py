"""Bump a city's version whenever something its readers could notice changes.

Cached directories are keyed by that version, so a change is seen by every process
with the next request. A bulk import bumps once at its end (`bump_all`).
"""

import contextlib
import threading

from django.db.models import F, Q
from django.db.models.signals import m2m_changed, post_save, pre_delete
from django.dispatch import receiver

from services import models

_paused = threading.local()


@contextlib.contextmanager
def paused():
    """Leave versions alone inside a bulk import, and bump every city once afterwards."""
    _paused.on = True
    try:
        yield
    finally:
        _paused.on = False
        bump_all()


def bump_all():
    models.City.objects.update(version=F("version") + 1)


def bump_for(service):
    """Bump the cities in which this service can be used; one query."""
    if getattr(_paused, "on", False):
        return
    cities = models.City.objects.all()
    if service.reach != models.Service.Reach.EUROPEAN:
        cities = cities.filter(
            Q(pk__in=service.cities.values("pk")) | Q(country=service.country_id)
        )
    cities.update(version=F("version") + 1)


PARTS = (
    models.Phone,
    models.ServiceLanguage,
    models.Criterion,
    models.Source,
    models.Mark,
    models.Confirmation,
    models.ServiceAtLocation,
)
SHARED = (models.Organization, models.Location, models.Need, models.TargetGroup, models.Country)


@receiver([post_save, pre_delete])
def on_change(sender, instance, **_kwargs):
    if sender is models.Service:
        bump_for(instance)
    elif sender is models.Service._parler_meta.root_model:
        bump_for(instance.master)
    elif sender in PARTS:
        bump_for(instance.service)
    elif sender in SHARED and not getattr(_paused, "on", False):
        bump_all()


@receiver(m2m_changed)
def on_relation(sender, instance, action, **_kwargs):
    through = (
        models.Service.cities.through,
        models.Service.needs.through,
        models.Service.target_groups.through,
    )
    if sender in through and action.startswith(("post", "pre_clear")):
        if isinstance(instance, models.Service):
            bump_for(instance)
        elif not getattr(_paused, "on", False):
            bump_all()
