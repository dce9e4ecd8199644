"""Applying: all of it or nothing, once, and only what was shown."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services import consequences, history
from services.models import Change, ListingVersion, Service, SheetImport
from services.sheets import applying
from tests import factories
from tests.services.sheets.desk import as_csv, as_xlsx

pytestmark = pytest.mark.django_db

NEW = ["organisation", "name", "needs", "email"]


@pytest.fixture
def needs(db):
    return factories.make_need("shelter")


def test_ten_thousand_rows_with_three_bad_ones_change_nothing_and_name_three_cells(editor, needs):
    rows = [["Org", f"Service {n}", "shelter", ""] for n in range(10_000)]
    rows[10][2], rows[5_000][3], rows[9_999][0] = "no such need", "no address", ""
    started = time.monotonic()
    one, lines = editor.dry_run([NEW, *rows])
    assert time.monotonic() - started < 20
    assert one.counts == {"added": 9_997, "changed": 0, "unchanged": 0, "rejected": 3}
    cells = [said[1] for line in lines for said in line["complaints"]]
    assert cells == ["C12", "D5002", "A10001"]
    page = editor.browser.get(editor.address("sheet-import", one.pk)).content.decode()
    assert all(cell in page for cell in cells)
    assert len(page) < 20_000
    rejected = editor.browser.get(editor.address("sheet-rejected", one.pk)).content.decode()
    assert len(rejected.splitlines()) == 4
    assert "no such need" in rejected
    assert editor.apply(one).status_code == 409
    assert not Service.objects.exists()
    assert not Change.objects.exists()


def test_a_double_click_imports_once(editor, needs):
    one, _lines = editor.dry_run([NEW, ["Org", "One", "shelter", ""]])
    assert editor.apply(one).status_code == 302
    assert editor.apply(one).status_code == 302
    assert Service.objects.count() == 1
    one.refresh_from_db()
    assert one.sealed_details == ""
    assert "once" in editor.browser.get(editor.address("sheet-import", one.pk)).content.decode()
    # The same file again: it names listings that are there now, and changes nothing.
    again, _lines = editor.dry_run([NEW, ["Org", "One", "shelter", ""]])
    assert again.counts["unchanged"] == 1


def test_what_changed_since_is_told_and_not_overwritten(editor, listing, needs):
    (row,) = editor.rows()
    content = [row | {"email": "from@example.org"}]
    one, _lines = editor.dry_run(content)
    listing.email = "by-hand@example.org"
    listing.save()
    response = editor.apply(one)
    assert response.status_code == 409
    assert "Quay Desk" in response.content.decode()
    assert Service.objects.get().email == "by-hand@example.org"
    editor.browser.post(editor.address("sheet-check", one.pk))
    assert editor.apply(one).status_code == 302
    assert Service.objects.get().email == "from@example.org"


def test_an_import_that_fails_half_way_changes_nothing(editor, listing, needs, monkeypatch):
    (row,) = editor.rows()
    new = dict.fromkeys(row, "") | {"organisation": "Org", "name": "New", "needs": "shelter"}
    one, _lines = editor.dry_run([row | {"email": "new@example.org", "summary": "New"}, new])

    def broken(change):
        raise KeyboardInterrupt

    monkeypatch.setattr(applying, "_change_phones", broken)
    with pytest.raises(KeyboardInterrupt):
        editor.apply(one)
    service = Service.objects.get()
    assert (service.email, service.translations.get().summary[:8]) == (
        "desk@example.org",
        "Line one",
    )
    one.refresh_from_db()
    assert one.state == "waiting"
    monkeypatch.undo()
    assert editor.apply(one).status_code == 302
    assert Service.objects.count() == 2


def test_changes_are_told_by_whom_and_in_which_way(editor, listing, monkeypatch):
    from services import acting

    seen = []
    kept = applying._change_fields
    monkeypatch.setattr(
        applying, "_change_fields", lambda change: (seen.append(acting.current()), kept(change))
    )
    (row,) = editor.rows()
    one = editor.bring_in([row | {"email": "new@example.org"}])
    assert seen == [acting.Actor(one.user_id, acting.Way.IMPORT)]


def test_every_changed_listing_has_a_version_by_whoever_imported(editor, listing, needs):
    history.settle()
    (row,) = editor.rows()
    new = dict.fromkeys(row, "") | {"organisation": "Org", "name": "New", "needs": "shelter"}
    one = editor.bring_in([row | {"email": "new@example.org"}, new])
    history.settle()
    before, after = listing.versions.order_by("pk")
    assert before.state["fields"]["email"] == "desk@example.org"
    assert after.state["fields"]["email"] == "new@example.org"
    assert (after.user_id, after.way) == (one.user_id, "import")
    # A new one begins with its first edit: its file is what it was made of.
    assert not Service.objects.get(official_name="New").versions.exists()


def test_versions_of_many_rows_cost_queries_by_the_batch(editor, needs):
    editor.bring_in([NEW, *(["Org", f"Service {n}", "shelter", ""] for n in range(12))])
    history.settle()
    rows = [row | {"email": "new@example.org"} for row in editor.rows()]
    one, _lines = editor.dry_run(rows)
    with CaptureQueriesContext(connection) as queries:
        editor.apply(one)
        history.settle()
    about_versions = [q for q in queries if "listingversion" in q["sql"]]
    assert ListingVersion.objects.count() == 24
    assert len(about_versions) < 12


def test_what_an_import_would_take_away_is_told_before_it_is_done(editor, listing, monkeypatch):
    def watch(city):
        return lambda: [f"Nobody would answer in {city.slug}."]

    monkeypatch.setattr(consequences, "_watches", [watch])
    rows = [row | {"status": "withdrawn"} for row in editor.rows()]
    one, _lines = editor.dry_run(rows)
    told = editor.apply(one)
    assert told.status_code == 409
    assert f"Nobody would answer in {editor.city.slug}." in told.content.decode()
    assert Service.objects.get().status == "published"
    form = dict(re.findall(r'name="(anyway)" value="(\w+)"', told.content.decode()))
    response = editor.browser.post(editor.address("sheet-apply", one.pk), form)
    assert response.status_code == 302
    assert Service.objects.get().status == "withdrawn"


def test_rows_name_each_listing_once_and_new_ones_are_not_there_yet(editor, listing, needs):
    (row,) = editor.rows()
    new = dict.fromkeys(row, "") | {"organisation": "Org", "name": "New", "needs": "shelter"}
    same = new | {"organisation": "harbour advice", "name": "quay desk"}
    rows = [row, row, new, new, same, new | {"name": "Other", "slug": "quay-desk"}]
    rows += [new | {"name": "Third", "reach": "national"}, new | {"id": "not-an-id"}]
    one, lines = editor.dry_run(rows)
    assert (one.counts["unchanged"], one.counts["added"], one.counts["rejected"]) == (1, 1, 6)
    bad = [(line["row"], line["complaints"][0][0]) for line in lines if line["complaints"]]
    assert bad == [(3, "id"), (5, "name"), (6, "id"), (7, "slug"), (8, "reach"), (9, "id")]


BAD_CELLS = [
    ({"phones": "02 555 01"}, "phones"),
    ({"phones": "+32 2 555 01 09; 0032 nothing"}, "phones"),
    ({"opening_hours": "when open"}, "opening_hours"),
    ({"languages": "Klingonish"}, "languages"),
    ({"age_min": "old"}, "age_min"),
    ({"age_min": "40", "age_max": "30"}, "age_max"),
    ({"capacity": "full"}, "capacity_until"),
    ({"capacity_until": "soon"}, "capacity_until"),
    ({"latitude": "50.8", "longitude": ""}, "longitude"),
    ({"latitude": "95"}, "latitude"),
    ({"email": "a@b@c"}, "email"),
    ({"website": "javascript:alert(1)"}, "website"),
    ({"cost": "a lot"}, "cost"),
    ({"takes_men": "perhaps"}, "takes_men"),
    ({"needs": ""}, "needs"),
    ({"needs": ";"}, "needs"),
    ({"name": ""}, "name"),
    ({"organisation": "x" * 201}, "organisation"),
    ({"slug": "other"}, "slug"),
]


def test_a_bad_cell_is_named_with_what_to_do(editor, listing):
    (row,) = editor.rows()
    for edit, column in BAD_CELLS:
        other = {"latitude": "", "longitude": ""} if "latitude" in edit else {}
        one, lines = editor.dry_run([row | other | edit])
        (line,) = lines
        assert [said[0] for said in line["complaints"]] == [column], edit
        assert len(line["complaints"][0][2]) > 10
    assert editor.apply(one).status_code == 409


def test_new_listings_are_drafts_unless_they_can_be_published(editor, needs):
    head = [*NEW, "status"]
    rows = [["Org", "A", "shelter", "", ""], ["Org", "B", "shelter", "b@example.org", "published"]]
    editor.bring_in([head, *rows])
    statuses = dict(Service.objects.values_list("official_name", "status"))
    assert statuses == {"A": "draft", "B": "published"}
    _one, lines = editor.dry_run([head, ["Org", "C", "shelter", "", "published"]])
    assert lines[0]["complaints"][0][:2] == ["status", "E2"]


def test_formulas_are_refused_by_cell(editor, needs):
    one, lines = editor.dry_run(
        as_xlsx([NEW, ["Org", "=1+1", "shelter", '=HYPERLINK("x")']]), "sheet.xlsx"
    )
    assert one.counts["rejected"] == 1
    assert {"B2", "D2"} <= {said[1] for said in lines[0]["complaints"]}


def test_the_command_says_cells_and_writes_all_or_nothing(tmp_path, city, needs, capsys):
    file = tmp_path / "in.csv"
    file.write_bytes(as_csv([NEW, ["Org", "A", "shelter", ""], ["Org", "B", "nothing", ""]]))
    with pytest.raises(CommandError, match=r"1 added.*1 rejected"):
        call_command("import_sheet", file, "--city", "harbour")
    assert "C3" in capsys.readouterr().out
    assert not Service.objects.exists()
    file.write_bytes(as_csv([NEW, ["Org", "A", "shelter", ""]]))
    call_command("import_sheet", file, "--city", "harbour", "--dry-run")
    assert not Service.objects.exists()
    call_command("import_sheet", file, "--city", "harbour")
    assert Service.objects.get().official_name == "A"
    out = tmp_path / "out.xlsx"
    call_command("export_sheet", "--city", "harbour", "--output", out)
    call_command("import_sheet", out, "--city", "harbour")
    assert "0 changed, 1 unchanged" in capsys.readouterr().out


KILLED = """
import os, signal, django
django.setup()
from services.sheets import applying
from services import search
def killed(services):
    print(applying.Service.objects.count(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
applying.search.rebuild = killed
from django.core.management import call_command
call_command("import_sheet", {file!r}, "--city", "harbour")
"""


def test_a_killed_import_changes_nothing(tmp_path):
    """In a process and on a database file of its own, killed when every row was written."""
    database = tmp_path / "city.sqlite3"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }

    def run(code):
        command = [sys.executable, "-W", "ignore", "-c", code]
        return subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True)

    made = run(
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from tests import factories\n"
        "factories.make_service(factories.make_city('harbour'), name='There', organization='Org')"
    )
    assert made.returncode == 0, made.stderr.decode()
    file = tmp_path / "in.csv"
    rows = [["Org", f"Service {n}", "shelter", ""] for n in range(600)]
    file.write_bytes(as_csv([NEW, ["Org", "There", "shelter", "new@example.org"], *rows]))
    ended = run(KILLED.format(file=str(file)))
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert ended.stdout.split() == [b"601"]  # all of it was written, and nothing committed
    with sqlite3.connect(database) as found:
        assert found.execute("SELECT official_name, email FROM services_service").fetchall() == [
            ("There", "")
        ]
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found.close()


def test_the_list_of_files_names_ones_own(editor, administrator, needs):
    one, _lines = editor.dry_run([NEW, ["Org", "One", "shelter", ""]], name="mine.csv")
    assert "mine.csv" in editor.browser.get(editor.address("sheets")).content.decode()
    assert "mine.csv" not in administrator.browser.get(editor.address("sheets")).content.decode()
    assert "mine.csv" in editor.browser.get(editor.address("office-city")).content.decode()
    editor.browser.post(editor.address("sheet-discard", one.pk))
    assert not SheetImport.objects.exists()
