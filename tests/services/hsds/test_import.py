"""A foreign feed lands as drafts or not at all; what is wrong with it is said row by row."""

import copy
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services import outbound
from services.hsds import reading, writing
from services.models import Change, Location, Organization, Service
from tests.factories import make_city, make_group, make_need, make_service

DATA = Path(__file__).parent / "data"
OFFICIAL = sorted(DATA.glob("*.json"))

pytestmark = pytest.mark.django_db

ID = "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a01"
FEED = {
    "id": ID,
    "name": "Heron Advice",
    "description": "Talks and advice.",
    "status": "active",
    "email": "desk@heron.example",
    "url": "https://heron.example/",
    "minimum_age": 16,
    "organization": {
        "id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a02",
        "name": "Heron",
        "description": "Heron",
    },
    "phones": [{"id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a03", "number": "02 555 01 00"}],
    "languages": [{"id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a04", "code": "fra", "name": "French"}],
    "schedules": [
        {
            "id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a05",
            "freq": "WEEKLY",
            "byday": "MO,TU,WE",
            "opens_at": "09:00",
            "closes_at": "17:00",
        }
    ],
    "attributes": [
        {
            "id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a06",
            "taxonomy_term": {"id": "x", "name": "Legal advice", "description": "x"},
        }
    ],
    "service_at_locations": [
        {
            "id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a07",
            "location": {
                "id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a08",
                "location_type": "physical",
                "latitude": 50.84,
                "longitude": 4.35,
                "addresses": [
                    {
                        "id": "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8a09",
                        "address_1": "Reed Lane 1",
                        "city": "Harbourtown",
                        "state_province": "",
                        "postal_code": "1000",
                        "country": "BE",
                        "address_type": "physical",
                    }
                ],
            },
        }
    ],
}


@pytest.fixture(autouse=True)
def town():
    make_need("legal-advice", stage="recovery", name="Legal advice")
    make_need("shelter", name="A safe night")
    make_group("families")
    return make_city("harbour")


def changed(**fields):
    """The feed's service with other fields."""
    return copy.deepcopy(FEED) | fields


def bring(path, *content, **options):
    """Write a file and import it; what the command said, of which an error is raised."""
    if content:
        path.write_text(content[0] if isinstance(content[0], str) else json.dumps(content[0]))
    out = io.StringIO()
    options = {"city": "harbour", "publisher": "Heron feed"} | options
    try:
        call_command("import_hsds", str(path), stdout=out, **options)
    except CommandError as error:
        error.said = out.getvalue()
        raise
    return out.getvalue()


def refused(path, *content, **options):
    """Everything a refused import says; nothing of it was written."""
    before = counts()
    with pytest.raises(CommandError) as caught:
        bring(path, *content, **options)
    assert counts() == before
    return f"{getattr(caught.value, 'said', '')} {caught.value}"


def counts():
    return [model.objects.count() for model in (Service, Organization, Location, Change)]


def test_a_foreign_service_is_a_draft_that_nobody_has_confirmed(tmp_path):
    assert "1 added" in bring(tmp_path / "feed.json", [FEED])
    service = Service.objects.get()
    assert str(service.pk) == ID
    assert service.status == Service.Status.DRAFT
    assert not service.confirmations.exists()
    assert [city.slug for city in service.cities.all()] == ["harbour"]
    assert (service.official_name, service.email, service.age_min) == (
        "Heron Advice", "desk@heron.example", 16,
    )  # fmt: skip
    assert service.organization.name == "Heron"
    assert service.phones.get().number.replace(" ", "") == "+3225550100"
    assert service.opening_hours == "Mo-We 09:00-17:00"
    assert [spoken.tag for spoken in service.spoken.all()] == ["fr"]
    assert [need.code for need in service.needs.all()] == ["legal-advice"]
    place = service.sites.get().location
    assert (place.street, place.postal_code, place.latitude) == ("Reed Lane 1", "1000", 50.84)
    assert service.sources.get().publisher == "Heron feed"


def test_a_draft_is_in_no_answer(client, tmp_path):
    bring(tmp_path / "feed.json", [FEED])
    assert client.get("/api/hsds/v3/services").json()["total_items"] == 0
    assert client.get("/api/v1/changes").json()["changes"] == []


