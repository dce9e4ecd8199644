"""What the office shows of reports: the holds, and what is reported by listing, worst first."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

from services import scopes
from services.models import Hold, Report
from services.reporting.weights import HARM, OF_A_WORKER, OF_ANYBODY_AT_MOST
from services.roles import Power

#: Holds that have been released are shown for so many days.
REMEMBERED = 30


@dataclass
class Said:
    """One kind of reports about a listing."""

    kind: Report.Kind
    workers: int = 0
    others: int = 0
    since: object = None

    @property
    def label(self):
        return self.kind.label

    @property
    def is_harm(self):
        return self.kind in HARM

    @property
    def points(self):
        return OF_A_WORKER * self.workers + min(self.others, OF_ANYBODY_AT_MOST)

    @property
    def days(self):
        """How many days ago the oldest of them came."""
        return (timezone.now().date() - self.since).days


@dataclass
class Reported:
    """A listing with everything that is open about it."""

    service: object
    said: dict = field(default_factory=dict)

    @property
    def kinds(self):
        return sorted(self.said.values(), key=lambda s: (not s.is_harm, -s.points, s.since))

    @property
    def is_harm(self):
        return any(said.is_harm for said in self.said.values())

    @property
    def order(self):
        """The worst first: harm, then what weighs most, then what is oldest."""
        points = sum(said.points for said in self.said.values())
        oldest = min(said.since for said in self.said.values())
        return not self.is_harm, -points, oldest, self.service.slug


def reported(standing, city):
    """`Reported` of every listing that this person edits in a city, worst first; one query."""
    found = {}
    for row in _open_reports(standing, city).select_related("service"):
        listing = found.setdefault(row.service_id, Reported(row.service))
        said = listing.said.setdefault(row.kind, Said(Report.Kind(row.kind), since=row.reported_on))
        said.since = min(said.since, row.reported_on)
        if row.by_worker:
            said.workers += 1
        else:
            said.others += row.count
    return sorted(found.values(), key=lambda listing: listing.order)


def _open_reports(standing, city):
    """Those that this person may answer; holds are all that the network has to do with."""
    reports = Report.objects.filter(state=Report.State.OPEN)
    if not standing.may(Power.EDIT, city):
        return reports.none()
    return reports.filter(service__in=scopes.editable(standing, city))


def holds(standing, city):
    """The `Hold`s that this person may know of in a city, the newest first."""
    services = scopes.releasable(standing, city)
    return Hold.objects.filter(service__in=services).select_related("service")


def holds_now(standing, city):
    """Those that wait to be released, harm first, then the oldest."""
    return holds(standing, city).filter(released_at=None).order_by("-is_harm", "placed_at")


def released_lately(standing, city):
    """Those that were released in the last 30 days."""
    since = timezone.now() - datetime.timedelta(days=REMEMBERED)
    return holds(standing, city).filter(released_at__gt=since)


def labels(hold):
    """The kinds of reports of a hold, in words, harm first."""
    kinds = [Report.Kind(kind) for kind in hold.kinds]
    return [kind.label for kind in sorted(kinds, key=lambda kind: kind not in HARM)]


def counts(standing, city):
    """(holds, listings said to do harm, other listings reported); two queries."""
    listings = reported(standing, city)
    harm = sum(listing.is_harm for listing in listings)
    return holds_now(standing, city).count(), harm, len(listings) - harm
