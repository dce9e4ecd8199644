"""Weekly schedules of HSDS as one OpenStreetMap string."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.hsds.hours import opening_hours, says_the_same
from services.hsds.schedules import DAYS, weekly

TODAY = datetime.date(2026, 3, 2)
ALL_WEEK = ",".join(DAYS)


def schedule(byday="MO,TU,WE,TH,FR", opens="09:00", closes="17:00", **more):
    return {"freq": "WEEKLY", "byday": byday, "opens_at": opens, "closes_at": closes} | more


def read(*schedules):
    return opening_hours(schedules, "Europe/Brussels", TODAY)


@pytest.mark.parametrize(
    ("schedules", "hours"),
    [
        ([], ""),
        ([schedule()], "Mo-Fr 09:00-17:00"),
        ([schedule("MO,WE")], "Mo,We 09:00-17:00"),
        ([schedule("MO,TU,SU")], "Mo,Tu,Su 09:00-17:00"),
        ([schedule("MO", "13:00", "17:00"), schedule("MO", "9:00:00", "12:00:00")],
         "Mo 09:00-12:00,13:00-17:00"),
        ([schedule("FR", "22:00", "06:00")], "Fr 22:00-06:00"),
        ([schedule(ALL_WEEK, "00:00", "23:59")], "24/7"),
        ([schedule(ALL_WEEK, "00:00", "00:00")], "24/7"),
        ([schedule("SA", "18:00", "00:00")], "Sa 18:00-24:00"),
        ([schedule("", dtstart="2026-03-04")], "We 09:00-17:00"),
        ([schedule("mo tu", freq=None)], "Mo,Tu 09:00-17:00"),
        ([schedule(opens="09:00+01:00", closes="17:00+02:00")], "Mo-Fr 09:00-17:00"),
    ],
)  # fmt: skip
def test_weekly_schedules_become_one_string(schedules, hours):
    assert read(*schedules) == (hours, [])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"freq": "MONTHLY", "byday": "1MO"}, "is not weekly"),
        ({"interval": 2}, "is not weekly"),
        ({"bymonthday": "1,15"}, "is not the same every week"),
        ({"valid_to": "2020-01-01"}, "has ended"),
        ({"valid_from": "2030-01-01"}, "has not begun"),
        ({"byday": ""}, "names no day of the week"),
        ({"opens_at": "nine"}, "has no time of opening or closing that can be read"),
        ({"closes_at": None}, "has no time of opening or closing that can be read"),
        ({"closes_at": "09:00"}, "opens and closes at the same time"),
    ],
)
def test_what_is_not_weekly_is_said_and_left_out(fields, said):
    assert read(schedule() | fields) == ("", [said])


def test_times_of_another_zone_are_taken_as_they_stand_and_said():
    hours, said = read(schedule(opens="09:00Z", closes="17:00-0500"))
    assert hours == "Mo-Fr 09:00-17:00"
    assert "another time zone" in said[0]


TIMES = st.integers(0, 23 * 4).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@given(st.lists(st.sampled_from(DAYS), min_size=1, unique=True), TIMES, TIMES)
def test_the_string_says_what_the_schedule_said(days, opens, closes):
    hours, said = read(schedule(",".join(days), opens, closes))
    if opens == closes and opens != "00:00":
        assert said
        return
    found = {day: (one.opens, one.closes) for one in weekly(hours) for day in one.days}
    assert found == dict.fromkeys(days, (opens, "23:59" if closes == "00:00" else closes))


@pytest.mark.parametrize(
    ("note", "hours", "same"),
    [
        ("Mo-Fr 09:00-17:00; PH off", "Mo-Fr 09:00-17:00", True),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-16:00", False),
        ("Mo[1] 09:00-17:00", "", True),
        ("24/7", "24/7", True),
        ("We are closed for lunch", "", False),
        ("ring 09:00-10:00 please", "", False),
    ],
)
def test_a_note_that_is_such_a_string_is_known(note, hours, same):
    assert says_the_same(note, hours) is same
