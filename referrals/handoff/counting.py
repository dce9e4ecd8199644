"""A referral that closes is counted at once: month, need, group, urgency and how it ended."""

import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from referrals.models import Outcome, Referral

State, End, Speed = Referral.State, Outcome.End, Outcome.Speed

_ENDS = {
    State.ARRIVED: End.ARRIVED,
    State.ABSENT: End.ABSENT,
    State.ACCEPTED: End.ACCEPTED,
    State.REFUSED: End.REFUSED,
}
_HOUR = datetime.timedelta(hours=1)
_SPEEDS = (
    (_HOUR, Speed.HOUR),
    (3 * _HOUR, Speed.THREE_HOURS),
    (24 * _HOUR, Speed.DAY),
    (72 * _HOUR, Speed.THREE_DAYS),
)


def count(referral, before):
    """Add a referral that closes now, and stood `before`; call it in the same transaction."""
    end = End.RECALLED if referral.state == State.RECALLED else _ENDS.get(before, End.SILENT)
    row, _made = Outcome.objects.get_or_create(
        city_id=referral.city_id,
        month=month_of(referral.closed_at, referral.city),
        need=referral.need,
        group=referral.group,
        urgency=referral.urgency,
        end=end,
        reason=referral.reason if end == End.REFUSED else "",
        speed=speed_of(referral),
    )
    Outcome.objects.filter(pk=row.pk).update(count=F("count") + 1)


def speed_of(referral):
    """How long the first yes or no took."""
    if referral.answered_at is None:
        return Speed.NEVER
    took = referral.answered_at - referral.created_at
    return next((speed for limit, speed in _SPEEDS if took <= limit), Speed.LATER)


def month_of(moment, city):
    """The first day of a moment's month on the city's clock."""
    return moment.astimezone(ZoneInfo(city.timezone)).date().replace(day=1)
