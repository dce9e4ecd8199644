"""What leaves the server about a service: by audience, and nothing that is not written down."""

import dataclasses
import datetime
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from services import directory
from services.listing import Listing
from services.models import Location, Phone, Service, ServiceAtLocation
from services.projection import project
from services.visibility import Audience, Visibility
from tests.factories import make_city, make_service

pytestmark = pytest.mark.django_db

CANARY = "canary"
PROFESSIONAL = ["professional-note-canary", "+32 2 555 01 02"]
SEALED = ["sealed-note-canary", "+32 2 555 01 03"]
PLACE = {
    "street": "street-canary",
    "postal_code": "code-canary",
    "town": "town-canary",
    "note": "door-canary",
    "latitude": 50.123456,
    "longitude": 4.123456,
}
PLACE_SEEN = ["street-canary", "code-canary", "town-canary", "door-canary", "50.123456", "4.123456"]


@pytest.fixture
def town():
    return make_city("harbourtown")


def seen_by(service, audience, language="en", now=None):
    """The listing, read back from the database."""
    service = Service.objects.with_everything().get(pk=service.pk)
    return project(
        service,
        audience=audience,
        language=language,
        timezone="Europe/Brussels",
        now=now or timezone.now(),
    )


def text_of(listing):
    return repr(listing) + json.dumps([phone.number for phone in listing.phones])


def full_service(town, **kw):
    phones = [
        {"number": "+32 2 555 01 01", "visibility": "public"},
        {"number": "+32 2 555 01 02", "visibility": "professional"},
        {"number": "+32 2 555 01 03", "visibility": "sealed"},
    ]
    notes = {"professional_note": "professional-note-canary", "sealed_note": "sealed-note-canary"}
    return make_service(town, phones=phones, **notes, **kw)


def dialled(listing):
    return [phone.href for phone in listing.phones]


def test_the_public_sees_no_professional_or_sealed_field(town):
    listing = seen_by(full_service(town), Audience.PUBLIC)
    assert CANARY not in text_of(listing)
    assert dialled(listing) == ["tel:+3225550101"]


def test_professionals_see_what_is_theirs_and_nothing_sealed(town):
    listing = seen_by(full_service(town), Audience.PROFESSIONAL)
    assert listing.professional_note == "professional-note-canary"
    assert "sealed-note-canary" not in text_of(listing)
    assert dialled(listing) == ["tel:+3225550101", "tel:+3225550102"]


def test_administrators_see_all_of_it(town):
    listing = seen_by(full_service(town), Audience.ADMINISTRATOR)
    assert listing.sealed_note == "sealed-note-canary"
    assert dialled(listing) == ["tel:+3225550101", "tel:+3225550102", "tel:+3225550103"]


def test_everybody_sees_a_public_place(town):
    service = make_service(town, place=PLACE)
    assert seen_by(service, Audience.PUBLIC).place.street == "street-canary"


@pytest.mark.parametrize(
    ("visibility", "audiences"),
    [
        ("public", ["PUBLIC", "PROFESSIONAL", "ADMINISTRATOR"]),
        ("professional", ["PROFESSIONAL", "ADMINISTRATOR"]),
        ("sealed", ["ADMINISTRATOR"]),
    ],
)
def test_a_place_is_for_those_who_may_see_it(town, visibility, audiences):
    service = make_service(town, place=PLACE | {"visibility": visibility})
    told = [audience.name for audience in Audience if seen_by(service, audience).place]
    assert told == audiences


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.PROFESSIONAL])
def test_a_confidential_place_leaves_for_nobody(town, audience):
    sealed = PLACE | {"visibility": "sealed", "confidential": True}
    service = make_service(town, confidential=True, place=sealed)
    text = text_of(seen_by(service, audience))
    assert not [canary for canary in PLACE_SEEN if canary in text]


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.PROFESSIONAL])
def test_a_place_that_slipped_past_the_models_still_leaves_for_nobody(town, audience):
    service = make_service(town, place=PLACE)
    Service.objects.filter(pk=service.pk).update(confidential=True)
    text = text_of(seen_by(service, audience))
    assert not [canary for canary in PLACE_SEEN if canary in text]


def test_a_confidential_service_shows_no_source_link(town):
    sources = [{"publisher": "Gazette", "url": "https://gazette.example/canary", "date": "2024"}]
    service = make_service(town, confidential=True, sources=sources)
    listing = seen_by(service, Audience.ADMINISTRATOR)
    assert CANARY not in repr(listing)
    assert (listing.sources[0].publisher, listing.sources[0].date) == ("Gazette", "2024")


@pytest.mark.parametrize("visibility", ["professional", "sealed"])
def test_a_hidden_service_does_not_exist_for_the_public(town, visibility):
    make_service(town, visibility=visibility)
    assert directory.listings(town, Audience.PUBLIC, "en") == ()


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_an_unpublished_service_exists_for_nobody(town, status):
    make_service(town, status=status)
    assert directory.listings(town, Audience.ADMINISTRATOR, "en") == ()


