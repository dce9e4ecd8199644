"""Opening hours in words: what is open on each of the next seven days, on the city's clock."""

import datetime
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError, State

DAYS = 7
ALWAYS = datetime.timedelta(days=DAYS)


@dataclass(frozen=True)
class Span:
    """A time from which until which it is open, or may be (`sure` False); `note` says more."""

    opens: datetime.datetime
    closes: datetime.datetime
    sure: bool = True
    note: str = ""


@dataclass(frozen=True)
class Day:
    date: datetime.date
    spans: list[Span] = field(default_factory=list)


def week(hours, now, timezone, country):
    """Seven days from today with their spans; a night belongs to the day it begins on.

    Empty where there are no hours, they cannot be read, or it never closes.
    """
    local = now.astimezone(ZoneInfo(timezone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = _spans(hours, start, timezone, country)
    if not spans or spans[0].closes - spans[0].opens >= ALWAYS:
        return []
    days = [Day((start + datetime.timedelta(days=number)).date()) for number in range(DAYS)]
    for day in days:
        day.spans.extend(span for span in spans if span.opens.date() == day.date)
    return days


def _spans(hours, start, timezone, country):
    try:
        parsed = OpeningHours(hours, timezone=ZoneInfo(timezone), country=country or None)
    except (ParserError, ValueError):
        return []
    # A day more, so that the last night is told to its end.
    end = start + datetime.timedelta(days=DAYS + 1)
    return (
        [
            Span(opens, closes, state == State.OPEN, note)
            for opens, closes, state, note in parsed.intervals(start, end)
            if state != State.CLOSED
        ]
        if hours
        else []
    )
