"""Proposals of organisations: written down, compared with the listing of now, accepted or declined."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from services import acting, consequences
from services.confirming import due, fields
from services.models import City, Confirmation, Proposal, Service
from services.vouching import dropping_overwritten

Kind, State = Proposal.Kind, Proposal.State

#: How a confirmation says that it came by the link of a mail.
HOW = "check"


class ConflictError(Exception):
    """The listing no longer says what the organisation saw, or cannot say what it wants."""


class DecidedError(Exception):
    """Somebody has accepted or declined it already."""


class TakesAwayError(Exception):
    """Accepting it would take something from people: `sentences` say what, city by city."""

    def __init__(self, sentences):
        super().__init__("takes away")
        self.sentences = sentences


def propose(check, service, listing, new):
    """Write down what changed, and apply it where the listing's cities chose that.

    `new` holds what differs alone; the `Proposal` says which of both it became.
    """
    today = fields.said(listing)
    proposal = Proposal(
        service=service,
        check_mail=check,
        kind=Kind.CHANGE,
        language=check.language,
        old={name: today.get(name, "") for name in new},
        new=new,
    )
    if _counts_at_once(service, proposal):
        _apply(proposal, service, None)
        proposal.state, proposal.decided_at = State.AT_ONCE, timezone.now()
    proposal.save()
    return proposal


def propose_close(check, service):
    """Write down that a listing is closed; an editor withdraws it, or not."""
    return Proposal.objects.create(
        service=service, check_mail=check, kind=Kind.CLOSE, language=check.language
    )


def propose_criterion(service_id, code, language, since=None):
    """Write down that refusals speak against a criterion; the `Proposal`, or None.

    What is taken becomes *ask first*, what was unknown or asked becomes *does not take*. None where
    the listing says no already, such a proposal waits, or an editor has decided one since `since`.
    """
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    today, name = _stance(service, code), f"{fields.CRITERION}{code}"
    stances = Service.Stance
    if today == stances.DOES_NOT_TAKE or _is_known(service, name, since):
        return None
    new = stances.ASKS_FIRST if today == stances.TAKES else stances.DOES_NOT_TAKE
    return Proposal.objects.create(
        service=service,
        kind=Kind.REFUSALS,
        language=language,
        old={name: today},
        new={name: str(new)},
    )


def _stance(service, code):
    return service.criteria.filter(code=code).values_list("stance", flat=True).first() or ""


def _is_known(service, name, since):
    """Whether such a proposal waits, or was decided lately: nothing is judged twice by the same."""
    known = Q(state=State.WAITING)
    if since:
        known |= Q(decided_at__gt=since)
    rows = service.proposals.filter(known, kind=Kind.REFUSALS)
    return any(name in new for new in rows.values_list("new", flat=True))


def _counts_at_once(service, proposal):
    """Only in a city's own listing, if all its cities chose it, and if nobody loses anything by it."""
    cities = list(service.cities.all()) if service.reach == Service.Reach.CITY else []
    if not cities or not all(city.checks_apply_at_once for city in cities):
        return False
    return not conflicts(proposal, service) and not _consequences(proposal, service)


def waiting_in(services):
    """The proposals that wait, of these services, with what a page shows of them; a dozen queries."""
    waiting = Proposal.objects.filter(state=State.WAITING, service__in=services)
    ids = waiting.values("service")
    by_id = {s.pk: s for s in Service.objects.filter(pk__in=ids).with_everything()}
    found = list(waiting.order_by("created_at", "pk"))
    for proposal in found:
        proposal.service = by_id[proposal.service_id]
    return found


def conflicts(proposal, service):
    """The names of fields that no longer say what the organisation saw."""
    if proposal.kind == Kind.CLOSE:
        return [] if service.status == Service.Status.PUBLISHED else ["status"]
    if proposal.kind == Kind.REFUSALS:
        return [
            name
            for name, old in proposal.old.items()
            if _stance(service, name.removeprefix(fields.CRITERION)) != old
        ]
    today = fields.said(fields.listing_of(service, proposal.language, "UTC"))
    changed = [name for name, old in proposal.old.items() if today.get(name, "") != old]
    return changed or (["phone"] if fields.keeps_from_public(service, proposal.new) else [])


def _consequences(proposal, service):
    return consequences.of_edit(service, lambda: _change(proposal, _locked(service.pk)))


@transaction.atomic
def accept(pk, services, user, *, sure=False):
    """Apply a proposal of one of these services and confirm the listing as of the day it was made."""
    proposal = _waiting(pk, services)
    service = _locked(proposal.service_id)
    if conflicts(proposal, service):
        raise ConflictError
    sentences = [] if sure else _consequences(proposal, service)
    if sentences:
        raise TakesAwayError(sentences)
    _apply(proposal, service, user)
    _decide(proposal, State.ACCEPTED, user)
    return proposal


@transaction.atomic
def decline(pk, services, user):
    """Leave the listing as it is."""
    proposal = _waiting(pk, services)
    _decide(proposal, State.DECLINED, user)
    return proposal


def get(pk, services):
    """The proposal; Proposal.DoesNotExist where it belongs to none of these services."""
    return Proposal.objects.filter(service__in=services).get(pk=pk)


def _waiting(pk, services):
    get(pk, services)
    proposal = Proposal.objects.select_for_update().get(pk=pk)
    if proposal.state != State.WAITING:
        raise DecidedError
    return proposal


def _locked(pk):
    Service.objects.select_for_update(of=("self",)).get(pk=pk)
    return Service.objects.with_everything().get(pk=pk)


def _apply(proposal, service, user):
    with acting.acting(user, acting.Way.CHECK):
        with dropping_overwritten(service.pk):
            _change(proposal, service)
        if proposal.kind == Kind.CHANGE:
            vouch(service, due.VOUCHED, proposal.created_at)


def _change(proposal, service):
    if proposal.kind == Kind.CLOSE:
        service.status = Service.Status.WITHDRAWN
        service.save()
    else:
        fields.write(service, proposal.new, proposal.language)


def _decide(proposal, state, user):
    proposal.state, proposal.decided_at, proposal.decided_by = state, timezone.now(), user
    proposal.save()


def vouch(service, groups, moment):
    """The organisation itself confirms these groups of fields."""
    for group in groups:
        Confirmation.objects.create(
            service=service,
            field_group=group,
            by=Confirmation.By.ORGANIZATION,
            how=HOW,
            confirmed_at=moment,
        )


def cities_of(sentences):
    """[(name of city, sentence)] of what an edit takes away."""
    known = {city.pk: city for city in City.objects.prefetch_related("translations")}
    return [(str(known.get(city.pk, city)), sentence) for city, sentence in sentences]