SHAPES = {
    "page": {"total_items": 1, "empty": False, "contents": [FEED]},
    "list": [FEED],
    "alone": FEED,
    "organisation": {"id": "x", "name": "Heron", "description": "", "services": [FEED]},
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_a_feed_is_read(tmp_path, content):
    assert "1 added" in bring(tmp_path / "feed.json", content)


def test_lines_are_read(tmp_path):
    key = "7c3f9a52-1e0b-4c37-9a44-2d1f0e6b8b01"
    other = changed(id=key, name="Otter", service_at_locations=[])
    assert "2 added" in bring(
        tmp_path / "feed.ndjson", json.dumps(FEED) + "\n" + json.dumps(other) + "\n"
    )


@pytest.mark.parametrize("path", OFFICIAL, ids=lambda path: path.name)
def test_official_examples_can_be_imported(path):
    assert "1 added" in bring(path)
    assert Service.objects.get().status == Service.Status.DRAFT


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "package"])
def test_official_tables_can_be_imported(tmp_path, packed):
    source = DATA / "csv"
    if packed:
        names = {file.name: file.read_text(encoding="utf-8") for file in source.glob("*.csv")}
        source = package(tmp_path / "feed.zip", **names)
    assert "1 added" in bring(source)
    service = Service.objects.get()
    assert service.organization.name == "Example Organization Inc."
    assert service.phones.get().number == "+44 1234 234567"
    assert [spoken.tag for spoken in service.spoken.all()] == ["ur"]


def test_the_same_feed_again_writes_nothing(tmp_path):
    bring(tmp_path / "feed.json", [FEED])
    before = Service.objects.get().last_modified
    with CaptureQueriesContext(connection) as queries:
        said = bring(tmp_path / "feed.json", [FEED])
    assert "1 unchanged" in said
    writes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writes == []
    assert Service.objects.get().last_modified == before


def test_a_changed_row_changes_its_draft(tmp_path):
    bring(tmp_path / "feed.json", [FEED])
    said = bring(tmp_path / "feed.json", [changed(email="new@heron.example")])
    assert "1 changed" in said
    assert Service.objects.get().email == "new@heron.example"


@pytest.mark.parametrize(
    "fields", [{"status": "published"}, {"visibility": "sealed"}, {"status": "withdrawn"}]
)
def test_what_people_took_in_hand_is_kept(tmp_path, fields):
    bring(tmp_path / "feed.json", [FEED])
    Service.objects.update(**fields)
    said = bring(tmp_path / "feed.json", [changed(email="new@heron.example")])
    assert "1 kept" in said
    service = Service.objects.get()
    assert service.email == "desk@heron.example"
    assert {name: getattr(service, name) for name in fields} == fields


def test_an_id_that_belongs_to_another_listing_is_refused(tmp_path, town):
    make_service(town, name="Mine", id=ID)
    said = refused(tmp_path / "feed.json", [FEED])
    assert ID in said
    assert Service.objects.get().official_name == "Mine"


def test_pruning_the_fixtures_leaves_what_was_imported(tmp_path):
    bring(tmp_path / "feed.json", [FEED])
    call_command("load_cities", prune=True, verbosity=0)
    assert Service.objects.get(pk=ID).status == Service.Status.DRAFT


def test_a_load_leaves_what_was_restored_as_it_is(tmp_path):
    call_command("load_cities", verbosity=0)
    call_command("export_hsds", city="rome", output=tmp_path / "rome.json")
    row = json.loads((tmp_path / "rome.json").read_text())["contents"][0]
    Service.objects.filter(pk=row["id"]).delete()
    row["waymark"]["translations"]["en"]["summary"] = "Written by the city."
    bring(tmp_path / "one.json", [row], restore=True, city="rome")
    call_command("load_cities", verbosity=0)
    service = Service.objects.get(pk=row["id"])
    assert service.status == Service.Status.PUBLISHED
    assert service.translations.get(language_code="en").summary == "Written by the city."


SECRETS = {
    "by its name": {"name": "Women’s refuge"},
    "by its need": {
        "attributes": [{"id": "x", "taxonomy_term": {"id": "y", "name": "A safe night"}}]
    },
    "by its own word": {"waymark": {"confidential": True}},
}


@pytest.mark.parametrize("fields", SECRETS.values(), ids=SECRETS)
def test_a_place_that_may_be_secret_lands_sealed_and_is_said(tmp_path, fields):
    said = bring(tmp_path / "feed.json", [changed(**fields)])
    assert "check whether this address may be public" in said
    place = Location.objects.get(kind="physical")
    assert (place.street, place.visibility) == ("Reed Lane 1", "sealed")
    assert "reed" not in Service.objects.get().search_text


def test_an_address_that_was_sealed_and_stands_in_a_text_is_said(tmp_path):
    told = changed(name="Women’s refuge", description="Come to Reed Lane 1, by night.")
    assert "tells the address that was sealed" in bring(tmp_path / "feed.json", [told])


