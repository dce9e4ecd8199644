"""What the cells of one row must agree on among themselves, and with what is there already.

Nothing that is sealed is opened by somebody who may not see it, and no place but a plain single one
is changed.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from services.phones import line_of
from services.roles import Power
from services.sheets.columns import COLUMNS
from services.sheets.present import ELSEWHERE, is_sealed
from services.visibility import Visibility

WIDTH = list(Visibility.values)
#: What every listing has: its cells are never empty.
NEVER_EMPTY = (
    "organisation", "official_name", "language", "name", "status", "visibility", "confidential", "needs",
)  # fmt: skip
PHONES = {c.key: c.name for c in COLUMNS if c.part == "phones"}
NAMES = {
    part: [c.name for c in COLUMNS if c.part == part] for part in ("words", "place", "sealed_place")
}
REACHED_BY = (*PHONES.values(), "email", "website", "sealed_website", "way_in", *NAMES["place"])


@dataclass
class Row:
    """A row to be judged: the values it would have, which of them change, and the listing it changes."""

    values: dict
    changed: set
    known: object
    around: object

    @property
    def may_open(self):
        return self.around.standing.may(Power.SEALED, self.around.city)

    def changes(self, *names):
        """The first of these columns that changes, or None."""
        return next((name for name in names if name in self.changed), None)


def complaints(row):
    """(column, what to do) of everything that this row may not do."""
    for rule in (_needs, _texts, _numbers, _openness, _phones, _place, _website, _published):
        yield from rule(row)


def _needs(row):
    for name in ("organisation", "needs"):
        if not row.values[name] and (row.known is None or name in row.changed):
            yield name, _("A listing needs this: fill it in.")


def _texts(row):
    column = row.changes(*NAMES["words"])
    if (column or not row.known) and not row.values["name"]:
        yield "name", _("Give it a name in the language of this file too.")


def _numbers(row):
    values = row.values
    is_said = values["capacity"] == "unknown" or values["capacity_until"]
    if row.changes("capacity", "capacity_until") and not is_said:
        yield "capacity_until", _("Say until when this is known about free places.")
    low, high = values["age_min"], values["age_max"]
    if row.changes("age_min", "age_max") and None not in (low, high) and low > high:
        yield "age_max", _("The oldest age is below the youngest one.")


def _openness(row):
    yield from _confidential(row)
    if not row.changes("visibility"):
        return
    now = row.values["visibility"]
    was = row.known.values["visibility"] if row.known else Visibility.PUBLIC.value
    if now == Visibility.SEALED and not row.may_open:
        yield "visibility", _("Only an administrator of the city seals a whole listing.")
    elif WIDTH.index(now) < WIDTH.index(was) and not row.may_open:
        yield "visibility", _("Only an administrator of the city shows it to more people.")


def _confidential(row):
    if not (row.known and row.changes("confidential")):
        return
    if not row.values["confidential"] and not row.may_open:
        yield "confidential", _("Only an administrator of the city takes this away.")
    if row.values["confidential"] and row.known.open_place:
        yield (
            "confidential",
            _("One of its places is not sealed yet: seal it in the listing's own form first."),
        )


def _phones(row):
    if not row.changes(*PHONES.values()):
        return
    seen = {}
    kept = _kept(row)
    for visibility, column in PHONES.items():
        for number in row.values.get(column, ()):
            line = line_of(number)
            if seen.setdefault(line, column) != column:
                yield (
                    column,
                    _("This number stands in two columns: %(number)s.") % {"number": number},
                )
            if WIDTH.index(visibility) < WIDTH.index(kept.get(line, Visibility.PUBLIC)):
                message = _(
                    "This number is shown to fewer people until now. Change that in the listing's own form: %(number)s."
                )
                yield column, message % {"number": number}


def _kept(row):
    """Line -> visibility, of phones that this row would show to more people.

    For an editor a sealed one is not named here: `applying` leaves it sealed and says nothing.
    """
    if row.known is None:
        return {}
    phones = row.known.service.phones.all()
    if not row.may_open:
        return {line_of(p.number): p.visibility for p in phones if p.visibility == "professional"}
    left = {phone.number for phone in phones} - {
        number for column in PHONES.values() for number in row.known.values.get(column, ())
    }
    moved = {PHONES[p.visibility] for p in phones} - row.changed
    return {
        line_of(p.number): p.visibility
        for p in phones
        if p.number in left or PHONES[p.visibility] in moved
    }


def _place(row):
    column, sealed = row.changes(*NAMES["place"]), row.changes(*NAMES["sealed_place"])
    elsewhere = _("A sheet does not change this place: change it in the listing's own form.")
    known = row.known
    if column and sealed:
        yield sealed, _("Give either the open place or the sealed one.")
    elif known and known.place == ELSEWHERE:
        yield from ((name, elsewhere) for name in (column, sealed) if name)
    elif known and known.place is not None:
        name = column if is_sealed(known) else sealed
        yield from ((one, elsewhere) for one in (name,) if one)
    yield from _point(row, "")
    yield from _point(row, "sealed_")


def _point(row, prefix):
    latitude, longitude = f"{prefix}latitude", f"{prefix}longitude"
    if row.changes(latitude, longitude):
        both = [row.values.get(name) for name in (latitude, longitude)]
        if both.count(None) == 1:
            missing = latitude if both[0] is None else longitude
            yield missing, _("Give both latitude and longitude, or neither.")


def _website(row):
    secret = row.known.secret if row.known else row.values["confidential"]
    if secret and row.known and row.changes("website"):
        yield (
            "website",
            _("The website of a confidential listing is kept by administrators: leave this empty."),
        )
    if not secret and row.changes("sealed_website"):
        yield (
            "sealed_website",
            _("This listing is not confidential: write it into the column website."),
        )
    if row.known is None and row.values.get("website") and row.values.get("sealed_website"):
        yield "sealed_website", _("Give one website.")


def _published(row):
    if row.values["status"] != "published" or not (row.changes("status") or row.known is None):
        return
    by_others = row.known and (row.known.service.phones.all() or row.known.place is not None)
    if not by_others and not any(row.values.get(name) for name in REACHED_BY):
        yield (
            "status",
            _("To be published it needs a phone, e-mail, website, place or another way in."),
        )
