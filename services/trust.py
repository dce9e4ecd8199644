"""How confirmations age: each group of fields at its own pace (design, "The directory")."""

import datetime

from services.listing import Trust
from services.models.trust import Confirmation

Group = Confirmation.FieldGroup

#: Days for which a confirmation counts as fresh; it is stale after twice as long.
FRESH_DAYS = {
    Group.CAPACITY: 3,
    Group.CONTACT: 90,
    Group.HOURS: 90,
    Group.ACCEPTANCE: 180,
    Group.REST: 365,
}


def trust_of(confirmations, now):
    """The `Trust` of every field group, from a service's confirmations, at an aware moment."""
    latest = {}
    for confirmation in confirmations:
        known = latest.get(confirmation.field_group)
        if known is None or confirmation.confirmed_at > known.confirmed_at:
            latest[confirmation.field_group] = confirmation
    return {group.value: _trust(group, latest.get(group.value), now) for group in Group}


def _trust(group, confirmation, now):
    if confirmation is None:
        return Trust()
    age = now - confirmation.confirmed_at
    fresh = datetime.timedelta(days=FRESH_DAYS[group])
    state = "confirmed" if age <= fresh else "ageing" if age <= 2 * fresh else "stale"
    return Trust(state, confirmation.confirmed_at.date(), confirmation.by)
