"""Masks say of each listing what matching says of it."""

import pytest

from referrals.coverage import grid
from referrals.coverage.masks import Masks
from referrals.pathway import ranking
from referrals.pathway.matching import fit
from services.bits import bits, numbers
from tests.referrals.coverage.towns import MOMENTS, NEEDS, opening_at, town

#: Every so many people of the grid.
EVERY = 11


@pytest.mark.parametrize("number", [25, 26])
def test_checks_find_what_a_fit_finds(number):
    listings = town(number)
    masks = Masks(listings)
    for facts in grid.FACTS[::EVERY]:
        for need in NEEDS:
            said = masks.said(facts, need)
            # What is asked besides at a door that refuses, nobody asks.
            asked = tuple(mask & ~said.refuses for mask in said[1:])
            expected = said_one_by_one(listings, facts, need)
            assert (said.refuses, *asked) == expected, (facts, need)


def said_one_by_one(listings, facts, need):
    """(refuse, ask, doubt, doubt because of the gender) of the listings for a need, as masks."""
    refuses = asks = doubts = gender = 0
    for number, one in enumerate(listings):
        if need not in one.needs:
            continue
        found, bit = fit(one, facts, need), 1 << number
        if found.refusals:
            refuses |= bit
            continue
        codes = [finding.code for finding in found.asks]
        asks |= bit if codes else 0
        doubts |= bit if any(map(ranking.doubts_the_person, codes)) else 0
        gender |= bit if any(code in ranking.OTHER_GENDER for code in codes) else 0
    return refuses, asks, doubts, gender


@pytest.mark.parametrize("hour", MOMENTS)
def test_openings_are_those_of_each_listing(hour):
    listings, moment = town(25), MOMENTS[hour]
    masks = Masks(listings)
    for state in ("open", "closed", "unknown"):
        expected = [n for n, one in enumerate(listings) if opening_at(moment)(one).state == state]
        assert list(numbers(masks.in_state(moment, state))) == expected


@pytest.mark.parametrize("found", [[], [0], [7, 8, 9], [0, 63, 64, 1000]])
def test_bits_and_numbers_are_each_other(found):
    assert list(numbers(bits(found, 1001))) == found
