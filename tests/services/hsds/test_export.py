"""What an export holds, for whom, and that nothing sealed is ever in it."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.models import Location, ServiceAtLocation
from tests.factories import make_city, make_service
from tests.services.hsds.trips import FORMATS, export

pytestmark = pytest.mark.django_db

SEALED = ("Sealed Street", "sealed note", "+32 2 555 66 66", "Unpublished", "Withdrawn", "No trace")
NARROW = ("Narrow Street", "for workers", "+32 2 555 77 77", "Known to workers")


@pytest.fixture
def city():
    return make_city("harbour")


@pytest.fixture
def cast(city):
    """One listing of each kind that must stay, in whole or in part."""
    make_service(
        city,
        name="Open",
        professional_note="for workers",
        sealed_note="sealed note",
        phones=[
            {"number": "+32 2 555 01 00"},
            {"number": "+32 2 555 77 77", "visibility": "professional"},
            {"number": "+32 2 555 66 66", "visibility": "sealed"},
        ],
        place={"street": "Narrow Street 1", "visibility": "professional"},
    )
    make_service(city, name="Shut", place={"street": "Sealed Street 2", "visibility": "sealed"})
    secret = make_service(city, name="Secret", confidential=True)
    kept = Location.objects.create(street="Sealed Street 3", visibility="sealed", confidential=True)
    ServiceAtLocation.objects.create(service=secret, location=kept)
    make_service(city, name="Known to workers", visibility="professional")
    make_service(city, name="No trace", visibility="sealed")
    make_service(city, name="Unpublished", status="draft")
    make_service(city, name="Withdrawn", status="withdrawn")


def text_of(path):
    """All that stands in a file, unpacked."""
    if path.suffix != ".zip":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as package:
        return "".join(package.read(name).decode() for name in package.namelist())


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("options", [{}, {"city": "harbour"}], ids=["all", "city"])
@pytest.mark.parametrize("audience", ["public", "professional"])
@pytest.mark.parametrize("file", FORMATS.values())
def test_nothing_sealed_is_in_any_export(tmp_path, file, audience, options):
    text = text_of(export(tmp_path / file, audience=audience, **options))
    assert "Open" in text
    assert [word for word in SEALED if word in text] == []
    withheld = audience == "public"
    assert [word for word in NARROW if word in text] == ([] if withheld else list(NARROW))


@pytest.mark.usefixtures("cast")
def test_what_not_everybody_sees_is_marked(tmp_path):
    page = json.loads(export(tmp_path / "all.json", audience="professional").read_text())
    found = {service["name"]: service for service in page["contents"]}
    whole = found["Open"]
    assert [phone.get("visibility") for phone in whole["phones"]] == [None, "professional"]
    assert whole["service_at_locations"][0]["location"]["visibility"] == "professional"
    assert found["Known to workers"]["waymark"]["visibility"] == "professional"
    assert "visibility" not in found["Shut"]["waymark"]


def test_professionals_of_one_city_are_the_public_in_others(tmp_path, city):
    note = {"professional_note": "for workers"}
    make_service(city, name="Here", reach="national", **note)
    make_service(make_city("abroad", country="SE"), name="Far", reach="european", **note)
    make_service(make_city("other", country="SE"), name="Elsewhere", **note)
    lines = export(tmp_path / "all.ndjson", audience="professional", city="harbour").read_text()
    notes = {one["name"]: one["waymark"].get("professional_note") for one in _lines(lines)}
    assert notes == {"Here": "for workers", "Far": "for workers"}


def _lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_printed_and_written_are_the_same(tmp_path, city):
    make_service(city, name="Åsa’s house")
    for name in ("json", "ndjson"):
        printed = io.StringIO()
        call_command("export_hsds", format=name, stdout=printed)
        written = export(tmp_path / f"all.{name}").read_text(encoding="utf-8")
        assert printed.getvalue() == written


def test_a_page_counts_what_is_in_it(tmp_path, city):
    assert json.loads(export(tmp_path / "none.json").read_text())["empty"] is True
    for number in range(3):
        make_service(city, name=f"House {number}")
    page = json.loads(export(tmp_path / "all.json").read_text())
    ids = [service["id"] for service in page.pop("contents")]
    assert ids == sorted(ids)
    assert page == {
        "total_items": 3, "total_pages": 1, "page_number": 1, "size": 3,
        "first_page": True, "last_page": True, "empty": False,
    }  # fmt: skip


@pytest.mark.parametrize("file", FORMATS.values())
def test_the_same_directory_gives_the_same_bytes(tmp_path, city, file):
    for number in range(3):
        make_service(city, name=f"House {number}", languages=["fr", "ar"], needs=["shelter"])
    first, again = tmp_path / file, tmp_path / f"again-{file}"
    assert export(first).read_bytes() == export(again).read_bytes()


def test_queries_do_not_grow_with_the_number_of_services(tmp_path, city):
    def queries():
        export(tmp_path / "all.ndjson")  # reads the vocabulary, which is kept
        with CaptureQueriesContext(connection) as asked:
            export(tmp_path / "all.ndjson")
        return len(asked)

    make_service(city, name="One")
    few = queries()
    for number in range(8):
        make_service(city, name=f"House {number}")
    assert queries() == few


def test_a_package_needs_a_file(city):
    with pytest.raises(CommandError, match="--output"):
        call_command("export_hsds", format="datapackage")


def test_an_unknown_city_is_refused_with_those_there_are(city):
    with pytest.raises(CommandError, match=r"“nowhere”.* harbour"):
        call_command("export_hsds", city="nowhere")


@pytest.mark.parametrize("name", ["json", "datapackage"])
def test_a_file_that_cannot_be_written_is_said(tmp_path, city, name):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_hsds", format=name, output=tmp_path / "nowhere" / "all.zip")


@pytest.mark.parametrize("name", ["json", "datapackage"])
@pytest.mark.parametrize("folder", [".", "/", "{here}"])
def test_a_folder_is_no_file_to_write_to(tmp_path, city, name, folder):
    with pytest.raises(CommandError, match="is a folder"):
        call_command("export_hsds", format=name, output=Path(folder.format(here=tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_package_cut_off_leaves_the_file_that_was_there(tmp_path, city, monkeypatch):
    path = tmp_path / "all.zip"
    path.write_text("before")

    def stop(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("services.hsds.export._pack", stop)
    with pytest.raises(KeyboardInterrupt):
        call_command("export_hsds", format="datapackage", output=path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_cut_off_leaves_the_file_that_was_there(tmp_path, city, monkeypatch):
    path = tmp_path / "all.json"
    path.write_text("before")
    make_service(city, name="One")

    def stop(_found):
        yield b"half"
        raise KeyboardInterrupt

    monkeypatch.setattr("services.hsds.export.as_json", stop)
    with pytest.raises(KeyboardInterrupt):
        call_command("export_hsds", output=path)
    assert path.read_text() == "before"
    assert list(Path(tmp_path).iterdir()) == [path]
