"""Opening hours: OpenStreetMap strings read with public holidays and the city's clock.

Format: https://wiki.openstreetmap.org/wiki/Key:opening_hours. Imports no models, so
the pathway and the models can both use it.
"""

import datetime
import functools
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from opening_hours import OpeningHours, ParserError, State


@dataclass(frozen=True)
class Opening:
    """Whether a door is open at a moment, and when that changes."""

    state: str  # "open", "closed" or "unknown"
    opens_at: datetime.datetime | None = None
    closes_at: datetime.datetime | None = None
    always: bool = False


UNKNOWN = Opening("unknown")


def validate_opening_hours(value):
    """Refuse a string that is not OpenStreetMap opening_hours."""
    try:
        OpeningHours(value)
    except (ParserError, ValueError) as error:
        raise ValidationError(
            _(
                "These hours cannot be read. Write them like: Mo-Fr 09:00-17:00; Sa 10:00-12:00; PH off"
            )
        ) from error


#: Hours whose last answer is kept.
ANSWERS_KEPT = 8192
_NO_ANSWER = (None, None, UNKNOWN)
#: (hours, time zone, country) -> (since, until, `Opening`).
_answers = {}


@functools.lru_cache(maxsize=2048)
def _parsed(hours, timezone, country):
    return OpeningHours(hours, timezone=ZoneInfo(timezone), country=country or None)


def opening(hours, at, timezone, country):
    """The `Opening` of a string at an aware moment; without hours, or with unreadable ones, unknown.

    The last answer for the same hours is kept, with the moments between which it holds.
    """
    if not hours:
        return UNKNOWN
    key = (hours, timezone, country)
    since, until, found = _answers.get(key, _NO_ANSWER)
    if since is None or not (since <= at and (until is None or at < until)):
        until, found = _opening(hours, at, timezone, country)
        if len(_answers) >= ANSWERS_KEPT:
            _answers.clear()
        _answers[key] = (at, until, found)
    return found


def _opening(hours, at, timezone, country):
    """(until when this holds, or None for ever, the `Opening`) at an aware moment."""
    try:
        parsed = _parsed(hours, timezone, country)
    except (ParserError, ValueError):
        return None, UNKNOWN
    # By way of UTC: a local time that the clock skips in spring is no time the library knows.
    local = at.astimezone(datetime.UTC).astimezone(ZoneInfo(timezone))
    state, _comment = parsed.state(local)
    until = parsed.next_change(local)
    if state == State.UNKNOWN:
        return until, UNKNOWN
    if state == State.OPEN:
        return until, Opening("open", closes_at=until, always=until is None)
    return until, Opening("closed", opens_at=_next_opening(parsed, local))


def _next_opening(parsed, local):
    """The first moment after `local` at which it is surely open, looking five changes ahead."""
    moment = local
    for _step in range(5):
        moment = parsed.next_change(moment)
        if moment is None:
            return None
        if parsed.is_open(moment):
            return moment
    return None
