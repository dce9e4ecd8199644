"""A city with two open listings and a secret one, and people of two roles at their desks."""

import pytest

from services.models import Location, ServiceAtLocation
from tests import factories
from tests.people import browser_of
from tests.services.sheets.desk import Desk

CANARY = "zanzibar7"


@pytest.fixture
def city():
    return factories.make_city("harbour")


@pytest.fixture
def listing(city):
    """An open listing with something in every part."""
    return factories.make_service(
        city,
        name="Quay Desk",
        slug="quay-desk",
        organization="Harbour Advice",
        needs=["legal-advice", "shelter"],
        groups=["women-girls"],
        languages=["fr", "ar"],
        criteria={"women": "takes", "men": {"stance": "asks-first", "note": "after noon"}},
        phones=[
            {"number": "+32 2 555 01 00", "note": "desk", "opening_hours": "Mo 09:00-12:00"},
            {"number": "+32 2 555 01 02", "visibility": "professional"},
            {"number": "+32 2 555 01 01", "note": "night"},
        ],
        place={"street": "Quay 1", "postal_code": "1000", "town": "Harbourtown"},
        email="desk@example.org",
        opening_hours="Mo-Fr 09:00-17:00",
        summary="Line one\nline two, with “quotes” and a ; in it",
        confirmations=[
            {"field_group": group, "by": "city"}
            for group in ("contact", "hours", "acceptance", "rest")
        ],
    )


@pytest.fixture
def secret(city):
    """A confidential listing whose secrets are canaries."""
    service = factories.make_service(
        city,
        name="Lantern House",
        slug="lantern-house",
        organization="Lantern",
        confidential=True,
        website=f"https://{CANARY}.example.org/",
        sealed_note=f"{CANARY} note",
        phones=[
            {"number": "+32 2 555 02 00"},
            {"number": "+32 2 555 77 31", "visibility": "sealed", "note": CANARY},
        ],
    )
    service.sites.all().delete()
    place = Location.objects.create(
        street=f"{CANARY} street 1", town=CANARY, visibility="sealed", confidential=True,
        latitude=50.123457, longitude=4.765431,
    )  # fmt: skip
    ServiceAtLocation.objects.create(service=service, location=place)
    return service


@pytest.fixture
def editor(city):
    return Desk(browser_of("editor", city), city)


@pytest.fixture
def administrator(city):
    return Desk(browser_of("administrator", city), city)
