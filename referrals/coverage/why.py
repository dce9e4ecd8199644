"""Why a cell of the matrix is as it is: the listings behind it, each with its reasons."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals import words
from referrals.coverage.masks import is_stale
from referrals.coverage.matrix import ALARM_NEEDS
from referrals.pathway.matching import fit
from referrals.pathway.ranking import is_alarm_line, specialised_in
from services import rows, sketches
from services.bits import numbers
from services.fitting import opening_of
from services.projection import project

#: So many listings of each kind are shown.
MOST = 40
KINDS = (
    ("served", gettext_lazy("These serve them")),
    ("asks", gettext_lazy("These ask first")),
    ("stale", gettext_lazy("These may, but their details are stale")),
    ("excludes", gettext_lazy("These cannot be used then, or not by them")),
)


@dataclass(frozen=True)
class Behind:
    """A listing behind a cell and the reasons for its kind."""

    listing: object
    reasons: list[str]


@dataclass(frozen=True)
class Part:
    """The listings of one kind: `more` are left out."""

    kind: str
    title: str
    number: int
    behind: list[Behind]

    @property
    def more(self):
        return self.number - len(self.behind)


def parts_of(city, matrix, cell, language):
    """The `Part`s of a cell that hold a listing; about ten queries for each."""
    found = []
    for kind, title in KINDS:
        mask = getattr(matrix.tally(cell), kind)
        if mask:
            slugs = [matrix.masks.listings[n].slug for n in numbers(mask)]
            behind = [
                Behind(listing, _reasons(listing, cell, matrix, kind))
                for listing in _listings(city, slugs[:MOST], language)
            ]
            found.append(Part(kind, title, len(slugs), behind))
    return found


def _listings(city, slugs, language):
    services = sketches.public_services(city).filter(slug__in=slugs)
    now = timezone.now()
    return [
        project(
            service,
            audience=sketches.AUDIENCE,
            language=language,
            timezone=city.timezone,
            now=now,
        )
        for service in rows.read(services)
    ]


def _reasons(listing, cell, matrix, kind):
    """Why a listing is of this kind for a cell: why it fits, what it asks, or what excludes it."""
    moment = matrix.moments[cell.hour]
    facts = cell.facts(moment)
    found = fit(listing, facts, cell.need)
    opening = opening_of(listing, moment)
    if kind == "served":
        return [words.finding_text(finding) for finding in found.fits]
    if kind == "excludes":
        return [words.refusal_text(finding) for finding in found.refusals] + _shut(listing, opening)
    reasons = [words.ask_text(finding) for finding in found.asks]
    if opening.state == "unknown":
        reasons.append(_("Are you open then? Its hours are not known."))
    if is_stale(listing):
        reasons.append(_("Was confirmed so long ago that it counts as stale."))
    return reasons + _of_purpose(listing, cell, facts)


def _shut(listing, opening):
    """Why nobody can be called at this door."""
    reasons = [_closed(opening)] if opening.state == "closed" else []
    if not listing.can_be_contacted:
        reasons.append(_("has no phone and no e-mail that everybody may know"))
    return reasons


def _closed(opening):
    if opening.opens_at is None:
        return _("closed then")
    opens = date_format(opening.opens_at, "l H:i")
    return _("closed then; opens on %(moment)s") % {"moment": opens}


def _of_purpose(listing, cell, facts):
    live = {cell.need, "guardianship"} if facts.is_unaccompanied_minor else {cell.need}
    reasons = []
    if specialised_in(listing) - live and not specialised_in(listing) & live:
        reasons.append(_("It is there for something else first of all. Do you help with this too?"))
    if is_alarm_line(listing) and cell.need not in ALARM_NEEDS:
        reasons.append(_("The emergency number: for danger alone."))
    return reasons
