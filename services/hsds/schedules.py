"""OpenStreetMap opening hours as the weekly schedules of HSDS.

A week is read off without public holidays, which HSDS cannot say; the string itself goes along in
`notes`. Hours that are not the same every week have no weekly schedule, only the string.
"""

import datetime
import functools
from dataclasses import dataclass

from opening_hours import OpeningHours, ParserError, State

#: Mondays of four seasons, of odd and even weeks: hours that differ between them are not weekly.
MONDAYS = tuple(
    datetime.datetime(2026, month, day)  # noqa: DTZ001  (hours of a week on no particular clock)
    for month, day in ((1, 12), (4, 20), (7, 13), (10, 12))
)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = datetime.timedelta(days=1)
#: HSDS has no 24:00.
END_OF_DAY = "23:59"


@dataclass(frozen=True)
class Weekly:
    """Open on these days from one time to another; `sure` is False where one has to ask."""

    days: tuple[str, ...]
    opens: str
    closes: str
    sure: bool = True
    note: str = ""


@functools.lru_cache(maxsize=4096)
def weekly(hours):
    """The `Weekly` openings of a string; empty where there is none, or not the same every week."""
    if not hours:
        return ()
    try:
        parsed = OpeningHours(hours)
    except (ParserError, ValueError):
        return ()
    weeks = [_week(parsed, monday) for monday in MONDAYS]
    return _grouped(weeks[0]) if all(week == weeks[0] for week in weeks) else ()


def _week(parsed, monday):
    """(day, opens, closes, sure, note) of every opening that begins in a week."""
    found = []
    # A day earlier, so that a night that began on Sunday is not taken for Monday's.
    for opens, closes, state, note in parsed.intervals(monday - DAY, monday + 8 * DAY):
        if state != State.CLOSED:
            found += _days_of(opens, closes, state == State.OPEN, note)
    return [
        ((opens - monday).days, f"{opens:%H:%M}", closing, sure, note)
        for opens, closing, sure, note in found
        if monday <= opens < monday + 7 * DAY
    ]


def _days_of(opens, closes, sure, note):
    """One opening, or one a day where it lasts longer than a day."""
    if closes - opens < DAY:
        closing = END_OF_DAY if closes.time() == datetime.time() else f"{closes:%H:%M}"
        return [(opens, closing, sure, note)]
    found = []
    while opens < closes:
        midnight = datetime.datetime.combine(opens.date(), datetime.time()) + DAY
        closing = END_OF_DAY if midnight <= closes else f"{closes:%H:%M}"
        found.append((opens, closing, sure, note))
        opens = midnight
    return found


def _grouped(week):
    """The same times on several days are one schedule."""
    days = {}
    for day, *times in week:
        days.setdefault(tuple(times), []).append(DAYS[day])
    return tuple(Weekly(tuple(found), *times) for times, found in days.items())
