"""Many combinations in few words: all of them, each once, and nobody else."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.coverage.cubes import Space

AXES = {"age": ("child", "adult"), "who": ("woman", "man", "other"), "hour": ("day", "night")}
POINTS = list(itertools.product(*AXES.values()))
SPACE = Space(AXES, POINTS)
masks = st.integers(min_value=0, max_value=SPACE.everything)


@given(wanted=masks, universe=masks)
def test_facts_cover_what_is_wanted_and_nothing_else_of_the_universe(wanted, universe):
    universe |= wanted
    found = SPACE.cover(wanted, universe)
    together = 0
    for facts, mask in found:
        assert mask
        assert not mask & together
        assert not SPACE.of(facts) & universe & ~wanted
        assert mask & ~SPACE.of(facts) == 0
        together |= mask
    assert together == wanted


def where(**facts):
    return SPACE.of(facts)


def test_what_holds_of_everybody_needs_no_fact():
    [(facts, mask)] = SPACE.cover(SPACE.everything, SPACE.everything)
    assert facts == {}
    assert mask == SPACE.everything


def test_one_fact_is_enough_where_it_says_it_all():
    wanted = where(hour=("night",))
    assert SPACE.cover(wanted, SPACE.everything) == [({"hour": ("night",)}, wanted)]


def test_facts_that_differ_in_one_axis_are_joined():
    wanted = where(hour=("night",), who=("woman", "other"))
    [(facts, mask)] = SPACE.cover(wanted, SPACE.everything)
    assert facts == {"who": ("woman", "other"), "hour": ("night",)}
    assert mask == wanted


def test_who_cannot_be_meant_need_not_be_told_apart():
    """Where only women are looked at, nobody says that it is women."""
    wanted = where(hour=("night",), who=("woman",))
    universe = where(who=("woman",))
    assert SPACE.cover(wanted, universe) == [({"hour": ("night",)}, wanted)]


def test_a_point_that_is_not_wanted_has_no_facts():
    with pytest.raises(ValueError, match="not wanted"):
        SPACE._fewest(POINTS[0], 0, SPACE.everything)
