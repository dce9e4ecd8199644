"""All cells of the matrix as CSV, safe to open in a spreadsheet."""

import csv
import io

from referrals.coverage.people import BY_CODE

#: A spreadsheet reads a cell that begins with one of these as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADER = (
    "need", "need_name", "group", "person", "hour", "moment", "language", "status", "state",
    "served_by", "ask_first", "stale", "excluded",
)  # fmt: skip
#: Lines sent at once.
AT_ONCE = 500


def safe(value):
    """A value that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def lines(matrix, titles):
    """The file in parts of some hundred lines; `titles` are the names of needs."""
    part = io.StringIO()
    writer = csv.writer(part)
    writer.writerow(HEADER)
    for number, cell in enumerate(matrix.cells, start=1):
        writer.writerow(map(safe, _row(matrix, cell, titles)))
        if number % AT_ONCE == 0:
            yield part.getvalue()
            part.seek(0)
            part.truncate()
    yield part.getvalue()


def _row(matrix, cell, titles):
    tally = matrix.tally(cell)
    person = BY_CODE[cell.person]
    return (
        cell.need, titles.get(cell.need, cell.need), person.group, person.code, cell.hour,
        matrix.moments[cell.hour].isoformat(), cell.language, cell.status, tally.state,
        *(mask.bit_count() for mask in tally),
    )  # fmt: skip
