"""Sheets out: CSV and XLSX in which nothing is ever run as a formula."""

import csv
import io

from django.utils.translation import gettext as _

from services.models import Need, TargetGroup
from services.sheets.columns import REQUIRED
from services.sheets.present import present, texts
from services.sheets.values import LONGEST_CELL, UNWRITABLE, Phones

#: Signs with which a spreadsheet begins a formula, and our own before one.
RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDE = {"summary": 50, "name": 30, "official_name": 30, "organisation": 30, "id": 38, "needs": 30}


def guarded(text):
    """The text with an apostrophe before it where a spreadsheet would run it, or take it for a number."""
    return f"'{text}" if text.startswith(RISKY) else text


def unguarded(text):
    """The text that `guarded` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


def export(around, form):
    """The bytes of a sheet of everything that may be edited here; a dozen queries for each 500."""
    rows = (list(texts(one, around).values()) for one in present(around.services(), around))
    return WRITERS[form](around, rows)


def template(around, form):
    """The bytes of an empty sheet: headers, an example that an import passes over, allowed values."""
    return WRITERS[form](around, [_example(around)], with_values=True)


def _example(around):
    note = _("Example: this row is passed over. Leave the id empty for a new listing.")
    said = {
        "id": f"# {note}",
        "texts_in": around.language,
        "organisation": "Harbour Advice",
        "official_name": "Open Desk",
        "language": around.language,
        "name": "Open Desk",
        "summary": "Advice in several languages.",
        "status": "draft",
        "visibility": "public",
        "confidential": "no",
        "reach": "city",
        "needs": "legal-advice; helpline",
        "phones": "+32 2 555 01 00",
        "opening_hours": "Mo-Fr 09:00-17:00; PH off",
        "languages": "en; fr; ar",
        "cost": "free",
        "takes_undocumented": "takes",
        "takes_men": "asks first",
    }
    return [said.get(column.name, "") for column in around.columns]


def csv_bytes(around, rows, *, with_values=False):
    """CSV in UTF-8 with a byte order mark, without which Excel spoils every accent."""
    return "".join(csv_of([column.name for column in around.columns], rows)).encode("utf-8-sig")


def csv_of(headers, rows):
    """Lines of CSV."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in (headers, *rows):
        writer.writerow([guarded(str(text)) for text in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def xlsx_bytes(around, rows, *, with_values=False):
    """A workbook: every cell is text, so that a number keeps its plus and nothing is a date."""
    # Here, as below: importing it takes a quarter of a second, for which every start would wait.
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Listings")
    sheet.freeze_panes = "B2"
    for number, column in enumerate(around.columns, start=1):
        width = WIDE.get(column.name, 18)
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.number_format = width, "@"
    sheet.append([_head(sheet, column.name) for column in around.columns])
    styles = _styles(sheet)
    are_phones = [isinstance(column.kind, Phones) for column in around.columns]
    for row in rows:
        sheet.append([_cell(sheet, *both, styles) for both in zip(row, are_phones, strict=True)])
    if with_values:
        _allowed(book, around)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def _head(sheet, text):
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    head = WriteOnlyCell(sheet, text)
    head.font = Font(bold=True)
    return head


def _styles(sheet):
    """The style of text, and of text that begins like a formula: made once, shared by all cells."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    found = []
    for quoted in (False, True):
        like = WriteOnlyCell(sheet, "")
        like.number_format, like.alignment = "@", Alignment(vertical="top")
        like.quotePrefix = quoted
        found.append(like._style)
    return found


def _cell(sheet, text, is_phone, styles):
    """A cell of text. A phone number keeps its plus: it is marked as text, and calls no function."""
    if not text:
        return None
    text = UNWRITABLE.sub("", text)[:LONGEST_CELL]
    risky = text.startswith(RISKY)
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell._value = text if is_phone else guarded(text)[:LONGEST_CELL]
    cell.data_type = "s"
    cell._style = styles[risky]
    return cell


def _allowed(book, around):
    sheet = book.create_sheet("Allowed values")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 44
    sheet.column_dimensions["C"].width = 60
    rows = [(_("column"), _("what it is"), _("what it may hold"))]
    rows += [(column.name, _labelled(column), str(column.kind.help)) for column in around.columns]
    for name, model in (("needs", Need), ("groups", TargetGroup)):
        terms = model.objects.prefetch_related("translations")
        rows += [(name, str(term), term.code) for term in terms]
    for row in rows:
        sheet.append([_cell(sheet, str(text), False, _styles(sheet)) for text in row])


def _labelled(column):
    said = [_("needed for a new listing")] if column.name in REQUIRED else []
    said += [_("not to be changed")] if column.fixed else []
    return " ".join([str(column.label), *(f"({text})" for text in said)])


WRITERS = {"csv": csv_bytes, "xlsx": xlsx_bytes}
