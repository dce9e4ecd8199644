"""HSDS uploaded in the office: drafts from elsewhere, our own export back, and nothing of others."""

import json

import pytest

from services.hsds import export
from services.models import Location, Service, ServiceAtLocation
from services.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db

FOREIGN = {
    "id": "5d2b7f60-9a3c-4a51-8f0e-0c5c1e6a7b11",
    "name": "Far Desk",
    "status": "active",
    "email": "far@example.org",
    "organization": {"id": "5d2b7f60-9a3c-4a51-8f0e-0c5c1e6a7b12", "name": "Far Away"},
}


def test_a_foreign_feed_lands_as_drafts_after_a_look(editor, city):
    content = json.dumps([FOREIGN]).encode()
    one, lines = editor.dry_run(content, "feed.json")
    assert [(line["state"], line["name"]) for line in lines] == [("added", "Far Desk")]
    assert not Service.objects.exists()
    assert "Far Desk" in editor.browser.get(editor.address("sheet-import", one.pk)).content.decode()
    assert editor.apply(one).status_code == 302
    service = Service.objects.get()
    assert (service.status, service.cities.get()) == ("draft", city)
    again, _lines = editor.dry_run(content, "feed (1).json")
    assert (again.counts["unchanged"], again.counts["added"]) == (1, 0)
    rejected, lines = editor.dry_run(json.dumps([FOREIGN | {"name": ""}]).encode(), "feed.json")
    assert rejected.counts["rejected"] == 1
    assert editor.apply(rejected).status_code == 409
    listed = editor.browser.get(editor.address("sheet-rejected", rejected.pk)).content.decode()
    assert len(listed.splitlines()) == 2


def exported(city):
    found = export.services(export.reader_of(Audience.PROFESSIONAL, city), city)
    return b"".join(export.as_json(found))


def test_our_own_export_comes_back_but_for_what_is_not_the_citys(editor, listing, city, tmp_path):
    content = exported(city)
    one, _lines = editor.dry_run(content, "own.json")
    assert one.counts["unchanged"] == 1
    package = tmp_path / "own.zip"
    reader = export.reader_of(Audience.PROFESSIONAL, city)
    export.write_package(export.services(reader, city), package)
    one, _lines = editor.dry_run(package.read_bytes(), "own.zip")
    assert one.counts["unchanged"] == 1
    Service.objects.all().delete()
    one, _lines = editor.dry_run(content, "own.json")
    assert one.counts["added"] == 1
    editor.apply(one)
    assert Service.objects.get().official_name == "Quay Desk"
    factories.make_service(city, name="Line", reach="national")
    one, _lines = editor.dry_run(exported(city), "own.json")
    assert one.counts["rejected"] == 1


def test_a_feed_changes_nothing_of_another_city(editor, listing, city):
    other = factories.make_city("faraway")
    theirs = factories.make_service(other, name="Theirs", place={"street": "Far 1"})
    content = exported(other).decode().replace('"faraway"', '"harbour"').replace("Far 1", "Near 1")
    one, _lines = editor.dry_run(content.encode(), "own.json")
    assert one.counts["rejected"] == 1
    # Nor by a listing of one's own that claims to stand at their place.
    place = theirs.sites.get().location
    own = ServiceAtLocation.objects.get(service=listing)
    said = exported(city).decode().replace(str(own.location_id), str(place.pk))
    one, _lines = editor.dry_run(said.replace("Quay 1", "Near 1").encode(), "own.json")
    assert one.counts["rejected"] == 1
    assert Location.objects.get(pk=place.pk).street == "Far 1"


def test_a_feed_whose_draft_changed_since_is_not_applied(editor, city):
    one, _lines = editor.dry_run(json.dumps([FOREIGN]).encode(), "feed.json")
    editor.apply(one)
    changed = json.dumps([FOREIGN | {"email": "new@example.org"}]).encode()
    one, _lines = editor.dry_run(changed, "feed.json")
    assert one.counts["changed"] == 1
    service = Service.objects.get()
    service.email = "by-hand@example.org"
    service.save()
    response = editor.apply(one)
    assert response.status_code == 409
    assert "Far Desk" in response.content.decode()
    assert Service.objects.get().email == "by-hand@example.org"
