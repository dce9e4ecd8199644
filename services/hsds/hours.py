"""The weekly schedules of HSDS as one OpenStreetMap string, and what of them could not be said.

The way back of `services.hsds.schedules`. Times are taken as the clock of the city shows them: an
offset that is not the city's own is left aside and said.
"""

import datetime
import re
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from services.hours import validate_opening_hours
from services.hsds.schedules import DAYS, weekly

NAMES = dict(zip(DAYS, ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), strict=True))
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
#: From a time to another, as a string of OpenStreetMap has it.
TIMES = re.compile(r"\d{2}:\d{2}-\d{2}:\d{2}")
NO_DAY = "names no day of the week"
#: What makes a schedule differ from week to week.
NOT_WEEKLY = ("bymonthday", "byyearday", "byweekno", "count")
LAST_MINUTE = "23:59"


def opening_hours(schedules, timezone, today):
    """(string, complaints) of schedules as plain dicts; the string is empty where none is weekly."""
    week, said = {day: set() for day in DAYS}, []
    for schedule in schedules:
        complaint = _add(week, schedule, timezone, today)
        if complaint and complaint not in said:
            said.append(complaint)
    return _written(week), said


def says_the_same(note, hours):
    """Whether a note is an OpenStreetMap string itself, of these weekly hours or of none.

    We write it beside the schedules, and so do others: it also knows public holidays.
    """
    looks_so = note == "24/7" or TIMES.search(note)
    if not looks_so:
        return False
    try:
        validate_opening_hours(note)
    except ValidationError:
        return False
    return not hours or _times(note) == _times(hours)


def _times(hours):
    return {(day, one.opens, one.closes) for one in weekly(hours) for day in one.days}


def _add(week, schedule, timezone, today):
    """Enter a schedule into a week; what could not be said, or nothing."""
    reason = _unsaid(schedule, today)
    if reason:
        return reason
    days, (opens, closes) = _days(schedule), map(_time, _ends(schedule))
    if not days:
        return NO_DAY
    if not opens or not closes:
        return "has no time of opening or closing that can be read"
    span = _span(opens[0], closes[0])
    if span is None:
        return "opens and closes at the same time"
    for day in days:
        week[day].add(span)
    foreign = {opens[1], closes[1]} - _offsets(timezone) - {""}
    return "has times of another time zone, taken as the city's own" if foreign else ""


def _unsaid(schedule, today):
    """Why a schedule is not the same every week from today on, or nothing."""
    last = next(filter(None, (_text(schedule, name) for name in ("valid_to", "until"))), "")
    if last and last[:10] < today.isoformat():
        return "has ended"
    if _text(schedule, "valid_from")[:10] > today.isoformat():
        return "has not begun"
    freq, interval = _text(schedule, "freq").upper(), _text(schedule, "interval")
    if freq not in ("", "WEEKLY") or interval not in ("", "1", "1.0"):
        return "is not weekly"
    if any(_text(schedule, name) for name in NOT_WEEKLY):
        return "is not the same every week"
    return ""


def _days(schedule):
    byday = re.split(r"[,;\s]+", _text(schedule, "byday").upper())
    days = [day[:2] for day in byday if day[:2] in DAYS and day.isalpha()]
    return days or _first_day(schedule) if not any(byday) else days


def _first_day(schedule):
    """The day of the week on which it starts, where it names no other."""
    try:
        start = datetime.date.fromisoformat(_text(schedule, "dtstart")[:10])
    except ValueError:
        return []
    return [DAYS[start.weekday()]]


def _ends(schedule):
    return _text(schedule, "opens_at"), _text(schedule, "closes_at")


def _time(text):
    """(HH:MM, offset as +HH:MM) of a time, or None."""
    found = TIME.fullmatch(text.strip())
    if not found or int(found[1]) > 24 or int(found[2]) > 59:
        return None
    offset = (found[3] or "").upper().replace("Z", "+00:00")
    offset = offset if ":" in offset or not offset else f"{offset[:3]}:{offset[3:]}"
    return f"{int(found[1]):02}:{found[2]}", offset


def _span(opens, closes):
    """From and to as OpenStreetMap writes them: a day ends at 24:00."""
    opens = "00:00" if opens >= "24:00" else opens
    if closes == LAST_MINUTE or closes >= "24:00" or (closes == "00:00" and opens == "00:00"):
        closes = "24:00"
    if closes == "00:00":
        closes = "24:00"
    return None if opens == closes else (opens, closes)


def _offsets(timezone):
    """The offsets of a clock in winter and in summer."""
    zone = ZoneInfo(timezone)
    moments = (datetime.datetime(2026, month, 1, 12, tzinfo=zone) for month in (1, 7))
    return {moment.isoformat()[19:] for moment in moments}


def _written(week):
    if all(week[day] == {("00:00", "24:00")} for day in DAYS):
        return "24/7"
    by_times = {}
    for day in DAYS:
        times = ",".join(f"{opens}-{closes}" for opens, closes in sorted(week[day]))
        if times:
            by_times.setdefault(times, []).append(day)
    return "; ".join(f"{_ranges(days)} {times}" for times, days in by_times.items())


def _ranges(days):
    """Mo-Fr for three days or more in a row, else the days one by one."""
    runs = []
    for day in days:
        if runs and DAYS.index(day) == DAYS.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{NAMES[run[0]]}-{NAMES[run[-1]]}" if len(run) > 2 else ",".join(NAMES[d] for d in run)
        for run in runs
    )


def _text(schedule, name):
    value = schedule.get(name)
    return "" if value is None else str(value).strip()