def test_a_place_that_one_row_seals_is_sealed_for_all(tmp_path):
    other = changed(id="otter", name="Women’s refuge")
    other["service_at_locations"][0]["id"] = "otter-1"
    bring(tmp_path / "feed.json", [FEED, other])
    assert Location.objects.get().visibility == "sealed"
    assert Location.objects.get().sites.count() == 2


def test_a_place_of_a_listing_of_another_origin_is_refused(tmp_path, town):
    mine = make_service(town, name="Mine")
    other = changed()
    other["service_at_locations"][0]["location"]["id"] = str(mine.sites.get().location_id)
    said = refused(tmp_path / "feed.json", [other])
    assert "belongs to the place of a listing that is not of this feed" in said


@pytest.mark.parametrize("taken", ["site", "place"])
def test_a_place_that_people_took_away_comes_back_sealed(tmp_path, taken):
    bring(tmp_path / "feed.json", [FEED])
    site = Service.objects.get().sites.get()
    (site if taken == "site" else site.location).delete()
    said = bring(tmp_path / "feed.json", [changed(email="new@heron.example")])
    assert "it was sealed, so check it" in said
    place = Service.objects.get().sites.get().location
    assert (place.street, place.visibility) == ("Reed Lane 1", "sealed")


def test_a_place_that_people_took_away_and_others_have_does_not_come_back(tmp_path):
    other = changed(id="otter", name="Otter")
    other["service_at_locations"][0]["id"] = "otter-1"
    bring(tmp_path / "feed.json", [FEED, other])
    Service.objects.get(pk=ID).sites.all().delete()
    said = bring(tmp_path / "feed.json", [changed(email="new@heron.example"), other])
    assert "is that of another listing: add it by hand" in said
    assert not Service.objects.get(pk=ID).sites.exists()
    assert Location.objects.get().visibility == "public"


def test_what_people_did_to_a_draft_stays_where_the_feed_is_silent(tmp_path):
    silent = changed(attributes=[], languages=[])
    bring(tmp_path / "feed.json", [silent])
    service = Service.objects.get()
    service.needs.add("shelter")
    service.spoken.create(tag="ar")
    service.sealed_note = "Ask on Monday."
    service.save()
    service.phones.update(visibility="sealed")
    service.sites.get().location.delete()
    bring(tmp_path / "feed.json", [silent | {"email": "new@heron.example"}])
    service.refresh_from_db()
    assert (service.email, service.sealed_note) == ("new@heron.example", "Ask on Monday.")
    assert [need.code for need in service.needs.all()] == ["shelter"]
    assert [spoken.tag for spoken in service.spoken.all()] == ["ar"]
    assert service.phones.get().visibility == "sealed"


def test_hours_that_stand_beside_the_schedules_are_taken_as_they_are(tmp_path):
    schedule = FEED["schedules"][0] | {"notes": "Mo-We 09:00-17:00; PH off"}
    bring(tmp_path / "feed.json", [changed(schedules=[schedule])])
    assert Service.objects.get().opening_hours == "Mo-We 09:00-17:00; PH off"


PHONES = {
    "02/555.01.00": "+32 2 555 01 00",
    "0032 2 555 01 00": "+32 2 555 01 00",
    '"+44 1234 234567"': "+44 1234 234567",
    "'+32 2 555 01 00": "+32 2 555 01 00",
    "tel:+32-2-555-01-00": "+32 2 555 01 00",
    "1 12": "112",
    "116 016": "116016",
}


@pytest.mark.parametrize(("written", "kept"), PHONES.items())
def test_a_number_is_kept_as_it_is_dialled_from_anywhere(tmp_path, written, kept):
    bring(tmp_path / "feed.json", [changed(phones=[{"number": written}])])
    assert Service.objects.get().phones.get().number == kept


def test_a_fax_is_no_phone(tmp_path):
    phones = [{"number": "02 555 01 00", "type": "fax"}]
    assert "is for fax" in bring(tmp_path / "feed.json", [changed(phones=phones)])
    assert not Service.objects.get().phones.exists()


def test_what_has_no_field_is_kept_for_administrators(tmp_path):
    fields = {"eligibility_description": "Over 16.", "status": "temporarily closed"}
    said = bring(tmp_path / "feed.json", [changed(**fields)])
    assert "is “temporarily closed” in the feed" in said
    note = Service.objects.get().sealed_note
    assert note == "eligibility_description: Over 16.\nstatus: temporarily closed"


