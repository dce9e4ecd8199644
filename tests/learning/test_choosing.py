"""Which passages are offered, in which order, and to whom."""

from types import SimpleNamespace

import pytest

from learning.choosing import MOST, choose

KEY = "need:shelter"


def passage(code, group="", helps=(), also=()):
    return SimpleNamespace(code=code, group=group, helps=list(helps), also_helps=list(also))


def codes(passages, groups, key=KEY):
    return [found.code for found in choose(passages, key, groups)]


SHARED = passage("shared", helps=[KEY])
FAMILIES = passage("families", "families", helps=[KEY])
LGBTQI = passage("lgbtqi", "lgbtqi", helps=[KEY])
ALSO = passage("also", "families", also=[KEY])
OTHER = passage("other", helps=["need:legal-advice"])
ALL = [SHARED, FAMILIES, ALSO, LGBTQI, OTHER]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (set(), ["shared"]),
        ({"families"}, ["families", "shared", "also"]),
        ({"families", "lgbtqi"}, ["lgbtqi", "families", "shared", "also"]),
        ({"unaccompanied-children"}, ["shared"]),
    ],
)
def test_ones_own_groups_come_first_and_no_others(groups, expected):
    assert codes(ALL, groups) == expected


def test_what_only_helps_as_well_never_comes_first():
    """Hours count after sexual violence; how a group is welcomed comes after that."""
    assert codes([ALSO, SHARED], {"families"}) == ["shared", "also"]


def test_where_nothing_else_was_written_another_groups_passage_is_shown():
    assert codes([LGBTQI, OTHER, passage("aside", also=[KEY])], set()) == ["lgbtqi", "aside"]


def test_no_one_is_left_with_nothing():
    general = passage("general", helps=["need:disclosure"])
    assert codes([OTHER, general], set()) == ["general"]
    assert codes([OTHER], set()) == []


def test_few_are_offered():
    assert len(choose([SHARED] * 9, KEY, set())) == MOST
