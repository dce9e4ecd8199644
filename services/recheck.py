"""By when somebody should look again whether a listing is still true."""

import datetime

from services.trust import FRESH_DAYS


def recheck_by(listing):
    """The day on which the first of its confirmed groups of fields is no longer fresh.

    What nobody has confirmed is due since the listing was last changed. Free places are not
    counted: they are asked for at every call.
    """
    days = []
    for group, fresh in FRESH_DAYS.items():
        trust = listing.trust.get(group.value)
        if group.value != "capacity":
            days.append(_due(trust, fresh, listing.last_modified))
    return min(days)


def _due(trust, fresh, last_modified):
    if trust is None or trust.on is None:
        return last_modified.date()
    return trust.on + datetime.timedelta(days=fresh)
