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
#: Field group -> the ages at which its state changes.
_AGES = {
    group.value: (datetime.timedelta(days=days), datetime.timedelta(days=2 * days))
    for group, days in FRESH_DAYS.items()
}


def trust_of(confirmations, now):
    """The `Trust` of every field group, from a service's confirmations, at an aware moment."""
    latest = {}
    for confirmation in confirmations:
        known = latest.get(confirmation.field_group)
        if known is None or confirmation.confirmed_at > known.confirmed_at:
            latest[confirmation.field_group] = confirmation
    return {group.value: _trust(group, latest.get(group.value), now) for group in Group}


def next_change(confirmations, now):
    """The first moment after which the `Trust` of a field group is another if nobody confirms, or None."""
    ends = (
        confirmation.confirmed_at + age
        for confirmation in confirmations
        for age in _AGES[confirmation.field_group]
    )
    return min((end for end in ends if end >= now), default=None)


def _trust(group, confirmation, now):
    if confirmation is None:
        return Trust()
    age = now - confirmation.confirmed_at
    fresh = datetime.timedelta(days=FRESH_DAYS[group])
    state = "confirmed" if age <= fresh else "ageing" if age <= 2 * fresh else "stale"
    return Trust(state, confirmation.confirmed_at.date(), confirmation.by)
