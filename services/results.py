"""One listing as a line of the results: what fits, what to ask, how far, whether it is open."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.distance import distance_km
from services.fitting import ASKS, fit, opening_of
from services.languages import language_name
from services.models import Service
from services.questions import question

SURE_WORDS = {
    "documented": _("Takes people with a residence permit"),
    "asylum-seeker": _("Takes asylum seekers"),
    "undocumented": _("Takes people without papers"),
    "step-free": _("Step-free entrance"),
    "lgbtqi": _("In particular for LGBTQI+ people"),
    "women-girls": _("In particular for migrant women and girls"),
    "unaccompanied-children": _("In particular for children who are here alone"),
    "families": _("In particular for families"),
}
REACH_WORDS = {"national": _("Whole country"), "european": _("All of Europe")}
WAY_IN_WORDS = dict(Service.WayIn.choices)


@dataclass(frozen=True)
class Result:
    """One listing as a line of the results."""

    listing: object
    opening: object
    distance_km: float | None
    fits: list[str]
    asks: list[str]

    @property
    def facts(self):
        """What it is at a glance: organisation, reach, way in, distance."""
        listing = self.listing
        parts = [listing.organization if listing.organization != listing.name else ""]
        parts += [REACH_WORDS.get(listing.reach, ""), WAY_IN_WORDS.get(listing.how_to_get_in, "")]
        if listing.confidential:
            parts.append(_("Address kept secret"))
        if self.distance_km is not None:
            parts.append(gettext("%(km)s km") % {"km": f"{self.distance_km:g}"})
        return [str(part) for part in parts if part]


def result_of(listing, filters):
    """The line of a listing for what is filtered for."""
    return Result(
        listing,
        opening_of(listing, filters.moment or filters.now),
        distance_km(listing, filters.point),
        *_reasons(listing, filters.active(), filters.words.groups),
    )


def _reasons(listing, active, groups):
    """(what surely fits, what to ask) about the filters that have three answers."""
    fits, asks = [], []
    for name in ("group", "status", "step_free"):
        for code in _codes(name, active):
            stance = fit(listing, name, [code] if name == "group" else code)
            if stance == "takes":
                fits.append(_sure(code, groups))
            elif stance == ASKS:
                asks.append(question(code, groups.get(code)))
    for tag in active.get("language", ()):
        _language_reason(listing, tag, fits, asks)
    return fits, asks


def _sure(code, groups):
    """What fits, in words; a group that has none of its own is named."""
    if code in SURE_WORDS:
        return str(SURE_WORDS[code])
    return gettext("In particular for: %(group)s") % {"group": groups.get(code, code)}


def _codes(name, active):
    if name not in active:
        return []
    return (
        active[name] if name == "group" else ["step-free" if name == "step_free" else active[name]]
    )


def _language_reason(listing, tag, fits, asks):
    stance = fit(listing, "language", [tag])
    words = {"language": language_name(tag)}
    if stance == "takes":
        fits.append(gettext("Speaks %(language)s") % words)
    elif stance == ASKS:
        asks.append(gettext("Is there an interpreter for %(language)s?") % words)
