"""How much the bands of several tables tell together that none of them tells alone.

The referrals of one quarter that ended alike are cut four ways: by need, by group, by urgency and by
month (the refused also by reason). Each way adds up to the same number, which is not published. So a
reader who adds up the lows of one table and the highs of another may learn that a cell of “fewer
than 5” is none. `ranges` works out all that can be learned so.

It is exact, not a guess: each table is a sum of cells that are free within their bands, such a sum
takes every whole number between its lowest and its highest, and the tables meet in their sum alone.
A table of margins always exists for any numbers that meet there, and no other end shares a cell.
"""

from referrals.statistics.bands import FEW, Band


def ranges(tables):
    """What is left of each cell, as `Band`s in the same order, when all tables add up to one number."""
    lows = [sum(band.low for band in table) for table in tables]
    highs = [sum(band.high for band in table) for table in tables]
    least, most = max(lows), min(highs)
    return [
        [
            Band(max(band.low, least - (high - band.high)), min(band.high, most - (low - band.low)))
            for band in table
        ]
        for table, low, high in zip(tables, lows, highs, strict=True)
    ]


def tells_too_much(tables):
    """Whether some cell could be known more closely than to five numbers in a row.

    A cell of “fewer than 5” has no more than these five, so that it must keep all of them.
    """
    left = [band for table in ranges(tables) for band in table]
    return any(band.high - band.low < FEW - 1 for band in left)


def total(tables):
    """What can be learned of the number that all these tables add up to: a `Band`.

    Where the audit passes it holds five numbers or more: a cell can move as far as the sum can.
    """
    return Band(
        max(sum(band.low for band in table) for table in tables),
        min(sum(band.high for band in table) for table in tables),
    )
