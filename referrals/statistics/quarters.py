"""Quarters of a year: the only spans of time of which anything is published.

They do not overlap, and one is published when it is over and can change no more. Months, weeks or
“the last ninety days” could be subtracted from each other, and so could two looks at the same one.
"""

import datetime
from typing import NamedTuple

#: Counts are kept for so many years, always whole quarters: half a one could be subtracted, too.
YEARS_KEPT = 5
#: What closes at midnight is in the database by then.
GRACE = datetime.timedelta(days=1)


class Quarter(NamedTuple):
    """Three months of a year; `number` is 1 to 4."""

    year: int
    number: int

    @property
    def code(self):
        return f"{self.year}-Q{self.number}"

    @property
    def months(self):
        """The first days of its months."""
        return [datetime.date(self.year, 3 * self.number - back, 1) for back in (2, 1, 0)]

    @property
    def start(self):
        return self.months[0]

    @property
    def last_day(self):
        return self.following.start - datetime.timedelta(days=1)

    @property
    def published_on(self):
        """The day from which it may be read."""
        return self.following.start + GRACE

    @property
    def following(self):
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


def quarter_of(day):
    """The `Quarter` of a date."""
    return Quarter(day.year, (day.month + 2) // 3)


def oldest_kept(today):
    """The oldest `Quarter` that is kept in whole."""
    this = quarter_of(today)
    return Quarter(this.year - YEARS_KEPT, this.number)


def published(began, today):
    """The quarters that may be read on a day, newest first, counting since the day it `began`."""
    found, quarter = [], max(quarter_of(began), oldest_kept(today))
    while quarter.published_on <= today:
        found.append(quarter)
        quarter = quarter.following
    return found[::-1]
