"""Files that are broken, too large, or not what they say: a page that says what to do, never 500."""

import io
import zipfile

import pytest

from services.models import Service, SheetImport
from tests import factories
from tests.services.sheets.desk import as_csv, as_xlsx

pytestmark = pytest.mark.django_db

NEW = ["organisation", "name", "needs"]
ROW = ["Org", "Café", "shelter"]


@pytest.fixture(autouse=True)
def needs(db):
    return factories.make_need("shelter")


def repacked(content, **changed):
    """A workbook with some of its files replaced; the names without what a keyword cannot hold."""
    into = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            key = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, changed.get(key, old.read(name)))
    return into.getvalue()


GOOD = as_xlsx([NEW, ROW])
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
REFUSED = {
    "empty.csv": b"",
    "only-headers.csv": b"organisation,name,needs\n",
    "nul.csv": b"organisation,name,needs\nOrg,\0,shelter\n",
    "nul-in-utf16.csv": "organisation,name,needs\nOrg,a\0b,shelter\n".encode("utf-16"),
    "odd-utf16.csv": b"\xff\xfeo",
    "wide.csv": as_csv([[f"c{n}" for n in range(201)], ["x"]]),
    "wider-row.csv": as_csv([NEW, [*ROW, "more"]]),
    "long.csv": as_csv([NEW, *([ROW] * 20_001)]),
    "twice.csv": as_csv([[*NEW, "name"], [*ROW, "x"]]),
    "field.csv": b'organisation,name,needs\n"' + b"x" * 200_000,
    "large.csv": b"x" * (5 * 1024 * 1024 + 1),
    "much-larger.csv": b"x" * (6 * 1024 * 1024),
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "old.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "program.exe": b"MZ",
    "cut.xlsx": GOOD[: len(GOOD) // 2],
    "no-zip.xlsx": b"PK\x03\x04 nothing",
    "broken.xlsx": repacked(GOOD, sheet1=b"<worksheet><sheetData><row"),
    "bomb.xlsx": repacked(GOOD, sheet1=b" " * 90_000_000),
    "ratio.xlsx": repacked(GOOD, sheet1=b" " * 9_000_000),
    "entities.xlsx": repacked(GOOD, sheet1=ENTITIES),
    "package.zip": repacked(GOOD, workbook=b"")[:100],
    "feed.json": b'{"contents": [',
    "deep.json": b"[" * 200_000,
    "nothing.json": b"[]",
}


def test_a_file_that_cannot_be_read_is_refused_in_words(editor, listing):
    for name, content in REFUSED.items():
        response = editor.upload(content, name)
        page = response.content.decode()
        assert response.status_code == 400, name
        assert 'role="alert"' in page, name
    assert editor.browser.post(editor.address("sheets"), {"file": "text"}).status_code == 400
    assert not SheetImport.objects.exists()
    assert Service.objects.count() == 1


def test_bytes_after_the_limit_are_not_kept(editor, monkeypatch):
    """Neither in memory nor on the disk: Django alone would keep an upload of any size."""
    from django.core.files import uploadhandler

    kept = []
    for handler in (
        uploadhandler.MemoryFileUploadHandler,
        uploadhandler.TemporaryFileUploadHandler,
    ):
        monkeypatch.setattr(handler, "receive_data_chunk", lambda *args: kept.append(args))
    assert "5 MB" in editor.upload(b"x" * (6 * 1024 * 1024)).content.decode()
    assert kept == []


def test_other_ways_of_writing_the_same_file_are_read(editor):
    text = "organisation;name;needs\r\nOrg;Café;shelter\r\n"
    tabs = text.replace(";", "\t")
    for name, content in {
        "semicolons.csv": text.encode("utf-8-sig"),
        "tabs.tsv": tabs.encode(),
        "utf16.csv": text.encode("utf-16"),
        "windows.csv": text.encode("cp1252"),
        "excel-by-another-name.csv": GOOD,
        "commented.csv": ("# ours\r\n" + text).replace("# ours\r\n", "").encode()
        + b"# passed over\r\n",
    }.items():
        one, lines = editor.dry_run(content, name)
        assert [line["name"] for line in lines] == ["Café"], name
        page = editor.browser.get(editor.address("sheet-import", one.pk)).content.decode()
        assert ("Windows-1252" in page) == (name == "windows.csv")


def test_what_a_spreadsheet_makes_of_values_is_read(editor, listing):
    import datetime

    head = [
        "id",
        "capacity",
        "capacity_until",
        "age_min",
        "latitude",
        "longitude",
        "for_minors_only",
    ]
    until = datetime.datetime(2026, 12, 24, 18, 0)  # noqa: DTZ001 - as in a cell, without a zone
    row = [str(listing.pk), "full", until, 18.0, 50.9, 4, True]
    one, _lines = editor.dry_run(as_xlsx([head, row]), "typed.xlsx")
    editor.apply(one, anyway="yes")
    service = Service.objects.get()
    assert service.capacity_until.isoformat() == "2026-12-24T17:00:00+00:00"
    place = service.sites.get().location
    assert (service.age_min, service.for_minors_only) == (18, True)
    assert (place.latitude, place.longitude) == (50.9, 4)