def test_the_report_steers_no_terminal(tmp_path):
    said = bring(tmp_path / "feed.json", [changed(name="He\x1b[2Jron")])
    assert "He�[2Jron" in said


def test_rows_that_did_not_change_are_named_on_demand(tmp_path):
    bring(tmp_path / "feed.json", [FEED])
    assert "unchanged “" not in bring(tmp_path / "feed.json", [FEED])
    assert "unchanged “Heron Advice”: feed.json, row 1" in bring(
        tmp_path / "feed.json", [FEED], verbosity=2
    )


def test_a_word_of_two_needs_is_neither(tmp_path):
    make_need("housing", name="Housing", en=["roof"])
    make_need("shelter", en=["roof"])
    term = {"id": "x", "taxonomy_term": {"id": "y", "name": "Roof"}}
    said = bring(tmp_path / "feed.json", [changed(attributes=[term])])
    assert "“Roof”: no need or group of ours is called so" in said
    assert not Service.objects.get().needs.exists()


def test_the_same_row_twice_is_one(tmp_path):
    said = bring(tmp_path / "feed.json", [FEED, FEED])
    assert "is the same as row 1" in said
    assert "1 added, 0 changed, 1 unchanged" in said


def test_a_restored_row_that_names_one_thing_twice_is_refused(tmp_path, town):
    make_service(town, name="Mine", languages=["fr"])
    call_command("export_hsds", output=tmp_path / "all.json")
    page = json.loads((tmp_path / "all.json").read_text())
    page["contents"][0]["languages"] *= 2
    said = refused(tmp_path / "all.json", page, restore=True)
    assert "languages: names one thing twice" in said


def test_a_dry_run_writes_nothing(tmp_path):
    before = counts()
    said = bring(tmp_path / "feed.json", [FEED], dry_run=True)
    assert "1 added" in said
    assert "Nothing was written" in said
    assert counts() == before


def test_one_bad_row_in_many_refuses_all_and_each_is_named(tmp_path):
    rows = [
        changed(id=f"7c3f9a52-1e0b-4c37-9a44-{n:012}", name=f"Row {n}", service_at_locations=[])
        for n in range(40)
    ]
    rows[3]["name"] = ""
    rows[30] = "no object"
    del rows[35]["id"]
    said = refused(tmp_path / "feed.json", rows)
    for number in (4, 31, 36):
        assert f"row {number}" in said
    assert "3 rejected" in said


def test_killed_half_way_it_has_written_nothing(tmp_path, monkeypatch):
    rows = [
        changed(id=f"7c3f9a52-1e0b-4c37-9a44-{n:012}", name=f"Row {n}", service_at_locations=[])
        for n in range(5)
    ]
    before = counts()
    monkeypatch.setattr(writing.Writer, "flush", _stop_after(writing.Writer.flush))
    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path / "feed.json", rows)
    assert counts() == before


def _stop_after(act):
    def stopped(self, *args, **kwargs):
        act(self, *args, **kwargs)
        raise KeyboardInterrupt

    return stopped


BAD_FIELDS = {
    "coordinates": (
        {"service_at_locations": [{"location": {"location_type": "physical", "latitude": 95,
                                                "longitude": 4, "addresses": []}}]},
        "no point on earth",
    ),
    "phone": ({"phones": [{"number": "call us"}]}, "cannot be dialled"),
    "null": ({"description": None, "phones": None, "organization": None}, ""),
    "number as text": ({"minimum_age": "16"}, ""),
    "ages": ({"minimum_age": 40, "maximum_age": 20}, "above"),
    "age": ({"minimum_age": "sixteen"}, "minimum_age"),
    "email": ({"email": "nobody"}, "email"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "said"), BAD_FIELDS.values(), ids=BAD_FIELDS)
def test_a_field_that_cannot_be_used_is_left_out_and_said(tmp_path, fields, said):
    assert said in bring(tmp_path / "feed.json", [changed(**fields)])
    assert Service.objects.count() == 1


BAD_ROWS = {
    "nothing reaches it": (
        {"phones": [{"number": "x"}], "email": "", "url": "", "service_at_locations": []},
        "nothing reaches it",
    ),
    "name too long": ({"name": "x" * 300}, "shorten it"),
    "name that is no text": ({"name": ["x"]}, "name"),
    "text too long": ({"description": "x" * 30_000}, "20000 is the most"),
    "NUL": ({"description": "a\x00b"}, "NUL"),
    "list in place of text": ({"id": ["x"]}, "id"),
}


