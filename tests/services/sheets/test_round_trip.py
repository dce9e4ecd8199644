"""Out, one cell edited, in: only that cell is touched."""

import io

import pytest
from openpyxl import load_workbook

from services.models import Change, City, Confirmation, Location, Phone, Service
from tests import factories
from tests.services.sheets.desk import as_csv, as_xlsx, from_xlsx

pytestmark = pytest.mark.django_db


def snapshot():
    """Every row of every table of listings."""
    models = (Service, Service._parler_meta.root_model, Phone, Location, Confirmation, Change, City)
    found = {model: list(model.objects.order_by("pk").values()) for model in models}
    for relation in (Service.needs, Service.target_groups, Service.cities):
        found[relation.through] = list(relation.through.objects.order_by("pk").values())
    service = Service.objects.first()
    for relation in ("spoken", "criteria", "sites"):
        model = getattr(service, relation).model
        found[model] = list(model.objects.order_by("pk").values())
    return found


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_that_nobody_edited_writes_no_row(administrator, listing, secret, form):
    content = administrator.export(form, sealed="yes")
    before = snapshot()
    one, lines = administrator.dry_run(content, f"sheet.{form}")
    assert (one.counts["unchanged"], one.counts["changed"], lines) == (2, 0, [])
    assert (
        "Nothing would change"
        in administrator.browser.get(administrator.address("sheet-import", one.pk)).content.decode()
    )
    administrator.apply(one)
    assert snapshot() == before


def test_one_edited_cell_touches_one_field(editor, listing, secret):
    rows = editor.rows()
    row = next(row for row in rows if row["slug"] == "quay-desk")
    row["opening_hours"] = "Mo-Fr 10:00-16:00"
    before = snapshot()
    one, lines = editor.dry_run(rows)
    assert one.counts == {"added": 0, "changed": 1, "unchanged": 1, "rejected": 0}
    (line,) = lines
    number = rows.index(row) + 2
    cell = load_workbook(io.BytesIO(as_xlsx([list(row)]))).active
    column = next(c.column_letter for c in cell[1] if c.value == "opening_hours")
    expected = ["opening_hours", f"{column}{number}", "Mo-Fr 09:00-17:00", "Mo-Fr 10:00-16:00"]
    assert line["changes"] == [expected]
    page = editor.browser.get(editor.address("sheet-import", one.pk)).content.decode()
    assert f"{column}{number}" in page
    assert "Mo-Fr 10:00-16:00" in page
    editor.apply(one)
    after = snapshot()
    gone = [row for row in before[Confirmation] if row not in after[Confirmation]]
    assert [row["field_group"] for row in gone] == ["hours"]
    untouched = {Phone, Location, *before} - {Service, Confirmation, Change, City}
    assert {model: after[model] for model in untouched} == {m: before[m] for m in untouched}
    old, new = (next(r for r in s[Service] if r["id"] == listing.pk) for s in (before, after))
    differing = {name for name in old if old[name] != new[name]}
    assert differing == {"opening_hours", "last_modified"}
    assert Change.objects.count() == len(before[Change]) + 1
    assert City.objects.get().version > before[City][0]["version"]


def test_every_part_can_be_edited(editor, listing):
    (row,) = editor.rows()
    assert row["phones"] == "'+32 2 555 01 00\n+32 2 555 01 01"
    row |= {
        "organisation": "New Hands",
        "name": "Quay desk, anew",
        "phones": "'+32 2 555 01 01; +32 2 555 01 09",
        "needs": "Legal advice; helpline",
        "groups": "",
        "languages": "Italian; fr",
        "takes_women": "",
        "takes_men": "does not take",
        "takes_undocumented": "yes",
        "age_min": "18",
        "capacity": "full",
        "capacity_until": "2026-12-24",
        "street": "Quay 2",
        "latitude": "0",
        "longitude": "4,5",
        "status": "withdrawn",
        "summary": "",
    }
    factories.make_need("helpline")
    editor.bring_in([row])
    service = Service.objects.get()
    assert service.organization.name == "New Hands"
    words = service.translations.get()
    assert (words.name, words.summary) == ("Quay desk, anew", "")
    phones = [(p.number, p.note, p.visibility, p.opening_hours) for p in service.phones.all()]
    assert phones == [
        ("+32 2 555 01 01", "night", "public", ""),
        ("+32 2 555 01 02", "", "professional", ""),
        ("+32 2 555 01 09", "", "public", ""),
    ]
    assert {need.code for need in service.needs.all()} == {"legal-advice", "helpline"}
    assert not service.target_groups.exists()
    assert [spoken.tag for spoken in service.spoken.all()] == ["it", "fr"]
    criteria = {c.code: (c.stance, c.note) for c in service.criteria.all()}
    assert criteria == {"men": ("does-not-take", "after noon"), "undocumented": ("takes", "")}
    assert (service.age_min, service.status, service.capacity) == (18, "withdrawn", "full")
    # Until the end of that day by the clock of the city.
    assert service.capacity_until.isoformat() == "2026-12-24T22:59:00+00:00"
    place = service.sites.get().location
    assert (place.street, place.latitude, place.longitude) == ("Quay 2", 0, 4.5)
    assert not service.confirmations.exists()
    assert "italian" in service.search_text
    assert editor.rows()[0]["capacity_until"] == "2026-12-24 23:59"


