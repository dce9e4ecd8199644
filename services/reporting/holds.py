"""Taking a listing out of the directory, and the two people who bring it back.

Both must be able to edit it, neither may have reported it, and where it is about harm one of
them must be an administrator. Where the cities of a listing have too few such people, the
network's administrators sign for those who are missing: the one power over listings they have.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services import consequences, scopes
from services.acting import Way, acting
from services.models import City, Hold, Release, Report, Service
from services.roles import Power, strong_members

SIGNATURES = 2


class RefusedError(Exception):
    """Why somebody's signature does not count, in words for them."""


def current(service):
    """The `Hold` a service is on, or None."""
    return Hold.objects.filter(service=service, released_at=None).first()


def place(service, hold, *, is_harm):
    """Put a service on hold, or add to the hold it is on what has been reported since.

    Call it in a transaction that has locked the service.
    """
    hold = hold or Hold(service=service)
    if is_harm and not hold.is_harm:
        hold.is_harm = True
        if hold.pk:
            # They did not know this when they signed.
            hold.releases.all().delete()
    reports = Report.objects.filter(service=service, state=Report.State.OPEN)
    hold.kinds = sorted({*hold.kinds, *reports.values_list("kind", flat=True)})
    hold.save()
    reports.update(hold=hold)
    if not service.held:
        _set_held(service, True)
    return hold


def _set_held(service, held):
    """The only place that sets it: a form that saves a service leaves it as it is."""
    Service.objects.filter(pk=service.pk).update(held=held)
    service.refresh_from_db(fields=["held"])
    # Everybody who keeps a copy is told, as of any change.
    service.save()


def lost_by(hold):
    """(city, sentence) of what the cities lost by a hold; nothing is changed."""
    service = Service.objects.get(pk=hold.service_id)
    with transaction.atomic():
        _set_held(service, False)
        sentences = consequences.of_edit(service, lambda: _set_held(service, True))
        transaction.set_rollback(True)
    return sentences


def sign(hold_id, user, standing):
    """Say that a listing may be shown again; it is once two people have. Returns the `Hold`.

    Saying it twice counts once. Raises RefusedError where this person may not.
    """
    with transaction.atomic(), acting(user, Way.REPORT):
        # In the order in which a report locks them.
        Service.objects.select_for_update().get(holds=hold_id)
        hold = Hold.objects.select_for_update().select_related("service").get(pk=hold_id)
        if hold.released_at or hold.releases.filter(user=user).exists():
            return hold
        refusal = why_not(hold, user, standing)
        if refusal:
            raise RefusedError(refusal)
        own = _edits(hold, standing)
        Release.objects.create(
            hold=hold,
            user=user,
            for_network=not own,
            as_administrator=not own or _administers(hold, standing),
        )
        if not missing(hold):
            _release(hold)
        return hold


def why_not(hold, user, standing):
    """Why this person cannot sign, in words for them; empty where they can. Up to ten queries."""
    if hold.reports.filter(reporter=user).exists():
        return _("You reported this yourself: two other people must release it.")
    if not _edits(hold, standing) and not _network_may_help(hold, standing):
        return _("There are enough people in the city who can release this.")
    return ""


def missing(hold):
    """What a hold still waits for, in words; empty where it can be released."""
    signed = list(hold.releases.all())
    if len(signed) < SIGNATURES:
        left = SIGNATURES - len(signed)
        return _("two people") if left == SIGNATURES else _("one more person")
    if hold.is_harm and not any(one.as_administrator for one in signed):
        return _("an administrator")
    return ""


def _release(hold):
    now = timezone.now()
    hold.released_at = now
    hold.save()
    of_it = Report.objects.filter(service=hold.service, state=Report.State.OPEN)
    of_it.update(state=Report.State.RELEASED, resolved_at=now)
    _set_held(hold.service, False)


def _edits(hold, standing):
    """Whether this person edits the listing by a role in one of its cities."""
    in_cities = standing.cities_with(Power.EDIT)
    return bool(in_cities) and scopes.editable(standing).filter(pk=hold.service_id).exists()


def _administers(hold, standing):
    return scopes.sees_sealed(standing, hold.service)


def _network_may_help(hold, standing):
    return standing.network and hold.releases.filter(for_network=True).count() < absent(hold)


def absent(hold):
    """How many of the people whom a release needs the cities of a listing do not have."""
    service = hold.service
    power = Power.SEALED if service.reach == Service.Reach.EUROPEAN else Power.EDIT
    reporters = hold.reports.exclude(reporter=None).values("reporter")
    members = strong_members(_cities(service), power).exclude(user__in=reporters)
    people = members.values("user").distinct().count()
    too_few = max(SIGNATURES - people, 0)
    if too_few or not hold.is_harm:
        return too_few
    administrators = strong_members(_cities(service), Power.SEALED).exclude(user__in=reporters)
    return 0 if administrators.exists() else 1


def _cities(service):
    if service.reach == Service.Reach.EUROPEAN:
        return City.objects.all()
    if service.reach == Service.Reach.NATIONAL:
        return City.objects.filter(country=service.country_id)
    return service.cities.all()
