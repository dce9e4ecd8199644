"""A clock that jumps deletes nothing that should be kept, and stops nothing for ever."""

import datetime

import pytest
import time_machine

from operations.models import Upkeep

NOW = datetime.datetime(2026, 3, 10, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
ALL = ["hourly", "often", "purge"]


@pytest.fixture
def clock(jobs):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def set_clock(tick, clock):
    """A site that has ticked once; the function sets its clock to so much later, or earlier."""
    tick()
    return clock.shift


def test_clock_a_year_ahead_deletes_nothing(tick, set_clock):
    set_clock(365 * DAY)
    names, said, code = tick()
    assert names == ["hourly", "often"]
    assert said.startswith("clock: the clock has jumped since the last tick.")
    assert said.endswith("manage.py tick --clock-is-right\n")
    assert code == 1


def test_it_is_said_once(tick, set_clock):
    set_clock(365 * DAY)
    tick()
    set_clock(60)
    assert tick()[1:] == ("", 0)


def test_nothing_is_deleted_when_the_clock_was_set_right_again(tick, set_clock):
    set_clock(365 * DAY)
    tick()
    set_clock(-365 * DAY + DAY)
    names, _said, _code = tick()
    assert names == ["hourly", "often"]


def test_clock_a_day_back_stops_nothing(tick, set_clock):
    set_clock(-DAY)
    assert tick() == (ALL, "", 0)
    set_clock(60)
    assert tick()[0] == ["often"]


def test_clock_years_back_stops_nothing_that_does_not_delete(tick, set_clock):
    set_clock(-3000 * DAY)
    assert tick()[0] == ["hourly", "often"]
    set_clock(60)
    assert tick()[0] == ["often"]


def test_site_that_was_off_for_three_weeks_works_and_deletes_a_day_later(tick, set_clock):
    set_clock(21 * DAY)
    assert tick()[0] == ["hourly", "often"]
    set_clock(DAY / 2)
    assert tick()[0] == ["hourly", "often"]
    set_clock(DAY / 2)
    assert tick() == (ALL, "", 0)
    assert Upkeep.objects.get(name="clock").error == ""


def test_site_that_was_off_for_a_long_weekend_goes_on_at_once(tick, set_clock):
    set_clock(4 * DAY)
    assert tick() == (ALL, "", 0)


def test_second_jump_begins_the_day_anew(tick, set_clock):
    set_clock(365 * DAY)
    tick()
    set_clock(5 * DAY)
    assert "purge" not in tick()[0]
    set_clock(DAY / 2)
    assert "purge" not in tick()[0]


def test_somebody_may_say_that_the_clock_is_right(tick, set_clock):
    set_clock(21 * DAY)
    tick()
    assert tick("--clock-is-right") == (["purge"], "", 0)


def test_job_alone_does_not_get_around_it(tick, set_clock):
    set_clock(365 * DAY)
    names, said, code = tick("--only", "purge", "--now")
    assert (names, code) == ([], 1)
    assert said.startswith("purge: the clock has jumped")
    assert tick("--only", "hourly", "--now")[0] == ["hourly"]


def test_list_says_that_work_waits_for_the_clock(tick, set_clock):
    set_clock(365 * DAY)
    tick()
    (line,) = [line for line in tick("--list")[1].splitlines() if line.startswith("purge")]
    assert line.endswith("2027-03-11 09:00  waits until the clock can be believed")
