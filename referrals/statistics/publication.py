"""What is published of a quarter: bands, and shares that follow from no single referral.

The danger is somebody who subtracts. A worker knows one referral; who learns from two tables that a
cell held exactly one knows how it ended. So:

- **Whole quarters only**, each once, when it is over (`quarters`). There are no two spans of time
  with a difference, and two looks at one quarter show the same.
- **One fixed set of tables.** Nobody chooses a filter: every pair of filters is a subtraction. All
  rows are always there, because a row that appears says that something happened.
- **Bands instead of numbers** (`bands`). None and four look alike; no total is said. A band depends
  on its own number alone.
- **An audit** (`audit`). The tables of one end add up to the same number, and together may tell more
  than each alone. Where some cell could be narrowed, the whole end is withheld.
- **All or nothing.** It would be tempting to widen a band until the audit passes. But whoever knows
  the rule sees one wide band, works out why it had to be widened, and undoes it: ten urgent
  referrals over three months of “fewer than 5” would be shown as “5–14”, which only happens to ten
  and more. Whether an end is withheld depends on its bands alone, so that what is shown says no
  more than it shows; what is withheld shows nothing that could be narrowed.
- **Ends do not hang together.** How fast was answered is no table of numbers: it would add up to
  the ends, by urgency. It is said whether at least half (or which quarter) came in time, where the
  published bands alone say that there are enough, so that few that came late stay “fewer than 5”.
- **Dead ends are never added up.** Their cells are numbers of visits to a plan with a need, and of
  those of each group among them; a visit may have several needs and several groups. All a reader
  knows is that the part is no more than the whole, and equal bands do not narrow each other.

What no rule can help against: who made four of the five referrals themselves knows four of them.
"""

from collections import Counter
from dataclasses import dataclass

from referrals.models import Outcome, Referral
from referrals.pathway.facts import GROUPS, NEEDS
from referrals.statistics import audit
from referrals.statistics.bands import Band, band_of

End, Speed, Urgency = Outcome.End, Outcome.Speed, Referral.Urgency

#: A code that the pathway no longer knows is counted here, and the row is always there.
ANOTHER = "another"
NO_GROUP = ""
#: How an end is cut: table -> its rows, but for the months, which the quarter brings.
ROWS = {
    "need": (*NEEDS, ANOTHER),
    "group": (*GROUPS, NO_GROUP),
    "urgency": tuple(Urgency.values),
    "reason": tuple(Referral.Reason.values),
}
TABLES = ("need", "group", "urgency", "month")
#: Ends for which the service said yes or no.
YES = (End.ARRIVED, End.ABSENT, End.ACCEPTED)
ANSWERED = (*YES, End.REFUSED)
#: What counts as in time: `referrals.handoff.rules.ANSWERED_WITHIN` in words of `Outcome.Speed`.
IN_TIME = {
    Urgency.DAY: frozenset({Speed.HOUR, Speed.THREE_HOURS}),
    Urgency.THREE_DAYS: frozenset({Speed.HOUR, Speed.THREE_HOURS, Speed.DAY}),
    Urgency.TWO_WEEKS: frozenset({Speed.HOUR, Speed.THREE_HOURS, Speed.DAY, Speed.THREE_DAYS}),
}
#: (answers there are at least, parts told apart): of ten, half is five; of twenty, a quarter.
PARTS = ((20, 4), (10, 2))


@dataclass(frozen=True)
class Share:
    """A part of a whole, from `low` to `high` percent, cut into halves or quarters."""

    low: int
    high: int


@dataclass(frozen=True)
class Publication:
    """Everything that is published of a quarter."""

    quarter: object
    #: End -> table -> row -> `Band`; an end that is withheld has no tables.
    ends: dict
    #: Urgency -> `Share` of the first answers that came in time, or None where too few are sure.
    in_time: dict
    #: Need -> group -> `Band`; under `NO_GROUP` whatever the group.
    dead_ends: dict

    def band(self, end, table, row):
        """The `Band` of a cell; None where the end is withheld."""
        return self.ends[end][table][row] if self.ends[end] else None

    def total(self, end):
        """What the tables of an end tell of their sum; None where it is withheld."""
        tables = self.ends[end]
        return audit.total([list(rows.values()) for rows in tables.values()]) if tables else None


def publish(quarter, outcomes, dead_ends):
    """The `Publication` of a `Quarter` from all its rows, as dicts of the models' columns."""
    ends = {end: _tables(quarter, end, outcomes) for end in End.values}
    return Publication(
        quarter,
        ends,
        {urgency: _in_time(urgency, ends, outcomes) for urgency in Urgency.values},
        _dead_ends(dead_ends),
    )


def _tables(quarter, end, outcomes):
    rows = ROWS | {"month": tuple(quarter.months)}
    names = (*TABLES, "reason") if end == End.REFUSED else TABLES
    mine = [row for row in outcomes if row["end"] == end]
    tables = {name: _bands(_counted(mine, name, rows[name]), rows[name]) for name in names}
    too_much = audit.tells_too_much([list(table.values()) for table in tables.values()])
    return {} if too_much else tables


def _counted(outcomes, name, rows):
    """Row -> number; each outcome is in one row, so that every table has the same sum."""
    counts, fallback = Counter(), {"need": ANOTHER, "group": NO_GROUP, "reason": "other"}
    for row in outcomes:
        code = row[name]
        counts[code if code in rows else fallback[name]] += row["count"]
    return counts


def _bands(counts, rows):
    return {row: band_of(counts[row]) for row in rows}


def _in_time(urgency, ends, outcomes):
    """How many of the first answers came in time, told from what is published to be enough."""
    sure = sum(ends[end]["urgency"][urgency].low for end in ANSWERED if ends[end])
    parts = next((parts for least, parts in PARTS if sure >= least), None)
    if parts is None:
        return None
    answered = [r for r in outcomes if r["urgency"] == urgency and r["end"] in ANSWERED]
    number = sum(row["count"] for row in answered)
    timely = sum(row["count"] for row in answered if row["speed"] in IN_TIME[urgency])
    part = min(parts * timely // number, parts - 1)
    return Share(100 * part // parts, 100 * (part + 1) // parts)


def _dead_ends(rows):
    counts = Counter()
    for row in rows:
        counts[row["need"], row["group"]] += row["count"]
    return {
        need: {group: band_of(counts[need, group]) for group in (NO_GROUP, *GROUPS)}
        for need in NEEDS
    }


def acceptance(yes, refused):
    """(least, most) percent taken of those answered, by the `Band`s of yes and the one of no.

    None where a band is missing, or where they leave it open whether anybody was answered.
    """
    if refused is None or None in yes:
        return None
    taken = Band(sum(band.low for band in yes), sum(band.high for band in yes))
    if taken.low + refused.low == 0:
        return None
    return (
        100 * taken.low // (taken.low + refused.high),
        -(-100 * taken.high // (taken.high + refused.low)),
    )
