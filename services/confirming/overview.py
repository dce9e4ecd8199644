"""What a city's office sees of the checks: whom it asked when, who is silent, what waits."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.utils import timezone

from services import scopes
from services.confirming import due
from services.confirming.forms import AddressForm
from services.models import Check, Organization, Proposal, WrongAddress

PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """One organisation as the office sees it."""

    organization: Organization
    services: list
    address: str
    aged: int
    checks: list
    next_at: datetime.datetime | None = None
    waits: bool = False
    wrong: list = field(default_factory=list)

    @property
    def last(self):
        return self.checks[0] if self.checks else None

    @property
    def form(self):
        organization = self.organization
        prefix = f"o{organization.pk.hex[:12]}"
        initial = {"check_email": organization.check_email, "language": organization.language}
        return AddressForm(initial=initial, auto_id=f"{prefix}-%s")


def services_of(standing, city):
    """The listings of a city that this person may edit and that may be asked about."""
    editable = scopes.editable(standing, city).values("pk")
    return due.shown().filter(pk__in=editable)


def organizations(standing, city):
    """Their organisations, by name."""
    of_theirs = services_of(standing, city).values("organization")
    return Organization.objects.filter(pk__in=of_theirs).order_by("name")


def page_of(standing, city, number):
    """A page of the organisations of a city, as `(page, rows)`; a dozen queries."""
    page = Paginator(organizations(standing, city), PAGE_SIZE).get_page(number)
    return page, rows_of(standing, city, [organization.pk for organization in page])


def rows_of(standing, city, ids):
    """A `Row` for each of these organisations."""
    services = services_of(standing, city).filter(organization__in=ids)
    services = due.with_history(services).prefetch_related("organization__wrong_addresses")
    grouped = defaultdict(list)
    for service in services.order_by("organization__name", "slug"):
        grouped[service.organization_id].append(service)
    halted, now = due.stopped(), timezone.now()
    return [_row(found, city, halted, now) for found in grouped.values()]


def _row(services, city, halted, now):
    organization = services[0].organization
    checks = list(organization.checks.all())
    next_at = due.next_mail(checks, city.check_every_days)
    waits = next_at is due.NEVER
    aged = sum(due.is_due(service, now) for service in services)
    return Row(
        organization,
        services,
        due.address_of(organization, services, halted),
        aged,
        checks,
        # In the past it is the next run's, if anything has aged.
        None if waits or next_at is None or next_at <= now else next_at,
        waits,
        [wrong for wrong in organization.wrong_addresses.all() if not wrong.settled_at],
    )


def silent(standing, city):
    """Organisations that did not answer three mails and still have something that aged."""
    asked = Check.objects.filter(state=Check.State.SENT, answered_at=None)
    candidates = organizations(standing, city).filter(pk__in=asked.values("organization"))
    candidates = candidates.prefetch_related("checks")
    now = timezone.now()
    ids = [one.pk for one in candidates if due.is_silent(list(one.checks.all()), now)]
    return [row for row in rows_of(standing, city, ids) if row.aged] if ids else []


def wrong(standing, city):
    """Addresses that an editor should see to."""
    return (
        WrongAddress.objects.filter(
            settled_at=None, organization__in=organizations(standing, city).values("pk")
        )
        .select_related("organization")
        .order_by("organization__name", "pk")
    )


def proposals(standing, city):
    """Proposals that wait for this person."""
    return Proposal.objects.filter(
        state=Proposal.State.WAITING, service__in=scopes.editable(standing, city)
    )
