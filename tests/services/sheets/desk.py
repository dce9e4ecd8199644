"""Somebody at a desk with a spreadsheet: exports, edits, uploads and applies it."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from services.models import SheetImport


class Desk:
    """A browser of somebody in a city, with the office's pages of sheets."""

    def __init__(self, browser, city):
        self.browser, self.city = browser, city

    def address(self, name, *args):
        return reverse(name, args=[self.city.slug, *args])

    def export(self, form="csv", **query):
        """The bytes of an export."""
        response = self.browser.get(self.address("sheets-export"), {"format": form} | query)
        assert response.status_code == 200
        return response.content

    def rows(self, **query):
        """The rows of a CSV export, as dicts."""
        text = self.export("csv", **query).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def upload(self, content, name="sheet.csv", **fields):
        """The response to an upload; `content` is bytes, or rows as dicts or lists."""
        content = content if isinstance(content, bytes) else as_csv(content)
        data = {"file": SimpleUploadedFile(name, content)} | fields
        return self.browser.post(self.address("sheets"), data)

    def dry_run(self, content, name="sheet.csv", **fields):
        """The `SheetImport` of an upload, and its lines."""
        response = self.upload(content, name, **fields)
        assert response.status_code == 302, response.content.decode()
        one = SheetImport.objects.get(pk=response["Location"].strip("/").split("/")[-1])
        return one, one.result["lines"] if one.result else []

    def apply(self, one, **fields):
        return self.browser.post(self.address("sheet-apply", one.pk), fields)

    def bring_in(self, content, name="sheet.csv", **fields):
        """Upload and apply, whatever the city loses by it; the import."""
        one, lines = self.dry_run(content, name, **fields)
        assert not one.counts["rejected"], lines
        assert self.apply(one, anyway="yes").status_code == 302
        one.refresh_from_db()
        assert one.state == "applied"
        return one


def as_csv(rows):
    """Rows as bytes of CSV: dicts with one set of keys, or lists the first of which is the headers."""
    if isinstance(rows[0], dict):
        rows = [list(rows[0]), *(list(row.values()) for row in rows)]
    into = io.StringIO()
    csv.writer(into).writerows(rows)
    return into.getvalue().encode("utf-8-sig")


def as_xlsx(rows):
    """Rows as bytes of a workbook, as Excel would store what is typed."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def from_xlsx(content):
    """The cells of the first sheet."""
    return [
        list(row)
        for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    ]