def test_an_unknown_visibility_is_sealed():
    assert [audience.name for audience in Audience if audience.sees("new")] == []


#: Fields of the models that stay inside. A new field is inside until `project` names it; then it
#: leaves this list, in a change that somebody reads.
KEPT_INSIDE = {
    Service: {
        "search_text",
        "loaded_from",
        "created_at",
        "last_modified",
        "status",
        "visibility",
        "places",
        "held",
        "sealed_details",
    },
    Phone: {"id", "service", "visibility", "position", "sealed_details"},
    Location: {"id", "kind", "visibility", "confidential", "sealed_details"},
}


def test_a_field_nobody_wrote_down_stays_inside(town):
    """Every text field of a service carries a canary; only those the listing names come out."""
    service = make_service(town)
    texts = [f.name for f in Service._meta.fields if isinstance(f, models.TextField)]
    Service.objects.filter(pk=service.pk).update(**{name: f"{name}-canary" for name in texts})
    text = text_of(seen_by(service, Audience.PUBLIC))
    assert not [name for name in texts if f"{name}-canary" in text]
    assert "search_text-canary" not in text_of(seen_by(service, Audience.ADMINISTRATOR))


def test_every_model_field_is_either_shown_or_kept_inside():
    """A new field of a service has to be decided upon: shown by the projection, or listed here."""
    shown = {field.name for field in dataclasses.fields(Listing)}
    inside = KEPT_INSIDE[Service] | {"aliases"}
    stored = {field.name for field in Service._meta.fields}
    assert stored - shown == inside - shown


def test_words_come_in_the_language_asked_for_else_in_english(town):
    service = make_service(
        town,
        name="Lantern House",
        summary="A bed.",
        translations={"fr": {"name": "Maison Lanterne"}},
    )
    listing = seen_by(service, Audience.PUBLIC, language="fr")
    assert (listing.name, listing.name_language) == ("Maison Lanterne", "fr")
    assert (listing.summary, listing.summary_language) == ("A bed.", "en")


def test_free_places_are_known_while_the_statement_lasts(town):
    now = timezone.now()
    until = now + datetime.timedelta(hours=1)
    service = make_service(town, capacity="full", capacity_until=until)
    assert seen_by(service, Audience.PUBLIC, now=now).capacity == "full"
    assert seen_by(service, Audience.PUBLIC, now=until).capacity == "unknown"


def test_a_projection_costs_no_query(town, django_assert_num_queries):
    make_service(town)
    service = Service.objects.with_everything().get()
    with django_assert_num_queries(0):
        project(
            service,
            audience=Audience.PUBLIC,
            language="fr",
            timezone="Europe/Brussels",
            now=timezone.now(),
        )


def test_a_confidential_service_refuses_an_open_place(town):
    service = make_service(town, confidential=True)
    location = Location.objects.create(**PLACE)
    with pytest.raises(ValidationError):
        ServiceAtLocation.objects.create(service=service, location=location)


def test_a_service_with_an_open_place_cannot_become_confidential(town):
    service = make_service(town, place=PLACE)
    service.confidential = True
    with pytest.raises(ValidationError):
        service.save()


@pytest.mark.parametrize("visibility", ["public", "professional"])
def test_the_place_of_a_confidential_service_cannot_be_opened(town, visibility):
    service = make_service(town, confidential=True, place=PLACE | {"visibility": "sealed"})
    location = service.sites.get().location
    location.visibility = visibility
    with pytest.raises(ValidationError):
        location.save()


def test_a_confidential_service_takes_a_sealed_place(town):
    service = make_service(town, confidential=True)
    sealed = Location.objects.create(**PLACE, visibility=Visibility.SEALED, confidential=True)
    ServiceAtLocation.objects.create(service=service, location=sealed)
    assert service.sites.count() == 2


@pytest.mark.parametrize("visibility", ["public", "professional", "nobody"])
def test_the_database_refuses_a_confidential_place_that_is_not_sealed(visibility):
    location = Location.objects.create(**PLACE, visibility=Visibility.SEALED, confidential=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Location.objects.filter(pk=location.pk).update(visibility=visibility)


@pytest.mark.parametrize("values", [{"street": "Quay 1"}, {"latitude": 50.0, "longitude": 4.0}])
def test_the_database_refuses_an_address_of_no_place(values):
    location = Location.objects.create(kind=Location.Kind.VIRTUAL)
    with pytest.raises(IntegrityError), transaction.atomic():
        Location.objects.filter(pk=location.pk).update(**values)


def test_a_place_is_never_named_by_its_address():
    location = Location(**PLACE)
    assert CANARY not in str(location) + repr(location)