@pytest.mark.parametrize(("fields", "said"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_row_that_cannot_be_used_is_refused_by_name(tmp_path, fields, said):
    assert said in refused(tmp_path / "feed.json", [changed(**fields)])


def test_two_rows_with_one_id_are_refused(tmp_path):
    said = refused(tmp_path / "feed.json", [FEED, changed(name="Otter")])
    assert "is also that of row 1" in said


def test_an_id_that_is_no_uuid_becomes_the_same_one_each_time(tmp_path):
    bring(tmp_path / "feed.json", [changed(id="heron-1")])
    first = Service.objects.get().pk
    assert "1 unchanged" in bring(tmp_path / "feed.json", [changed(id="heron-1")])
    assert Service.objects.get().pk == first


BAD_FILES = {
    "no JSON": ("feed.json", b"<html>"),
    "cut off": ("feed.json", json.dumps([FEED]).encode()[:-40]),
    "cut off line": ("feed.ndjson", json.dumps(FEED).encode() + b'\n{"id": '),
    "empty": ("feed.json", b""),
    "NUL bytes": ("feed.json", b'[{"id": "\x00"}]'),
    "not UTF-8": ("feed.json", b'["\xff"]'),
    "a number": ("feed.json", b"5"),
    "no services": ("feed.json", b'{"contents": []}'),
    "contents no list": ("feed.json", b'{"contents": 5}'),
    "tables with an id that is no text": (
        "feed.json",
        b'{"services": [{"id": ["x"], "name": "x", "status": "active"}]}',
    ),
    "deep": ("feed.json", b"[" * 5000 + b"]" * 5000),
    "broken zip": ("feed.zip", b"PK\x03\x04 nothing"),
    "one table": ("services.csv", b"id,name\n1,x\n"),
}


@pytest.mark.parametrize(("name", "content"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    said = refused(path)
    assert name.split(".")[0] in said
    assert "Traceback" not in said


def package(path, **tables):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return path


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "is not there" in refused(tmp_path / "nothing.json")
    assert "cannot be opened" in refused(tmp_path / ("x" * 3000))
    assert "is not there" in refused(Path("/dev/zero"))


def test_a_hundred_megabytes_are_refused_unread(tmp_path):
    path = tmp_path / "feed.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert "is larger than 90 MB" in refused(path)


def test_a_package_without_a_column_it_needs_is_refused(tmp_path):
    path = package(tmp_path / "feed.zip", **{"services.csv": "id,title\n1,x\n"})
    assert "has no column “name”" in refused(path)


def test_a_row_with_too_many_cells_is_refused(tmp_path):
    path = package(tmp_path / "feed.zip", **{"services.csv": "id,name\n1,x,y,z\n"})
    assert "line 2" in refused(path)


def test_a_package_that_leads_out_of_itself_is_refused(tmp_path):
    path = package(tmp_path / "feed.zip", **{"../services.csv": "id,name\n1,x\n"})
    assert "leads out of the package" in refused(path)


def test_a_package_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST", 20_000)
    path = package(tmp_path / "feed.zip", **{"services.csv": "id,name\n" + "x" * 100_000})
    assert path.stat().st_size < 5000
    assert "unpacks to more than" in refused(path)


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST", 100)
    assert "is larger than" in refused(tmp_path / "feed.json", [FEED])


def test_an_unknown_city_is_refused_with_those_there_are(tmp_path):
    said = refused(tmp_path / "feed.json", [FEED], city="nowhere")
    assert "“nowhere”" in said
    assert "harbour" in said


@pytest.mark.parametrize(
    "address", ["http://feed.example/x", "ftp://feed.example/x", "https://[x", "https:///x"]
)
def test_an_address_without_encryption_is_not_fetched(address):
    with pytest.raises(CommandError, match=r"https://|cannot be read"):
        call_command("import_hsds", address, city="harbour")


def test_an_address_is_fetched_by_the_one_door(monkeypatch):
    asked = []

    def get(url, max_bytes, timeout):
        asked.append(url)
        return json.dumps([FEED]).encode()

    monkeypatch.setattr(outbound, "get", get)
    call_command("import_hsds", "https://feed.example/x?key=secret", city="harbour", verbosity=0)
    assert asked == ["https://feed.example/x?key=secret"]
    source = Service.objects.get().sources.get()
    assert (source.publisher, source.url) == ("feed.example", "https://feed.example/x")


def test_an_address_that_cannot_be_reached_is_refused_in_words():
    with pytest.raises(CommandError, match="cannot be fetched"):
        call_command("import_hsds", "https://127.0.0.1/feed", city="harbour")
