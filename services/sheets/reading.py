"""Bytes of a CSV or XLSX file as a `Table`. Believes nothing that a file says of itself."""

import codecs
import csv
import datetime
import io
import warnings
import zipfile

from django.utils.translation import gettext as _

from services.sheets.tables import (
    FORMULA,
    MOST_BYTES,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    FileError,
    Table,
)
from services.sheets.values import UNWRITABLE, plain
from services.sheets.writing import unguarded

#: What an XLSX file may unpack to, all of it, and how many times what it is packed in.
MOST_UNPACKED = 80 * 1024 * 1024
MOST_RATIO = 300
RATIO_FROM = 5 * 1024 * 1024
MOST_FILES = 500
#: Longer than any cell of a spreadsheet, and what a quotation mark that is never closed makes.
LONGEST_FIELD = 100_000
#: How the packages of old or encrypted Office files begin.
OLE = b"\xd0\xcf\x11\xe0"


def read(content):
    """The `Table` in these bytes. Raises `FileError`."""
    if len(content) > MOST_BYTES:
        too_large()
    if content.startswith(OLE):
        raise FileError(
            _("This is an old Excel file, or one with a password. Save it as XLSX without one.")
        )
    if content.startswith(b"PK"):
        return _table(_xlsx_rows(content))
    text, notes = _decoded(content)
    table = _table(_csv_rows(text))
    table.notes += notes
    return table


def too_large():
    raise FileError(_("The file is larger than 5 MB. Split it and import the parts."))


def _table(rows):
    """The table of numbered rows of texts: the first that is not empty holds the headers."""
    found, cells = None, 0
    for number, texts in _filled(rows):
        if found is None:
            found = _begun(texts)
        elif not texts[0].startswith("#"):
            cells += len(texts)
            _check_size(found, number, texts, cells)
            found.rows.append(texts)
            found.numbers.append(number)
    if found is None or not found.rows:
        raise FileError(_("The file has no rows below its headers. Fill in at least one."))
    return found


def _filled(rows):
    """Rows with something in them, without the empty cells at their end."""
    for number, row in rows:
        texts = [_checked(text) for text in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield number, texts


def _check_size(table, number, texts, cells):
    if len(table.rows) >= MOST_ROWS or cells > MOST_CELLS:
        message = _("The file has more than %(most)s rows. Split it and import the parts.")
        raise FileError(message % {"most": MOST_ROWS})
    if len(texts) > len(table.headers):
        message = _("Row %(row)s has more cells than there are headers. Give each column one.")
        raise FileError(message % {"row": number})


def _begun(headers):
    if len(headers) > MOST_COLUMNS:
        message = _("The file has more than %(most)s columns. Take away those not needed.")
        raise FileError(message % {"most": MOST_COLUMNS})
    return Table([header[:300] for header in headers], [], [])


def _checked(text):
    if text == FORMULA or not text:
        return text
    if "\0" in text:
        raise FileError(
            _("The file holds NUL bytes, which no text has. Save it anew as XLSX or CSV.")
        )
    return plain(unguarded(text))


# CSV


def _decoded(content):
    """The text of a CSV file and notes on how it had to be read."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode(content, "utf-16"), []
    if b"\0" in content:
        raise FileError(
            _("The file holds NUL bytes: it is no CSV. Save it as XLSX, or as CSV in UTF-8.")
        )
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = _(
            "The file is not in UTF-8; it was read as Windows-1252. Check letters with accents."
        )
        return _decode(content, "cp1252"), [note]


def _decode(content, encoding):
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError(
            _("The letters of the file cannot be read. Save it as CSV in UTF-8.")
        ) from error


def _csv_rows(text):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for number, row in enumerate(reader, start=1):
            if any(len(text) > LONGEST_FIELD for text in row):
                message = _("Row %(row)s has a cell without end. Is a quotation mark missing?")
                raise FileError(message % {"row": number})
            yield number, row
    except csv.Error as error:
        message = _("Row %(row)s of the file cannot be read. Save it anew as CSV or XLSX.")
        raise FileError(message % {"row": reader.line_num}) from error


def _delimiter(text):
    """What stands most often between the headers: Excel writes semicolons in half of Europe."""
    head = text.lstrip()[:20_000].partition("\n")[0]
    return max(",;\t", key=head.count)


# XLSX


def _xlsx_rows(content):
    # Here: importing it takes a quarter of a second, for which every start would wait.
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_package(package)
        # What openpyxl does not know of a workbook (styles, filters) is none of our business.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            yield from _rows_of(book.worksheets[0])
    except FileError:
        raise
    except Exception as error:  # a broken workbook fails in as many ways as it has parts
        raise FileError(
            _("The workbook cannot be opened: it is broken. Save it anew as XLSX.")
        ) from error


def _check_package(package):
    infos = package.infolist()
    names = {info.filename for info in infos}
    if "xl/workbook.xml" not in names:
        raise FileError(_("This is no XLSX file. Save the spreadsheet as XLSX or CSV."))
    unpacked = sum(info.file_size for info in infos)
    bombs = [i for i in infos if i.file_size > max(RATIO_FROM, MOST_RATIO * i.compress_size)]
    if len(infos) > MOST_FILES or unpacked > MOST_UNPACKED or bombs:
        raise FileError(_("The workbook unpacks to far more than it is. Save its rows as CSV."))


def _rows_of(sheet):
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        yield number, [_text(one) for one in row]


def _text(one):
    if one.data_type == "f":
        return FORMULA
    value = one.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return UNWRITABLE.sub("", str(value))
