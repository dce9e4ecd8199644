"""Opening hours: holidays, time zones, and what is not known."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from services.hours import opening, validate_opening_hours

BRUSSELS = "Europe/Brussels"


def at(text, zone=BRUSSELS):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("hours", "moment", "state"),
    [
        ("Mo-Fr 09:00-17:00", "2026-11-18T12:00", "open"),
        ("Mo-Fr 09:00-17:00", "2026-11-18T03:00", "closed"),
        ("Mo-Fr 09:00-17:00", "2026-11-21T12:00", "closed"),
        ("Mo-Fr 09:00-17:00; PH off", "2026-11-11T12:00", "closed"),
        ("24/7", "2026-12-25T03:00", "open"),
        ('Mo-Fr 09:00-17:00 unknown "by appointment"', "2026-11-18T12:00", "unknown"),
        ("", "2026-11-18T12:00", "unknown"),
        ("whenever", "2026-11-18T12:00", "unknown"),
    ],
)
def test_state_of_a_door(hours, moment, state):
    assert opening(hours, at(moment), BRUSSELS, "BE").state == state


def test_holidays_are_those_of_the_country():
    armistice = at("2026-11-11T12:00")
    assert opening("Mo-Fr 09:00-17:00; PH off", armistice, BRUSSELS, "SE").state == "open"


def test_a_closed_door_says_when_it_opens_and_an_open_one_when_it_closes():
    friday_night = opening("Mo-Fr 09:00-17:00", at("2026-11-20T20:00"), BRUSSELS, "BE")
    assert friday_night.opens_at.isoformat() == "2026-11-23T09:00:00+01:00"
    noon = opening("Mo-Fr 09:00-17:00", at("2026-11-20T12:00"), BRUSSELS, "BE")
    assert noon.closes_at.isoformat() == "2026-11-20T17:00:00+01:00"
    assert opening("24/7", at("2026-11-20T12:00"), BRUSSELS, "BE").always


def test_the_clock_is_the_citys():
    evening_in_brussels = datetime.datetime(2026, 11, 18, 15, 30, tzinfo=datetime.UTC)
    assert opening("Mo-Fr 09:00-17:00", evening_in_brussels, BRUSSELS, "BE").state == "open"
    assert (
        opening("Mo-Fr 09:00-17:00", evening_in_brussels, "Europe/Athens", "GR").state == "closed"
    )


@pytest.mark.parametrize("moment", ["2026-03-29T02:30", "2026-10-25T02:30"])
def test_an_hour_that_the_clock_skips_or_repeats_is_read(moment):
    assert opening("24/7", at(moment), BRUSSELS, "BE").state == "open"
    assert opening("Mo-Fr 09:00-17:00", at(moment), BRUSSELS, "BE").opens_at


def test_hours_that_cannot_be_read_are_refused():
    validate_opening_hours("Mo-Fr 09:00-17:00; PH off")
    with pytest.raises(ValidationError):
        validate_opening_hours("nine to five")
