"""Exported, deleted and restored, listings are what they were; restoring opens nothing."""

import json

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.models import City, Location, Service
from tests.factories import make_city, make_service
from tests.services.hsds.trips import (
    FORMATS,
    NOON,
    assert_comes_back,
    delete_services,
    export,
    odd_services,
    restore,
)


@pytest.mark.django_db
@pytest.mark.parametrize("audience", ["public", "professional"])
@pytest.mark.parametrize("file", FORMATS.values())
def test_odd_listings_come_back_as_they_were(tmp_path, file, audience):
    make_city("brussels")
    odd_services()
    assert_comes_back(tmp_path, file, audience)


@pytest.mark.django_db
def test_a_city_that_is_not_here_is_replaced_by_the_one_named(tmp_path):
    make_city("brussels")
    make_service(make_city("faraway"), name="Far", slug="far")
    path = export(tmp_path / "all.json")
    delete_services()
    City.objects.filter(slug="faraway").delete()
    restore(path)
    far = Service.objects.get(slug="far")
    assert [city.slug for city in far.cities.all()] == ["brussels"]


WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.mark.django_db
@pytest.mark.parametrize("audience", ["public", "professional"])
def test_restoring_onto_the_same_directory_writes_nothing(tmp_path, capsys, audience):
    make_city("brussels")
    odd_services()
    path = export(tmp_path / "all.json", audience=audience)
    before = dict(Service.objects.values_list("pk", "last_modified"))
    with CaptureQueriesContext(connection) as queries:
        restore(path)
    assert [q["sql"] for q in queries if q["sql"].startswith(WRITES)] == []
    assert dict(Service.objects.values_list("pk", "last_modified")) == before
    assert "0 added, 0 changed" in capsys.readouterr().out


@pytest.mark.django_db
def test_restoring_never_opens_what_people_closed_since(tmp_path, capsys):
    city = make_city("brussels")
    names = ("withdrawn", "secret", "sealed", "place", "narrow", "phone")
    services = {name: make_service(city, name=name, slug=name) for name in names}
    path = export(tmp_path / "all.json")
    Service.objects.filter(slug="withdrawn").update(status="withdrawn")
    Location.objects.filter(sites__service=services["secret"]).update(visibility="sealed")
    Service.objects.filter(slug="secret").update(confidential=True)
    Service.objects.filter(slug="sealed").update(visibility="sealed")
    Location.objects.filter(sites__service=services["place"]).update(visibility="sealed", note="x")
    Location.objects.filter(sites__service=services["narrow"]).update(visibility="professional")
    services["phone"].phones.update(visibility="professional")
    restore(path)
    said = capsys.readouterr().out
    assert "0 added, 0 changed, 0 unchanged, 6 kept, 0 rejected" in said
    assert Service.objects.get(slug="withdrawn").status == "withdrawn"
    assert Service.objects.get(slug="secret").confidential
    assert Service.objects.get(slug="sealed").visibility == "sealed"
    assert services["place"].sites.get().location.visibility == "sealed"
    assert services["place"].sites.get().location.note == "x"
    assert services["narrow"].sites.get().location.visibility == "professional"
    assert services["phone"].phones.get().visibility == "professional"


@pytest.mark.django_db
def test_restoring_brings_back_what_was_changed_and_drops_its_confirmation(tmp_path):
    city = make_city("brussels")
    told = [{"field_group": "contact", "by": "city", "confirmed_at": NOON}]
    service = make_service(city, name="Lantern", email="old@a.example", confirmations=told)
    path = export(tmp_path / "all.json")
    Service.objects.filter(pk=service.pk).update(email="new@a.example")
    service.sealed_note = "keep"
    service.save(update_fields=["sealed_note"])
    restore(path)
    service.refresh_from_db()
    assert (service.email, service.sealed_note) == ("old@a.example", "keep")
    assert [c.confirmed_at for c in service.confirmations.all()] == [NOON]


@pytest.mark.django_db
def test_only_our_own_exports_can_be_restored(tmp_path):
    make_city("brussels")
    path = tmp_path / "feed.json"
    path.write_text(json.dumps([{"id": "1", "name": "A", "status": "active"}]))
    with pytest.raises(CommandError, match="rejected"):
        restore(path)


@pytest.mark.django_db
def test_a_changed_export_is_refused_with_the_field_named(tmp_path, capsys):
    make_service(make_city("brussels"), name="Lantern", slug="lantern")
    page = json.loads(export(tmp_path / "all.json").read_text())
    page["contents"][0]["waymark"]["reach"] = "galaxy"
    (tmp_path / "all.json").write_text(json.dumps(page))
    with pytest.raises(CommandError, match="Nothing was written"):
        restore(tmp_path / "all.json")
    assert "waymark.reach: “galaxy” is not one of" in capsys.readouterr().out
