"""How far a listing fits what is filtered for: takes, asks first, or does not take.

The same answers decide what a result says, what a choice would leave, and in which order
results stand. `services.filters` holds the conditions for the database; a test proves both equal.
"""

from services.hours import opening
from services.languages import speaks

TAKES, ASKS, REFUSES = "takes", "asks-first", "does-not-take"


def fit(listing, parameter, value):
    """The stance of a listing towards the value of one filter, which may be a list of codes."""
    return _FITS[parameter](listing, value)


def opening_of(listing, moment):
    """Whether a listing is open at an aware moment, by the calendar of its country."""
    return opening(listing.hours, moment, listing.timezone, listing.country)


def _yes_or_no(condition):
    return TAKES if condition else REFUSES


def _group(listing, codes):
    """In particular for a group: filed under it, or saying that it takes it."""
    stances = {
        listing.stance(code) or (TAKES if code in listing.groups else REFUSES) for code in codes
    }
    return next(stance for stance in (TAKES, ASKS, REFUSES) if stance in stances)


def _language(listing, tags):
    """Spoken by staff; an interpreter on request is worth asking about."""
    if any(speaks(listing.languages, tag) for tag in tags):
        return TAKES
    return ASKS if listing.interpreter in (TAKES, ASKS) else REFUSES


def _criterion(listing, code):
    """Unknown is not no."""
    return listing.stance(code) or ASKS


_FITS = {
    "need": lambda listing, codes: _yes_or_no(listing.needs & set(codes)),
    "group": _group,
    "language": _language,
    "access": lambda listing, codes: _yes_or_no(listing.how_to_get_in in codes),
    "status": _criterion,
    "step_free": lambda listing, _value: _criterion(listing, "step-free"),
    "open": lambda listing, moment: _yes_or_no(opening_of(listing, moment).state == "open"),
}
