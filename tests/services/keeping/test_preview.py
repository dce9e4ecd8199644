"""Each audience's preview holds what it may see, and no sealed canary for anybody else."""

import pytest
from django.urls import reverse

from services.models import Location, ServiceAtLocation
from tests.factories import make_city, make_service
from tests.people import browser_of

SEALED = ("zanzibar7", "9871ZQ", "555 77 32", "5557732", "50.1234", "4.7654")
PROFESSIONAL = ("tombouctou5", "555 77 31")

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_city("harbourtown")


@pytest.fixture
def refuge(town):
    service = make_service(
        town,
        name="Quay House",
        status="draft",
        confidential=True,
        professional_note="tombouctou5 note",
        sealed_note="zanzibar7 note",
        phones=[
            {"number": "+32 2 555 01 01"},
            {"number": "+32 2 555 77 31", "visibility": "professional"},
            {"number": "+32 2 555 77 32", "visibility": "sealed", "note": "zanzibar7"},
        ],
    )
    secret = Location.objects.create(
        street="zanzibar7 street 1",
        postal_code="9871ZQ",
        town="zanzibar7",
        visibility="sealed",
        confidential=True,
        latitude=50.123457,
        longitude=4.765431,
    )
    service.sites.all().delete()
    ServiceAtLocation.objects.create(service=service, location=secret)
    return service


def found(page, canaries):
    text = page.content.decode()
    return [canary for canary in canaries if canary in text]


def test_each_audience_sees_its_own_and_sealed_things_only_administrators(town, refuge):
    address = reverse("office-preview", args=[town.slug, refuge.pk])
    editor, administrator = browser_of("editor", town), browser_of("administrator", town)
    for browser in (editor, administrator):
        public = browser.get(address)
        assert "Preview: what everybody sees" in public.content.decode()
        assert "It is not published" in public.content.decode()
        assert found(public, (*SEALED, *PROFESSIONAL)) == []
        professional = browser.get(address, {"as": "professional"})
        assert found(professional, PROFESSIONAL) == list(PROFESSIONAL)
        assert found(professional, SEALED) == []
        assert browser.get(address, {"as": "\0"}).status_code == 400
    assert editor.get(address, {"as": "administrator"}).status_code == 403
    whole = administrator.get(address, {"as": "administrator"})
    assert {"zanzibar7", "9871ZQ", "555 77 32"} <= set(found(whole, SEALED))


def test_no_page_of_an_editor_holds_what_is_sealed(town, refuge):
    editor = browser_of("editor", town)
    pages = [reverse("office-city", args=[town.slug]), reverse("office-listings", args=[town.slug])]
    pages += [
        reverse(f"office-{act}", args=[town.slug, refuge.pk])
        for act in ("confirm", "publish", "withdraw", "place")
    ]
    for address in pages:
        assert found(editor.get(address), SEALED) == [], address
    for words in ("zanzibar7", "9871ZQ"):
        answer = editor.get(reverse("office-listings", args=[town.slug]), {"text": words})
        assert answer.context["page"].found == []
    confirming = browser_of("administrator", town).get(pages[2])
    assert {"9871ZQ", "555 77 32"} <= set(found(confirming, SEALED))


def test_a_sealed_listing_does_not_exist_for_other_audiences(town):
    sealed = make_service(town, name="zanzibar7 house", visibility="sealed")
    address = reverse("office-preview", args=[town.slug, sealed.pk])
    administrator = browser_of("administrator", town)
    for wanted in ("public", "professional"):
        page = administrator.get(address, {"as": wanted})
        assert "They see nothing of it" in page.content.decode()
        assert found(page, SEALED) == []
    assert found(administrator.get(address, {"as": "administrator"}), SEALED) == ["zanzibar7"]
    assert browser_of("editor", town).get(address).status_code == 404
