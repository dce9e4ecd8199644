"""A file as a table of plain texts, with the name of each cell in its spreadsheet."""

import hashlib
from dataclasses import dataclass, field

from services.search import normalise

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CELLS = 2_000_000
#: What stands before the value of a cell that holds a formula.
FORMULA = "\x00formula"


class FileError(Exception):
    """Why a file cannot be read, in words for whoever uploaded it."""


@dataclass
class Table:
    """Headers and rows of texts; `numbers` are the rows' own in the file, where the header is 1.

    A cell that holds a formula is `FORMULA`: it is never worked out.
    """

    headers: list
    rows: list
    numbers: list
    notes: list = field(default_factory=list)

    @property
    def fingerprint(self):
        """By which a file with the same headers is known again."""
        said = "\n".join(normalise(header) for header in self.headers)
        return hashlib.sha256(said.encode()).hexdigest()

    def as_json(self):
        return {"headers": self.headers, "rows": self.rows, "numbers": self.numbers}


def cell(column, row):
    """The name of a cell, such as C14; `column` counts from 0."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row}"
