"""The hours that are looked at are ordinary ones, soon, on the city's clock."""

import datetime
from types import SimpleNamespace

import pytest

from referrals.coverage.moments import HOURS, moments_of, today_in
from services.hours import opening

BRUSSELS = SimpleNamespace(timezone="Europe/Brussels", country_id="BE")
SOME_DAYS = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(0, 730, 41)]


@pytest.mark.parametrize("today", SOME_DAYS, ids=str)
def test_moments_are_ordinary_days_after_today(today):
    found = moments_of(BRUSSELS, today)
    assert found.keys() == HOURS.keys()
    for code, moment in found.items():
        assert (moment.weekday(), moment.hour) == HOURS[code]
        assert moment.utcoffset() in (datetime.timedelta(hours=1), datetime.timedelta(hours=2))
        assert today < moment.date() <= today + datetime.timedelta(days=21)
        assert opening("PH 00:00-24:00", moment, "Europe/Brussels", "BE").state == "closed"


def test_a_public_holiday_is_passed_over():
    """Christmas of 2030 is a Wednesday, and so is New Year after it."""
    found = moments_of(BRUSSELS, datetime.date(2030, 12, 23))
    assert found["day"].date() == datetime.date(2031, 1, 8)


def test_today_is_the_day_of_the_city(time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 18, 23, 30, tzinfo=datetime.UTC), tick=False)
    assert today_in(BRUSSELS) == datetime.date(2026, 11, 19)
    assert today_in(SimpleNamespace(timezone="America/New_York")) == datetime.date(2026, 11, 18)


def test_today_itself_is_never_looked_at():
    wednesday = datetime.date(2026, 11, 18)
    assert moments_of(BRUSSELS, wednesday)["day"].date() == datetime.date(2026, 11, 25)
