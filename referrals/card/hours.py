"""Opening hours for the card: days of an ordinary week together where they are alike."""

import datetime
from itertools import groupby

from services.timetable import week

#: A Monday at noon: which one does not matter, since holidays are left out.
ORDINARY_MONDAY = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
ALWAYS = "24/7"


def weekly(opening_hours, timezone):
    """[((first, last), times)] of an ordinary week, days counted from Monday = 0.

    `times` reads like `09:00–12:00, 13:00–17:00`. Empty where hours are unknown, unsure or never end.
    """
    if opening_hours == ALWAYS:
        return []
    days = week(opening_hours, ORDINARY_MONDAY, timezone, "")
    if any(not span.sure for day in days for span in day.spans):
        return []
    times = [(day.date.weekday(), _times(day.spans)) for day in days]
    return list(_together(sorted(times)))


def _times(spans):
    return ", ".join(f"{span.opens:%H:%M}–{span.closes:%H:%M}" for span in spans)


def _together(times):
    """Neighbouring days with the same times as one run; days that are shut are left out."""
    for said, run in groupby(times, key=lambda day: day[1]):
        days = [day for day, _times in run]
        if said:
            yield (days[0], days[-1]), said


def in_words(runs, words):
    """[(days, times)] in the language of `CardWords`."""
    names = words.day_names()
    return [
        (names[first] if first == last else f"{names[first]} – {names[last]}", times)
        for (first, last), times in runs
    ]
