"""What several tables tell together, tried against every number that there could have been."""

import itertools
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.statistics.audit import ranges, tells_too_much
from referrals.statistics.bands import FEW, Band, band_of

#: Up to this sum every table is enumerated; cells of at most 9 keep what is looked at below it.
MOST = 14


def bands(*tables):
    return [[band_of(number) for number in table] for table in tables]


def splits(total, cells):
    """Every way to write a total as so many counts."""
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in splits(total - first, cells - 1))


def attained(published):
    """By brute force: what each cell can be, of all tables with these bands and equal sums."""
    fitting = []
    for table in published:
        by_sum = defaultdict(list)
        for numbers in itertools.product(*(range(band.low, band.high + 1) for band in table)):
            by_sum[sum(numbers)].append(numbers)
        fitting.append(by_sum)
    sums = set.intersection(*(set(by_sum) for by_sum in fitting))
    return [
        [
            {numbers[place] for total in sums for numbers in by_sum[total]}
            for place in range(len(table))
        ]
        for table, by_sum in zip(published, fitting, strict=True)
    ]


@st.composite
def counts(draw):
    """Two to four tables of the same referrals."""
    total = draw(st.integers(0, 24))
    tables = []
    for cells in draw(st.lists(st.integers(1, 4), min_size=2, max_size=4)):
        cuts = sorted(draw(st.lists(st.integers(0, total), min_size=cells - 1, max_size=cells - 1)))
        edges = [0, *cuts, total]
        tables.append([b - a for a, b in itertools.pairwise(edges)])
    return tables


@settings(max_examples=200, deadline=None)
@given(counts())
def test_what_can_be_learned_is_what_brute_force_learns(tables):
    published = bands(*tables)
    left = [[set(range(low, high + 1)) for low, high in table] for table in ranges(published)]
    assert left == attained(published)


@settings(max_examples=200, deadline=None)
@given(counts())
def test_what_passes_leaves_every_suppressed_cell_all_it_could_be(tables):
    published = bands(*tables)
    possible = attained(published)
    narrowed = any(len(values) < FEW for table in possible for values in table)
    assert tells_too_much(published) == narrowed
    if not narrowed:
        for table, values in zip(published, possible, strict=True):
            suppressed = [v for band, v in zip(table, values, strict=True) if band.is_few]
            assert all(v == set(range(FEW)) for v in suppressed)


def test_three_small_months_give_away_a_busy_urgency():
    """Ten in all, all urgent: the months say twelve at most, so that the others are two at most."""
    published = bands([4, 3, 3], [10, 0, 0])
    assert ranges(published)[1] == [Band(10, 12), Band(0, 2), Band(0, 2)]
    assert tells_too_much(published)


def test_the_same_ten_spread_out_give_nothing_away():
    assert not tells_too_much(bands([4, 3, 3], [6, 4, 0], [8, 1, 1, 0]))


def test_cells_at_their_most_are_protected_as_those_at_none_are():
    """Twelve cells of four: the other table says forty at least, so that none of them is none."""
    published = bands([4] * 10, [20, 20])
    assert ranges(published)[0] == [Band(4, 4)] * 10
    assert tells_too_much(published)


def shown(tables):
    """What a reader gets: the bands, or that they are withheld."""
    published = tuple(tuple(table) for table in bands(*tables))
    return None if tells_too_much(published) else published


def test_to_know_how_it_is_decided_helps_nobody():
    """Of all tables that would have been published just so, each suppressed cell is any of the five.

    So the audit may look at the bands alone, and withhold all or nothing: who sees one band made
    wider than the others could work out why.
    """
    by_publication = defaultdict(list)
    for total in range(MOST + 1):
        for tables in itertools.product(splits(total, 3), splits(total, 2), splits(total, 2)):
            by_publication[shown(tables)].append(tables)
    looked_at = 0
    for publication, origins in by_publication.items():
        if publication is None or min(sum(b.high for b in t) for t in publication) > MOST:
            continue
        for place, table in enumerate(publication):
            for cell, band in enumerate(table):
                if band.is_few:
                    looked_at += 1
                    assert {origin[place][cell] for origin in origins} == set(range(FEW))
    assert looked_at >= 8
    assert None in by_publication


def test_what_is_withheld_could_have_been_anything():
    """“Withheld” alone says of no cell whether it is none, few or many."""
    withheld = [
        tables
        for total in range(MOST + 1)
        for tables in itertools.product(splits(total, 3), splits(total, 3))
        if shown(tables) is None
    ]
    for place, cell in itertools.product(range(2), range(3)):
        values = {tables[place][cell] for tables in withheld}
        assert values >= set(range(FEW + 1))
