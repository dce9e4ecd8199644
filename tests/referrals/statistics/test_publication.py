"""What is published of a quarter, and that subtracting tells nothing of a few."""

import datetime
import itertools
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.handoff import rules
from referrals.models import Outcome, Referral
from referrals.pathway.facts import GROUPS, NEEDS
from referrals.statistics.bands import FEW, Band, band_of
from referrals.statistics.publication import (
    ANOTHER,
    IN_TIME,
    NO_GROUP,
    Share,
    acceptance,
    publish,
)
from referrals.statistics.quarters import Quarter

QUARTER = Quarter(2026, 3)
JULY, AUGUST, SEPTEMBER = QUARTER.months
FEW_BAND = Band(0, 4)
LIMITS = {"1h": 1, "3h": 3, "1d": 24, "3d": 72}


def outcome(count=1, **fields):
    defaults = {"month": JULY, "need": "shelter", "group": "families", "urgency": "24h",
                "end": "arrived", "reason": "", "speed": "1h", "count": count}  # fmt: skip
    return defaults | fields


def spread(number, end="arrived", **fields):
    """So many referrals, a third in each month, half of each group and urgency."""
    found = []
    for index, month in enumerate(QUARTER.months):
        half = number // 6
        rest = number - 6 * half if index == 0 else 0
        found.append(outcome(half + rest, month=month, end=end, **fields))
        others = {"urgency": "2w", "group": "lgbtqi"} | fields
        found.append(outcome(half, month=month, end=end, **others))
    return found


def test_every_row_is_there_though_nothing_happened():
    empty = publish(QUARTER, [], [])
    for end, tables in empty.ends.items():
        wanted = {"need", "group", "urgency", "month"} | ({"reason"} if end == "cannot" else set())
        assert set(tables) == wanted
        assert {band for table in tables.values() for band in table.values()} == {FEW_BAND}
    assert empty.in_time == dict.fromkeys(Referral.Urgency.values)
    assert set(empty.dead_ends) == set(NEEDS)
    assert empty.total("arrived") == Band(0, 12)


def test_numbers_become_bands():
    found = publish(QUARTER, spread(60), [])
    assert found.band("arrived", "need", "shelter") == Band(50, 74)
    assert found.band("arrived", "need", "rape-care") == FEW_BAND
    assert found.band("arrived", "month", AUGUST) == Band(20, 29)
    assert found.band("arrived", "group", "lgbtqi") == Band(30, 39)
    assert found.band("cannot", "need", "shelter") == FEW_BAND
    assert found.total("arrived") == Band(60, 82)


def test_one_referral_more_or_less_within_a_band_changes_nothing():
    assert publish(QUARTER, [outcome(1)], []) == publish(QUARTER, [], [])
    assert publish(QUARTER, [outcome(4)], []) == publish(QUARTER, [], [])


def test_an_end_that_would_tell_too_much_is_withheld_alone_and_whole():
    telling = [outcome(n, month=m) for n, m in zip((4, 3, 3), QUARTER.months, strict=True)]
    found = publish(QUARTER, telling + spread(60, "no-answer", speed="never"), [])
    assert found.ends["arrived"] == {}
    assert found.band("arrived", "need", "shelter") is None
    assert found.total("arrived") is None
    assert found.band("no-answer", "need", "shelter") == Band(50, 74)


def test_reasons_are_withheld_with_the_refused():
    refused = [
        outcome(n, month=m, end="cannot", reason="full")
        for n, m in zip((4, 3, 3), QUARTER.months, strict=True)
    ]
    assert publish(QUARTER, refused, []).ends["cannot"] == {}
    found = publish(QUARTER, spread(36, "cannot", reason="full"), [])
    assert found.band("cannot", "reason", "full") == Band(30, 39)


def test_codes_that_nobody_knows_any_more_are_counted_somewhere():
    rows = spread(60, need="gone", group="gone")
    found = publish(QUARTER, rows, [])
    assert found.band("arrived", "need", ANOTHER) == Band(50, 74)
    assert found.band("arrived", "group", NO_GROUP) == Band(50, 74)


def test_in_time_is_what_the_rules_call_in_time():
    for urgency, speeds in IN_TIME.items():
        hours = rules.ANSWERED_WITHIN[urgency] / datetime.timedelta(hours=1)
        assert speeds == {speed for speed, limit in LIMITS.items() if limit <= hours}


@pytest.mark.parametrize(
    ("timely", "late", "share"),
    [(9, 0, None), (30, 0, Share(75, 100)), (24, 6, Share(75, 100)), (20, 10, Share(50, 75)),
     (10, 20, Share(25, 50)), (0, 30, Share(0, 25))],
)  # fmt: skip
def test_how_many_came_in_time_is_told_in_quarters(timely, late, share):
    rows = [
        outcome(count, month=month, speed=speed)
        for count, speed in ((timely, "3h"), (late, "later"))
        for month in (QUARTER.months if timely + late >= 10 else [JULY])
    ]
    assert publish(QUARTER, rows, []).in_time["24h"] == share


def test_of_ten_it_is_told_in_halves():
    rows = [outcome(4, month=m, group=g) for m, g in zip(QUARTER.months, GROUPS, strict=False)]
    rows += [outcome(8, month=m, group="lgbtqi", urgency="2w") for m in QUARTER.months]
    found = publish(QUARTER, rows, [])
    assert found.band("arrived", "urgency", "24h") == Band(10, 14)
    assert found.in_time["24h"] == Share(50, 100)


