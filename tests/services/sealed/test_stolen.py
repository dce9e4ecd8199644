"""Whoever has the database without the key reads nothing that is sealed, however it was written."""

import datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from services import history
from services.models import Location, Phone, Service, SheetImport
from services.translating import origins
from tests import factories
from tests.people import browser_of
from tests.services.sealed.conftest import CANARIES, found, stolen

PLACE = {
    "street": "zanzibar7 street",
    "postal_code": "9871ZQ",
    "town": "zanzibar7",
    "note": "zanzibar7",
    "latitude": 50.123457,
    "longitude": 4.765431,
}


def test_a_database_holds_no_canary(refuge):
    refuge.email = "desk@lamp.example"
    refuge.save()
    history.settle()
    assert refuge.versions.exists()
    assert "555 01 01" in stolen()
    assert found() == []


def test_a_service_that_is_sealed_whole_does_not_say_how_it_is_reached(city):
    service = factories.make_service(
        city,
        visibility="sealed",
        email="zanzibar7@lamp.example",
        website="https://zanzibar7.example/",
        professional_note="zanzibar7",
    )
    assert found() == []
    again = Service.objects.get(pk=service.pk)
    assert (again.email, again.professional_note) == ("zanzibar7@lamp.example", "zanzibar7")
    again.visibility = "professional"
    again.save()
    assert found() == ["zanzibar7"]
    assert Service.objects.get(pk=service.pk).website == "https://zanzibar7.example/"


def test_what_is_uploaded_is_kept_in_a_box(city, django_user_model):
    user = django_user_model.objects.create(username="somebody")
    later = timezone.now() + datetime.timedelta(hours=1)
    one = SheetImport.objects.create(
        city=city, user=user, file_name="mine.csv", expires_at=later,
        content={"rows": ["zanzibar7"]}, result={"lines": ["5557732"]},
    )  # fmt: skip
    assert found() == []
    again = SheetImport.objects.get(pk=one.pk)
    assert (again.content, again.result) == ({"rows": ["zanzibar7"]}, {"lines": ["5557732"]})


WAYS = {
    "create": lambda place: Location.objects.create(visibility="sealed", **PLACE),
    "many at once": lambda place: Location.objects.bulk_create(
        [Location(visibility="sealed", **PLACE)]
    ),
    "sealed by saving": lambda place: _save(place, visibility="sealed"),
    "sealed, by one field": lambda place: _save(place, ["visibility"], visibility="sealed"),
    "sealed by an update": lambda place: Location.objects.filter(pk=place.pk).update(
        visibility="sealed"
    ),
    "an update of what is sealed": lambda place: [
        Location.objects.filter(pk=place.pk).update(visibility="sealed", street=""),
        Location.objects.filter(pk=place.pk).update(street="zanzibar7"),
    ],
}


def _save(row, fields=None, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=fields)


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_way_of_writing_leaves_a_place_in_the_clear(way):
    place = Location.objects.create(**PLACE)
    way(place)
    Location.objects.exclude(visibility="sealed").delete()
    assert found() == []
    sealed = Location.objects.get()
    assert sealed.street.startswith("zanzibar7")
    assert (sealed.latitude, sealed.longitude) == (50.123457, 4.765431)


REFUSED = {
    "bulk_update": lambda place, phone: Location.objects.bulk_update([place], ["street"]),
    "raw save": lambda place, phone: place.save_base(raw=True),
    "an expression": lambda place, phone: (
        Phone.objects.filter(pk=phone.pk).update(
            visibility="public", number="+32 2 555 77 33", sealed_details="s1.x"
        )
        and Phone._base_manager.filter(pk=phone.pk).update(visibility="sealed")
    ),
    "plain text as a box": lambda place, phone: Location._base_manager.update(
        sealed_details="zanzibar7 street"
    ),
    "past the manager": lambda place, phone: Location._base_manager.update(street="zanzibar7"),
    "a phone past it": lambda place, phone: Phone._base_manager.filter(pk=phone.pk).update(
        number="+3225557732"
    ),
    "a note past it": lambda place, phone: Service._base_manager.update(sealed_note="zanzibar7"),
    "opened past it": lambda place, phone: Location._base_manager.update(
        visibility="public", confidential=False
    ),
}


