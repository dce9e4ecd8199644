"""Without its key what is sealed cannot be read, and is not lost either."""

import pytest
from django.core.exceptions import ValidationError

from services import history, rows
from services.models import Location, Phone, Service, SheetImport
from tests import factories
from tests.people import browser_of
from tests.services.sealed.conftest import KEYS

SHUT = "sealed: cannot be opened"


@pytest.fixture
def lost(settings, refuge, city):
    """The refuge, edited once, after its key has gone."""
    refuge.email = "desk@lamp.example"
    refuge.save()
    history.settle()
    settings.SEALING_KEYS = KEYS[:1]
    return refuge


def boxes():
    return {
        model: sorted(model._base_manager.values_list("pk", "sealed_details"))
        for model in (Location, Phone, Service)
    }


def test_it_says_that_it_cannot_be_opened(lost):
    place, phone = Location.objects.get(), Phone.objects.get(visibility="sealed")
    assert (place.street, place.town, place.latitude) == (SHUT, "", None)
    assert (phone.number, phone.note) == (SHUT, "")
    assert Service.objects.get(pk=lost.pk).sealed_note == SHUT
    assert lost.versions.first().state is None
    read = rows.read(Service.objects.filter(pk=lost.pk))[0]
    assert [site.location.street for site in read.sites.all()] == [SHUT]


def test_saving_keeps_the_box(lost):
    before = boxes()
    for row in (Location.objects.get(), Phone.objects.get(visibility="sealed")):
        row.save()
    service = Service.objects.get(pk=lost.pk)
    service.email = "other@lamp.example"
    service.save()
    assert boxes() == before
    assert Service.objects.get(pk=lost.pk).email == "other@lamp.example"


CHANGES = {
    "other words": lambda place: setattr(place, "street", "Elsewhere 1"),
    "other point": lambda place: [setattr(place, "latitude", 1), setattr(place, "longitude", 1)],
    "nothing any more": lambda place: setattr(place, "street", ""),
    "unsealed": lambda place: [
        setattr(place, "visibility", "public"),
        setattr(place, "confidential", False),
    ],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nobody_writes_over_it(lost, change):
    Service.objects.filter(pk=lost.pk).update(confidential=False)
    before = boxes()
    place = Location.objects.get()
    change(place)
    with pytest.raises(ValidationError):
        place.full_clean()
    with pytest.raises(ValidationError):
        place.save()
    assert boxes() == before


def test_a_copy_does_not_take_its_place(lost):
    phone = Phone.objects.get(visibility="sealed")
    with pytest.raises(ValidationError):
        Phone.objects.create(service=lost, number=phone.number, visibility="sealed")


def test_pages_of_administrators_open(lost, city):
    keeper = browser_of("administrator", city)
    place = Location.objects.get()
    before = boxes()
    pages = [
        f"/admin/services/service/{lost.pk}/change/",
        f"/admin/services/service/{lost.pk}/history/",
        f"/admin/services/location/{place.pk}/change/",
    ]
    for page in pages:
        shown = keeper.get(page)
        assert shown.status_code == 200, page
        assert SHUT in shown.content.decode(), page
    values = {"kind": "physical", "visibility": "sealed", "confidential": "on", "street": "Lane 1"}
    refused = keeper.post(pages[2], values)
    assert refused.status_code == 200
    assert "SEALING_KEYS" in refused.content.decode()
    assert boxes() == before


def test_an_earlier_version_is_brought_back_only_with_every_key(lost, city):
    keeper = browser_of("administrator", city)
    before = boxes()
    version = lost.versions.last()
    address = f"/admin/services/service/{lost.pk}/history/{version.pk}/"
    assert keeper.get(address).status_code in (200, 302, 404)
    assert boxes() == before


def test_who_sees_nothing_sealed_gets_no_history_then(lost, city):
    shown = browser_of("editor", city).get(f"/admin/services/service/{lost.pk}/history/")
    assert shown.status_code == 200
    assert "desk@lamp.example" not in shown.content.decode()


def test_an_upload_is_as_good_as_gone(lost, city, django_user_model):
    keeper = browser_of("administrator", city)
    assert not SheetImport.objects.exists()
    assert keeper.get(f"/office/{city.slug}/").status_code == 200


def test_the_public_pays_nothing_and_sees_the_page(lost, city, client, monkeypatch):
    def never(*_arguments):
        raise AssertionError("Something sealed was opened for the public.")

    monkeypatch.setattr("services.at_rest.opened", never)
    for page in ("services/", "services/?view=map", f"services/{lost.slug}/"):
        assert client.get(f"/{city.slug}/{page}").status_code in (200, 301)
    body = client.get("/api/v1/services?city=harbour")
    assert body.status_code == 200
    assert client.get("/api/hsds/v3/services?full=true").status_code == 200


def test_an_administrator_reads_it_with_no_more_queries(refuge, city, django_assert_num_queries):
    with django_assert_num_queries(1):
        place = Location.objects.get()
        assert (place.street, place.longitude) == ("zanzibar7 street 1", 4.765431)
    factories.make_service(city)
    with django_assert_num_queries(1):
        # Opening costs none.
        found = rows.read(Service.objects.all())
        said = [(p.number, p.note) for one in found for p in one.phones.all()]
    assert ("+3225557732", "zanzibar7 rings") in said
