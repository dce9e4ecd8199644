"""Bands, shares, ends and rows in words."""

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.models import Outcome, Referral
from referrals.statistics.bands import FEW
from referrals.statistics.publication import ANOTHER, NO_GROUP

End, Urgency = Outcome.End, Referral.Urgency

#: End -> sign, beside its colour and its words.
SIGNS = {
    End.ARRIVED: "✓",
    End.ACCEPTED: "+",
    End.ABSENT: "~",
    End.REFUSED: "×",
    End.SILENT: "–",
    End.RECALLED: "↩",
}
#: What counts as in time, by urgency.
WITHIN = {
    Urgency.DAY: gettext_lazy("within three hours"),
    Urgency.THREE_DAYS: gettext_lazy("within a day"),
    Urgency.TWO_WEEKS: gettext_lazy("within three days"),
}
#: (low, high) of a `Share` -> words.
SHARES = {
    (0, 50): gettext_lazy("fewer than half"),
    (50, 100): gettext_lazy("at least half"),
    (0, 25): gettext_lazy("fewer than a quarter"),
    (25, 50): gettext_lazy("between a quarter and half"),
    (50, 75): gettext_lazy("between half and three quarters"),
    (75, 100): gettext_lazy("at least three quarters"),
}


def band(found):
    """A `Band` in words; None is withheld."""
    if found is None:
        return _("not shown")
    if found.high == FEW - 1 and found.low == 0:
        return _("fewer than %(few)d") % {"few": FEW}
    if found.low == 0:
        return _("at most %(most)s") % {"most": _number(found.high)}
    return f"{_number(found.low)}–{_number(found.high)}"


def percent(found):
    """(least, most) percent in words, or nothing where there is no saying."""
    if found is None:
        return ""
    # A plain space in the text that translators see; it must not end a line.
    return (_("%(least)d–%(most)d %%") % {"least": found[0], "most": found[1]}).replace(
        " %", "\N{NO-BREAK SPACE}%"
    )


def end(code):
    return capfirst(End(code).label)


def quarter(found):
    """A `Quarter` by its months."""
    first, _middle, last = found.months
    span = {"first": date_format(first, "F"), "last": date_format(last, "F Y")}
    return _("%(first)s to %(last)s") % span


def rows(table, names):
    """`name(row)` of a table; `names` are those of the taxonomy."""
    return {
        "need": lambda code: names.needs.get(code, _("Another need") if code == ANOTHER else code),
        "group": lambda code: names.groups.get(code, code) if code else _("No group named"),
        "urgency": lambda code: capfirst(Urgency(code).label),
        "month": lambda month: capfirst(date_format(month, "F Y")),
        "reason": lambda code: Referral.Reason(code).label,
    }[table]


def visits(code, names):
    """The column of a group in the table of dead ends."""
    return _("All visits") if code == NO_GROUP else names.groups.get(code, code)


def _number(value):
    return number_format(value, force_grouping=True)