def test_columns_and_rows_that_are_missing_are_left_alone(editor, listing, secret):
    one, lines = editor.dry_run([["id", "email"], [str(listing.pk), "new@example.org"]])
    assert [change[0] for change in lines[0]["changes"]] == ["email"]
    editor.apply(one)
    assert {s.email for s in Service.objects.all()} == {"new@example.org", ""}


def test_texts_are_of_the_language_that_the_file_says(editor, listing):
    (row,) = editor.rows(language="fr")
    assert (row["texts_in"], row["name"]) == ("fr", "")
    _one, lines = editor.dry_run([row | {"summary": "Conseil"}])
    assert lines[0]["complaints"][0][0] == "name"  # no text without a name beside it
    editor.bring_in([row | {"name": "Guichet", "summary": "Conseil"}])
    words = {t.language_code: (t.name, t.summary[:8]) for t in listing.translations.all()}
    assert words == {"en": ("Quay Desk", "Line one"), "fr": ("Guichet", "Conseil")}
    assert editor.upload([row, row | {"texts_in": "nl"}]).status_code == 400


def test_what_looks_like_a_formula_is_text_on_every_way(editor, city):
    said = '=HYPERLINK("https://example.org","x")'
    for text in (said, "+1", "-2", "@SUM(A1)", "'quoted", "\ttab"):
        factories.make_service(city, name=text, summary=text)
    rows = editor.rows()
    risky = ("=", "+", "-", "@", "\t", "\r")
    assert not [v for row in rows for v in row.values() if v.startswith(risky)]
    cells = from_xlsx(editor.export("xlsx"))
    book = load_workbook(io.BytesIO(editor.export("xlsx")))
    assert {c.data_type for row in book.worksheets[0] for c in row} <= {"s", "n"}
    phones = cells[0].index("phones")
    assert cells[1][phones] == "+32 2 555 01 00"  # text: it keeps its plus
    assert not [v for row in cells for v in row if v and v.startswith(risky) and v[:4] != "+32 "]
    for content, name in ((as_csv(rows), "a.csv"), (editor.export("xlsx"), "a.xlsx")):
        one, lines = editor.dry_run(content, name)
        assert one.counts["unchanged"] == 6, lines


def test_the_template_can_be_filled_in(editor, city):
    for code in ("legal-advice", "helpline"):
        factories.make_need(code)
    content = editor.browser.get(editor.address("sheets-template"), {"format": "xlsx"}).content
    rows = from_xlsx(content)
    assert rows[1][0].startswith("#")
    book = load_workbook(io.BytesIO(content))
    allowed = {(r[0].value, r[2].value) for r in book["Allowed values"].iter_rows()}
    assert ("needs", "legal-advice") in allowed
    # The example itself without its sign is a listing; the commented one is passed over.
    one, lines = editor.dry_run(as_xlsx([rows[0], rows[1], ["", *rows[1][1:]]]), "t.xlsx")
    assert one.counts["added"] == 1, lines
    assert lines[0]["row"] == 3
    editor.apply(one)
    service = Service.objects.get()
    assert (service.status, service.slug, service.organization.name) == (
        "draft",
        "open-desk",
        "Harbour Advice",
    )
    assert [p.number for p in service.phones.all()] == ["+32 2 555 01 00"]
    assert service.cities.get() == city
    assert service.sites.get().location.kind == "virtual"
    assert "open desk" in service.search_text