@pytest.mark.parametrize("way", REFUSED.values(), ids=REFUSED)
def test_the_database_refuses_what_passes_saving_by(refuge, way):
    place, phone = Location.objects.get(), Phone.objects.get(visibility="sealed")
    assert place.street == "zanzibar7 street 1"
    with pytest.raises(IntegrityError), transaction.atomic():
        way(place, phone)
    assert found() == []


def test_a_sealed_place_is_whole_or_is_nowhere(db):
    for values in ({"latitude": 50.1}, {"kind": "virtual", "street": "Quay 1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Location.objects.create(visibility="sealed", **values)
    service = factories.make_service()
    with pytest.raises(IntegrityError), transaction.atomic():
        Phone.objects.create(service=service, number="", visibility="sealed")


def test_a_box_copied_to_another_row_does_not_open(refuge):
    box = Location.objects.get().sealed_details
    other = Location.objects.create(visibility="sealed", street="Elsewhere 1")
    Location._base_manager.filter(pk=other.pk).update(sealed_details=box)
    assert Location.objects.get(pk=other.pk).street == "sealed: cannot be opened"
    assert Location.objects.get(pk=other.pk).latitude is None


def test_a_place_that_is_opened_is_plain_again(refuge, city):
    place = Location.objects.get()
    refuge.confidential = False
    Service.objects.filter(pk=refuge.pk).update(confidential=False)
    place.visibility, place.confidential = "public", False
    place.save()
    row = Location._base_manager.values().get(pk=place.pk)
    assert (row["street"], row["sealed_details"]) == ("zanzibar7 street 1", "")
    assert row["latitude"] == 50.123457


def test_translations_of_a_sealed_note_go_with_it(city):
    service = factories.make_service(city, phones=[{"number": "112", "note": "zanzibar7"}])
    words = service.translations.get(language_code="en")
    words.notes = {"zanzibar7": {"text": "zanzibar7 en"}, "other": {"text": "stays"}}
    origins.as_they_are(words)
    words.save()
    assert found() == ["zanzibar7"]
    phone = service.phones.get()
    phone.visibility = "sealed"
    phone.save()
    assert found() == []
    words.notes = {"zanzibar7": {"text": "zanzibar7 again"}, "other": {"text": "stays"}}
    origins.as_they_are(words)
    words.save()
    assert found() == []
    assert service.translations.get(language_code="en").notes == {"other": {"text": "stays"}}


def test_dumpdata_leaves_shut_what_is_sealed_and_loaddata_brings_it_back(refuge, tmp_path):
    file = tmp_path / "dump.json"
    call_command("dumpdata", "services.location", "services.phone", output=str(file), verbosity=0)
    said = file.read_text()
    assert "555 01 01" in said
    assert not [canary for canary in CANARIES if canary in said]
    Location._base_manager.filter(sites__service=refuge).update(sealed_details="")
    call_command("loaddata", str(file), verbosity=0)
    assert Location.objects.get().street == "zanzibar7 street 1"


def test_the_form_of_a_listing_seals(city, refuge):
    """As administrators see and save it."""
    keeper = browser_of("administrator", city)
    page = f"/admin/services/location/{Location.objects.get().pk}/change/"
    shown = keeper.get(page).content.decode()
    assert "zanzibar7 street 1" in shown
    assert "50.123457" in shown
    values = PLACE | {"kind": "physical", "visibility": "sealed", "confidential": "on"}
    assert keeper.post(page, values | {"street": "zanzibar7 lane"}).status_code == 302
    assert Location.objects.get().street == "zanzibar7 lane"
    assert found() == []


def test_administrators_find_a_sealed_place_by_its_address(city, refuge):
    place = Location.objects.get()
    listed = {
        role: browser_of(role, city)
        .get("/admin/services/location/", {"q": "zanzibar7 street"})
        .content.decode()
        for role in ("administrator", "editor")
    }
    assert str(place.pk) in listed["administrator"]
    assert str(place.pk) not in listed["editor"]


def test_the_export_of_an_administrator_holds_it(city, refuge, tmp_path):
    file = tmp_path / "harbour.csv"
    call_command("export_sheet", city="harbour", output=file, sealed=True)
    assert "zanzibar7 street 1" in file.read_text()
