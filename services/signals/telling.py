"""Noting what somebody met at a service. Kept are the service, what, when and for how long."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from services import vouching
from services.models import City, Confirmation, Service, Signal
from services.signals import weighing

Kind, By = Signal.Kind, Signal.By

#: How long each holds, at its own pace.
LASTS = {
    # Long enough to outlive a `full` that is told again in the same night.
    Kind.CONNECTED: datetime.timedelta(hours=12),
    # A line that was busy is free an hour later; one that is left alone is so for a shift.
    Kind.NO_ANSWER: datetime.timedelta(hours=3),
    # Beds are given away in the evening and free again by day.
    Kind.FULL: datetime.timedelta(hours=12),
    # A rule of the house outlasts a night, but it was told of one person only.
    Kind.REFUSED: datetime.timedelta(hours=48),
}
#: How a confirmation says that it came from somebody who got through.
HOW = "signal"


def tell(service_id, kind, *, reason="", worker=None):
    """Note what was met at a service; `worker` is the user if vetted for the city.

    Of anybody else nothing is kept, and all of them together are one voice for each kind. A
    worker's newer word takes the place of the older one. Six to nine queries, more for the first
    `connected` of a worker in a day: that one says that the number is right.
    """
    source = {"by": By.WORKER, "worker": worker} if worker else {"by": By.ANONYMOUS, "kind": kind}
    _tell(service_id, Kind(kind), reason, source)


def tell_as_organization(service_id, kind, *, reason=""):
    """Note what the organisation itself says: it weighs most, until its next word."""
    _tell(service_id, Kind(kind), reason, {"by": By.ORGANIZATION})


def take_back(service_id, worker):
    """Take a worker's own word of a service back; one query."""
    Signal.objects.filter(service=service_id, worker=worker).delete()


@transaction.atomic
def _tell(service_id, kind, reason, source):
    # Two at once are noted one after the other.
    service = Service.objects.select_for_update().filter(pk=service_id).first()
    if service is None:
        return
    now = timezone.now()
    service.signals.filter(expires_at__lte=now).delete()
    if _was_answered(service, kind, source):
        return
    new = {
        "kind": kind,
        "reason": reason if kind == Kind.REFUSED else "",
        "at": now,
        "expires_at": now + LASTS[kind],
    }
    row, _made = service.signals.update_or_create(**source, defaults=new)
    if kind != Kind.CONNECTED:
        _have_cities_look(service, row.expires_at)
    elif row.by == By.WORKER:
        vouching.reached(service.pk, Confirmation.By.WORKER, how=HOW)


def _was_answered(service, kind, source):
    """Whether this source has said the same, and the organisation or the city has answered it.

    Such a word counts no second time while the first would have lasted: else one source could
    push a service down again after each answer.
    """
    group = weighing.ANSWERED_BY.get(kind)
    said = service.signals.filter(kind=kind, **{k: v for k, v in source.items() if k != "kind"})
    row = said.first() if group and source["by"] != By.ORGANIZATION else None
    if row is None:
        return False
    answers = service.confirmations.filter(by__in=weighing.ANSWERING, field_group=group)
    return answers.filter(confirmed_at__gte=row.at).exists()


def _have_cities_look(service, until):
    """Let every city that the service serves look for signals until then.

    By update, as nothing of the directory changes: copies of it stay as good as they were.
    """
    earlier = Q(told_until=None) | Q(told_until__lt=until)
    # Locked in one order: two taps at once then never wait for each other.
    cities = _cities_of(service).filter(earlier).order_by("pk").select_for_update()
    ids = list(cities.values_list("pk", flat=True))
    City.objects.filter(pk__in=ids).update(told_until=until)


def _cities_of(service):
    if service.reach == Service.Reach.EUROPEAN:
        return City.objects.all()
    if service.reach == Service.Reach.NATIONAL:
        return City.objects.filter(country=service.country_id)
    return City.objects.filter(pk__in=service.cities.values("pk"))
