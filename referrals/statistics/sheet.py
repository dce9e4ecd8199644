"""Everything that is published as CSV, safe to open in a spreadsheet."""

import csv
import io

from referrals.coverage.sheet import safe
from referrals.models import Outcome
from referrals.statistics import phrases

#: A band has two columns: a spreadsheet takes “5–9” for a day in September.
HEADER = ("quarter", "table", "row", "row_name", "column", "unit", "state", "at_least", "at_most")


def lines(publications, names):
    """The file, a quarter at a time."""
    yield _written([HEADER])
    for publication in publications:
        yield _written(_rows(publication, names))


def _written(rows):
    part = io.StringIO()
    writer = csv.writer(part)
    writer.writerows([safe(value) for value in row] for row in rows)
    return part.getvalue()


def _rows(publication, names):
    quarter = publication.quarter.code
    for end in Outcome.End.values:
        yield from _of_end(publication, end, names)
    for urgency, share in publication.in_time.items():
        name = phrases.rows("urgency", names)(urgency)
        found = ("published", share.low, share.high) if share else ("too few", "", "")
        yield (quarter, "answered-in-time", urgency, name, "answered", "percent", *found)
    for need, bands in publication.dead_ends.items():
        name = phrases.rows("need", names)(need)
        for group, band in bands.items():
            column = group or "all"
            yield (quarter, "ended-in-nothing", need, name, column, "visits", "published", *band)


def _of_end(publication, end, names):
    quarter, tables = publication.quarter.code, publication.ends[end]
    if not tables:
        yield (quarter, "all", "", "", end, "referrals", "withheld", "", "")
        return
    total = publication.total(end)
    yield (quarter, "all", "", "", end, "referrals", "published", *total)
    for table, bands in tables.items():
        name = phrases.rows(table, names)
        for row, band in bands.items():
            code = f"{row:%Y-%m}" if table == "month" else row
            yield (quarter, table, code, name(row), end, "referrals", "published", *band)