@pytest.mark.parametrize(("least", "parts"), [(20, 4), (10, 2)])
def test_a_share_leaves_the_few_among_the_many_in_the_dark(least, parts):
    """For each number of answers: who came in time, and who late, may be none to four, or five and more."""
    for number in range(least, 200):
        by_part = defaultdict(set)
        for timely in range(number + 1):
            by_part[min(parts * timely // number, parts - 1)].add(timely)
        for found in by_part.values():
            for values in (found, {number - timely for timely in found}):
                assert min(values) >= FEW or values >= set(range(FEW))


def test_dead_ends_are_counted_by_need_and_group():
    rows = [{"need": "shelter", "group": "", "count": 12},
            {"need": "shelter", "group": "families", "count": 6},
            {"need": "shelter", "group": "lgbtqi", "count": 3},
            {"need": "shelter", "group": "", "count": 2}]  # fmt: skip
    found = publish(QUARTER, [], rows).dead_ends
    assert found["shelter"] == {
        "": Band(10, 14), "families": Band(5, 9), "lgbtqi": FEW_BAND,
        "women-girls": FEW_BAND, "unaccompanied-children": FEW_BAND,
    }  # fmt: skip
    assert set(found["housing"].values()) == {FEW_BAND}


@given(st.integers(0, 300), st.data())
def test_the_parts_of_dead_ends_narrow_neither_each_other_nor_the_whole(whole, data):
    """Each cell can be anything in its band, the others being somewhere in theirs."""
    part = band_of(data.draw(st.integers(0, whole)))
    total = band_of(whole)
    whole_when = {p: [w for w in range(total.low, total.high + 1) if w >= p] for p in part}
    assert all(whole_when.values())
    assert all(any(p <= w for p in range(part.low, part.high + 1)) for w in total)


def test_acceptance_follows_from_bands_alone():
    few, many, some = FEW_BAND, Band(20, 29), Band(5, 9)
    assert acceptance([many, few, few], some) == (68, 89)
    assert acceptance([few, few, few], few) is None
    assert acceptance([many, few, None], some) is None
    assert acceptance([many, few, few], None) is None
    for counts in itertools.product((20, 29), (0, 4), (0, 4), (5, 9)):
        taken = sum(counts[:3])
        assert 68 <= 100 * taken / sum(counts) <= 89


# -- by brute force ---------------------------------------------------------------------------

ROW = st.fixed_dictionaries(
    {
        "month": st.sampled_from(QUARTER.months),
        "need": st.sampled_from(NEEDS[:4]),
        "group": st.sampled_from([*GROUPS, ""]),
        "urgency": st.sampled_from(Referral.Urgency.values),
        "end": st.sampled_from([*Outcome.End.values]),
        "reason": st.sampled_from(Referral.Reason.values[:3]),
        "speed": st.sampled_from([*LIMITS]),
        "count": st.integers(1, 9),
    }
)


def sums(bands):
    """Every sum of numbers out of these bands, one number after the other."""
    found = {0}
    for band in bands:
        found = {total + number for total in found for number in range(band.low, band.high + 1)}
    return found


def attained(tables):
    """(table, row) -> every value that some numbers with equal sums give it: no formula, all of them."""
    by_table = {name: sums(rows.values()) for name, rows in tables.items()}
    together = set.intersection(*by_table.values())
    found = {}
    for name, rows in tables.items():
        # Cells with the same band stand beside the same others.
        for band in set(rows.values()):
            beside = list(rows.values())
            beside.remove(band)
            others = sums(beside)
            values = range(band.low, band.high + 1)
            possible = {v for v in values if any(t - v in others for t in together)}
            found.update(((name, row), possible) for row, b in rows.items() if b == band)
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, max_size=12))
def test_every_suppressed_cell_could_be_none_to_four(rows):
    found = publish(QUARTER, rows, [])
    for end, tables in found.ends.items():
        if tables:
            least, most = found.total(end)
            together = set.intersection(*(sums(table.values()) for table in tables.values()))
            assert together == set(range(least, most + 1))
            assert len(together) >= FEW
        for (name, row), values in attained(tables).items() if tables else ():
            assert len(values) >= FEW
            if tables[name][row].is_few:
                assert values == set(range(FEW))


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=12))
def test_any_numbers_that_fit_one_end_fit_beside_every_other(rows):
    """The ends share no cell: another end's numbers change none of the first one's tables."""
    whole = publish(QUARTER, rows, [])
    for end in Outcome.End.values:
        alone = publish(QUARTER, [row for row in rows if row["end"] == end], [])
        assert alone.ends[end] == whole.ends[end]


def year(by_quarter):
    return [publish(Quarter(2026, n), by_quarter.get(n, []), []) for n in (1, 2, 3, 4)]


@settings(max_examples=30, deadline=None)
@given(st.lists(ROW, max_size=10), st.lists(ROW, max_size=10))
def test_two_quarters_have_no_difference_that_tells(first, second):
    """What is published of a quarter is the same whatever stands in another one."""
    moved = [
        row | {"month": month}
        for row in second
        for month in [Quarter(2026, 4).months[QUARTER.months.index(row["month"])]]
    ]
    both = year({3: first, 4: moved})
    assert both[2] == year({3: first})[2]
    assert both[3] == year({4: moved})[3]


def test_a_year_is_no_more_than_its_quarters():
    """Four suppressed cells add up to anything from none to sixteen: no yearly sum is published."""
    quarters = [publish(Quarter(2026, n), [], []) for n in (1, 2, 3, 4)]
    cells = [quarter.band("arrived", "need", "shelter") for quarter in quarters]
    assert sums(cells) == set(range(4 * (FEW - 1) + 1))


def test_how_the_rows_are_kept_does_not_show():
    """The same rows in another order, or split into more of them, are published alike."""
    rows = spread(60) + spread(40, "cannot", reason="full")
    split = [row | {"count": part} for row in rows for part in (1, row["count"] - 1)]
    assert publish(QUARTER, rows[::-1], []) == publish(QUARTER, split, [])
