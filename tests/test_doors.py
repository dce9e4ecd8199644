"""Every route × method × role × own or other city: what each person gets at each door."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from tests.doors import PERSONS, all_doors
from tests.factories import make_city, make_service
from tests.people import browser_of

pytestmark = pytest.mark.django_db

DOORS = all_doors()


@pytest.fixture
def world():
    """A city with a listing, another city in another country with one, and people of each role."""
    city, other = make_city("harbour"), make_city("faraway", country="IT")
    return SimpleNamespace(
        city=city,
        service=make_service(city, name="Quay House", slug="quay-house"),
        other=other,
        other_service=make_service(other, name="Far House", slug="far-house"),
        browsers={
            "stranger": Client(),
            "waiting": browser_of("administrator", city, strong=False),
            "worker": browser_of("worker", city),
            "editor": browser_of("editor", city),
            "administrator": browser_of("administrator", city),
            "network": browser_of("network"),
            "elsewhere": browser_of("administrator", other),
        },
    )


@pytest.mark.parametrize("name", sorted(DOORS))
def test_who_gets_what(world, name):
    door = DOORS[name]
    address = reverse(name, args=door.arguments(world)) + door.query
    got = {p: world.browsers[p].get(address).status_code for p in PERSONS}
    assert got == door.get
    got = {p: world.browsers[p].post(address, door.data(world)).status_code for p in PERSONS}
    assert got == door.post
