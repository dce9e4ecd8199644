"""Opening hours on the card: days that are alike together, in the person's language."""

import pytest

from referrals.card import hours
from referrals.card.words import known

RUNS = {
    "Mo-Fr 09:00-17:00": [((0, 4), "09:00–17:00")],
    "Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-12:00": [
        ((0, 4), "09:00–12:00, 13:00–17:00"),
        ((5, 5), "10:00–12:00"),
    ],
    "Mo,We 09:00-12:00": [((0, 0), "09:00–12:00"), ((2, 2), "09:00–12:00")],
    "Mo-Fr 09:00-17:00; PH off": [((0, 4), "09:00–17:00")],
    "Fr 22:00-06:00": [((4, 4), "22:00–06:00")],
    "24/7": [],
    "": [],
    "nonsense": [],
    'Mo-Fr 09:00-17:00 unknown "ask"': [],
}


@pytest.mark.parametrize(("written", "runs"), RUNS.items(), ids=[*RUNS])
def test_hours_of_an_ordinary_week(written, runs):
    assert hours.weekly(written, "Europe/Brussels") == runs


def test_days_are_named_in_the_language_of_the_card():
    runs = hours.weekly("Mo-Fr 09:00-17:00; Sa 10:00-12:00", "Europe/Rome")
    assert hours.in_words(runs, known("es")) == [
        ("lun – vie", "09:00–17:00"),
        ("sáb", "10:00–12:00"),
    ]
