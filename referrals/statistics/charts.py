"""What the page shows of a publication: tables, each with its bars."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from referrals.models import Outcome
from referrals.pathway.facts import GROUPS
from referrals.statistics import phrases
from referrals.statistics.publication import NO_GROUP, TABLES, YES, acceptance

End = Outcome.End

#: The order in which ends are told: what went well first.
ENDS = (End.ARRIVED, End.ACCEPTED, End.ABSENT, End.REFUSED, End.SILENT, End.RECALLED)
TITLES = {
    "need": _("By need"),
    "group": _("By group"),
    "urgency": _("By urgency"),
    "month": _("By month"),
}
#: Wider ranges of percent say nothing.
WIDEST = 40
#: A bar is so many units wide.
WIDTH = 100


@dataclass(frozen=True)
class Piece:
    """A part of a bar."""

    css: str
    x: float
    width: float


@dataclass(frozen=True)
class Cell:
    """A cell with its column's name, which a narrow page says before it."""

    column: str
    words: str
    is_few: bool = False


@dataclass(frozen=True)
class Line:
    """A row: its name, its bar and its cells."""

    name: str
    pieces: list[Piece]
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table of lines; `few` names the rows that hold nothing but “fewer than 5”."""

    code: str
    title: str
    columns: list[str]
    lines: list[Line]
    few: list[str]


def legend():
    """Every end with its sign and words."""
    return [{"code": e.value, "sign": phrases.SIGNS[e], "words": phrases.end(e)} for e in ENDS]


def withheld(publication):
    """The names of the ends that are not shown."""
    return [phrases.end(end) for end in ENDS if not publication.ends[end]]


def tables(publication, names):
    """A `Table` for each way to cut the ends."""
    return [_of_ends(publication, table, names) for table in TABLES]


def summary(publication):
    """What is known of all referrals of each end, and of how many were taken of those answered."""
    totals = {end: publication.total(end) for end in ENDS}
    found = [(phrases.end(end), totals[end], f"bar--{end}") for end in ENDS]
    rate = acceptance([totals[end] for end in YES], totals[End.REFUSED])
    return _ranges("all", _("All referrals"), _("Referrals"), found), _told(rate)


def reasons(publication, names):
    """Why services refused; None where that is not shown."""
    bands = publication.ends[End.REFUSED].get("reason")
    if bands is None:
        return None
    name = phrases.rows("reason", names)
    found = [(name(row), band, "bar--cannot") for row, band in bands.items()]
    return _ranges("reason", _("Why services refused"), _("Referrals"), found)


def in_time(publication):
    """[(urgency, within what, share in words or "", its pieces)] of the first answers."""
    name = phrases.rows("urgency", None)
    return [
        {
            "name": name(urgency),
            "within": phrases.WITHIN[urgency],
            "words": phrases.SHARES[share.low, share.high] if share else "",
            "pieces": _range(share.low, share.high, 1, "bar--arrived") if share else [],
        }
        for urgency, share in publication.in_time.items()
    ]


def dead_ends(publication, names):
    """Needs that ended in nothing, by need, and by group among them."""
    groups = (NO_GROUP, *GROUPS)
    name = phrases.rows("need", names)
    columns = [phrases.visits(group, names) for group in groups]
    scale = _scale(bands[NO_GROUP].high for bands in publication.dead_ends.values())
    lines, few = [], []
    for need, bands in publication.dead_ends.items():
        whole = bands[NO_GROUP]
        if whole.is_few:
            few.append(name(need))
            continue
        cells = [
            Cell(column, phrases.band(bands[group]), bands[group].is_few)
            for column, group in zip(columns, groups, strict=True)
        ]
        lines.append(Line(name(need), _range(*whole, scale, "bar--no-answer"), cells))
    return Table("dead-end", _("Needs that ended in nothing"), columns, lines, few)


def _of_ends(publication, table, names):
    name, shown = phrases.rows(table, names), [end for end in ENDS if publication.ends[end]]
    rows = publication.ends[shown[0]][table] if shown else ()
    bands = {row: {end: publication.ends[end][table][row] for end in shown} for row in rows}
    scale = _scale(sum(band.low for band in of_row.values()) for of_row in bands.values())
    lines, few = [], []
    for row, of_row in bands.items():
        if all(band.is_few for band in of_row.values()):
            few.append(name(row))
        else:
            lines.append(Line(name(row), _stack(of_row, scale), _cells(of_row)))
    columns = [*(phrases.end(end) for end in shown), _("Share taken")]
    return Table(table, TITLES[table], columns, lines, few)


def _cells(of_row):
    cells = [Cell(phrases.end(e), phrases.band(band), band.is_few) for e, band in of_row.items()]
    rate = _told(acceptance([of_row.get(end) for end in YES], of_row.get(End.REFUSED)))
    return [*cells, Cell(_("Share taken"), rate or "–", not rate)]


def _told(rate):
    """A range of percent in words, unless it is too wide to say anything."""
    return phrases.percent(rate) if rate and rate[1] - rate[0] <= WIDEST else ""


def _ranges(code, title, column, found):
    """A table of one column: the sure part of each bar is full, what may be more is pale."""
    scale = _scale(band.high for _name, band, _css in found if band)
    lines = [
        Line(
            name,
            _range(*band, scale, css) if band else [],
            [Cell(column, phrases.band(band), bool(band) and band == (0, 4))],
        )
        for name, band, css in found
        if not (code == "reason" and band.is_few)
    ]
    few = [name for name, band, _css in found if code == "reason" and band.is_few]
    return Table(code, title, [column], lines, few)


def _scale(values):
    """So much of a bar is one."""
    return WIDTH / max([1, *values])


def _stack(of_row, scale):
    """The least that each end can be, one after the other."""
    pieces, x = [], 0.0
    for end, band in of_row.items():
        if band.low:
            pieces.append(Piece(f"bar--{end}", round(x, 2), round(band.low * scale, 2)))
            x += band.low * scale
    return pieces


def _range(low, high, scale, css):
    sure, more = round(low * scale, 2), round((high - low) * scale, 2)
    return [Piece(css, 0, sure), Piece(f"{css} bar--perhaps", sure, more)]
