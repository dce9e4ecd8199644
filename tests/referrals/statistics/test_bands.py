"""A number is published as a band that depends on it alone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.statistics.bands import FEW, Band, band_of


@pytest.mark.parametrize(
    ("number", "band"),
    [(0, (0, 4)), (4, (0, 4)), (5, (5, 9)), (19, (15, 19)), (20, (20, 29)), (99, (75, 99)),
     (100, (100, 149)), (750, (750, 999)), (4321, (4000, 4999))],
)  # fmt: skip
def test_examples(number, band):
    assert band_of(number) == Band(*band)


@given(st.integers(min_value=0, max_value=10**7))
def test_a_number_is_in_its_band_with_at_least_four_others_of_the_same(number):
    band = band_of(number)
    assert band.low <= number <= band.high
    assert band.high - band.low >= FEW - 1
    assert band_of(band.low) == band_of(band.high) == band


def test_bands_neither_overlap_nor_leave_a_gap():
    bands = list(dict.fromkeys(map(band_of, range(5000))))
    assert all(a.high + 1 == b.low for a, b in itertools.pairwise(bands))


def test_none_and_few_look_alike():
    assert {band_of(number) for number in range(FEW)} == {Band(0, 4)}
    assert band_of(0).is_few
    assert not band_of(FEW).is_few


def test_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        band_of(-1)
