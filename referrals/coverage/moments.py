"""The hours that are looked at: a working day, its evening, a night and a Sunday, on the city's clock."""

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.hours import opening

WEDNESDAY, SUNDAY = 2, 6
#: Code -> (weekday, hour).
HOURS = {
    "day": (WEDNESDAY, 10),
    "evening": (WEDNESDAY, 20),
    "night": (WEDNESDAY, 2),
    "sunday": (SUNDAY, 11),
}
NAMES = {
    "day": _("on a working day at 10:00"),
    "evening": _("on a working day at 20:00"),
    "night": _("at 02:00 in the night"),
    "sunday": _("on a Sunday at 11:00"),
}
#: A year without an ordinary week is in no calendar.
WEEKS = 52


def today_in(city):
    """The date on the city's clock."""
    return timezone.now().astimezone(ZoneInfo(city.timezone)).date()


def moments_of(city, today=None):
    """Code -> aware moment, each on the next such day from tomorrow that is no public holiday."""
    today = today or today_in(city)
    days = {weekday: _next(weekday, today, city) for weekday in (WEDNESDAY, SUNDAY)}
    zone = ZoneInfo(city.timezone)
    return {
        code: datetime.datetime.combine(days[weekday], datetime.time(hour), zone)
        for code, (weekday, hour) in HOURS.items()
    }


def _next(weekday, today, city):
    first = today + datetime.timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    days = [first + datetime.timedelta(weeks=week) for week in range(WEEKS)]
    return next((day for day in days if not _is_holiday(day, city)), first)


def _is_holiday(day, city):
    noon = datetime.datetime.combine(day, datetime.time(12), ZoneInfo(city.timezone))
    return opening("PH 00:00-24:00", noon, city.timezone, city.country_id).state == "open"
