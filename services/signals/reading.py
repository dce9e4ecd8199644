"""What is told of a city's services at a moment, for its plans, its office and the services."""

import dataclasses

from django.db.models import Max

from services.models import Confirmation, Service, Signal
from services.signals import weighing
from services.visibility import Audience


def told_in(city, audience, now):
    """Service id as text -> `Told`, of the services that this audience may know of in a city.

    Two queries; none while nothing told can still be good, as far as `city` was read lately. Why
    somebody was refused is for vetted workers: it tells of a person who stood at that door.
    """
    if city.told_until is None or city.told_until <= now:
        return {}
    services = Service.objects.visible_to(audience).serving(city)
    told = told_of(services, now)
    if audience is not Audience.PUBLIC:
        return told
    return {pk: dataclasses.replace(one, reason="") for pk, one in told.items()}


def told_of(services, now):
    """Service id as text -> `Told`, of a queryset of services; two queries."""
    return {str(pk): told[0] for pk, told in unanswered(services, now).items()}


def unanswered(services, now):
    """Service id -> every `Told` that still stands, the heaviest first; two queries."""
    live = Signal.objects.filter(
        service__in=services.order_by().values("pk"), at__lte=now, expires_at__gt=now
    ).order_by()
    by_service = {}
    for signal in live:
        by_service.setdefault(signal.service_id, []).append(signal)
    if not by_service:
        return {}
    answered = _answered(live)
    found = {
        pk: weighing.standing(signals, answered.get(pk, {}), now)
        for pk, signals in by_service.items()
    }
    return {pk: told for pk, told in found.items() if told}


def _answered(live):
    """Service id -> {field group: when the organisation or the city last confirmed it}."""
    rows = (
        Confirmation.objects.filter(
            service__in=live.values("service"),
            by__in=weighing.ANSWERING,
            field_group__in=weighing.ANSWERED_BY.values(),
        )
        .order_by()
        .values_list("service", "field_group")
        .annotate(Max("confirmed_at"))
    )
    found = {}
    for pk, group, moment in rows:
        found.setdefault(pk, {})[group] = moment
    return found
