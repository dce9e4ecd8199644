"""A table whose columns are ours: straight from an export or template, or by a mapping."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from services.sheets.columns import BY_NAME, REQUIRED
from services.sheets.tables import FileError, cell


@dataclass
class Sheet:
    """Rows as (number in the file, texts by our column), and in which column of the file each stands.

    Of a `foreign` one an empty cell says nothing; of ours it says that there is nothing.
    """

    origins: dict
    rows: list
    language: str = ""
    foreign: bool = False
    notes: list = field(default_factory=list)

    def cell(self, column, number):
        """The name of a cell; of a column that the file has not, the first one of the row."""
        return cell(self.origins.get(column, 0), number)

    def as_json(self):
        names = list(self.origins)
        rows = [[number, [row.get(name, "") for name in names]] for number, row in self.rows]
        return {
            "origins": self.origins,
            "rows": rows,
            "language": self.language,
            "foreign": self.foreign,
            "notes": self.notes,
        }


def from_json(said):
    """The `Sheet` that `as_json` wrote."""
    names = list(said["origins"])
    rows = [(number, dict(zip(names, texts, strict=True))) for number, texts in said["rows"]]
    return Sheet(said["origins"], rows, said["language"], said["foreign"], said["notes"])


def of_ours(table):
    """The `Sheet` of a table with our own headers, else None. Refuses one header given twice."""
    headers = [header.strip().casefold() for header in table.headers]
    named = [header for header in headers if header]
    if not set(named) <= set(BY_NAME) or not ("id" in named or set(REQUIRED) <= set(named)):
        return None
    for header in named:
        if named.count(header) > 1:
            message = _("Two columns are called “%(name)s”. Take one away.")
            raise FileError(message % {"name": header})
    origins = {header: index for index, header in enumerate(headers) if header}
    rows = [
        (number, {name: _at(row, index) for name, index in origins.items()})
        for number, row in zip(table.numbers, table.rows, strict=True)
    ]
    return Sheet(origins, rows, _language(rows), notes=list(table.notes))


def _at(row, index):
    return row[index] if index < len(row) else ""


def _language(rows):
    """The one language that the texts of a file are in, as the file says; empty if it says none."""
    said = {row.get("texts_in", "") for _number, row in rows} - {""}
    if not said:
        return ""
    if len(said) > 1 or not said <= set(dict(settings.LANGUAGES)):
        known = ", ".join(dict(settings.LANGUAGES))
        message = _("The column texts_in must say the same in each row, one of: %(known)s.")
        raise FileError(message % {"known": known})
    return said.pop()


def without_sealed(table):
    """Empty the columns that are for administrators; whether there were any."""
    sealed = [
        index
        for index, header in enumerate(table.headers)
        if header.strip().casefold() in BY_NAME and BY_NAME[header.strip().casefold()].sealed
    ]
    for index in sealed:
        table.headers[index] = ""
        for row in table.rows:
            if index < len(row):
                row[index] = ""
    return bool(sealed)
