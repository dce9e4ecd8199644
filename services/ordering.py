"""In which order results stand.

Best fit: what surely takes the person, then what bears the name searched for, then this city's own
before national and European lines, then what was confirmed, then by name. Nearest: by distance,
with what cannot be measured after. In both, what was confirmed too long ago comes after whatever
else fits as well.
"""

from django.utils.translation import gettext_lazy as _

from services.distance import distance_km
from services.fitting import TAKES, fit
from services.search import bears, normalise

_REACH = {"city": 0, "national": 1, "european": 2}
_TRUST = {"confirmed": 0, "ageing": 1, "never": 2, "stale": 3}


ORDER_WORDS = {
    "best": _(
        "First what surely fits, then this city’s own, then national lines, "
        "then what was confirmed last. What was confirmed too long ago comes after the rest."
    ),
    "nearest": _(
        "Nearest first, then what has no place that can be measured, "
        "then what was confirmed too long ago."
    ),
    "name": _("By name."),
}


def order_of(filters):
    """The order asked for; with a place to measure from, the nearest first."""
    if filters.form.cleaned_data.get("order"):
        return filters.form.cleaned_data["order"]
    return "nearest" if filters.point else "best"


def ordered(listings, filters):
    """Listings in the order that the filters ask for; the same every time."""
    asked = {name: value for name, value in filters.active().items() if name in _SURE}
    searched = filters.form.cleaned_data.get("search") or ""

    def best(listing):
        sure = all(fit(listing, name, value) == TAKES for name, value in asked.items())
        return (
            not sure,
            _is_stale(listing),
            not _named(listing, searched),
            _REACH[listing.reach],
            _TRUST[_trust(listing)],
            *by_name(listing),
        )

    def nearest(listing):
        distance = distance_km(listing, filters.point)
        return (_is_stale(listing), distance is None, distance or 0, *best(listing))

    return sorted(
        listings, key={"best": best, "nearest": nearest, "name": by_name}[order_of(filters)]
    )


_SURE = ("group", "language", "status", "step_free")


def by_name(listing):
    return normalise(listing.name), listing.slug


def _named(listing, searched):
    """Whether the words searched for are in its very name, not only in what it does."""
    return bears(f"{listing.name} {listing.official_name} {listing.organization}", searched)


def _is_stale(listing):
    return _trust(listing) == "stale"


def _trust(listing):
    contact = listing.trust.get("contact")
    return contact.state if contact else "never"
