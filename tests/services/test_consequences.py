"""What an edit would take away is found out without carrying it out."""

import pytest

from services import consequences
from services.models import Service
from tests.factories import make_city, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """What the finders were asked."""
    seen = []

    def find(city, before, after):
        seen.append((city.slug, before and before.name, after and after.name))
        if after is None:
            yield f"{before.name} would be gone"

    monkeypatch.setattr(consequences, "_finders", [find])
    return seen


def test_an_unpublish_is_told_and_not_carried_out(asked):
    service = make_service(make_city("harbourtown"), name="Quay House")

    def withdraw():
        service.status = Service.Status.WITHDRAWN
        service.save()

    [(city, sentence)] = consequences.of_edit(service, withdraw)
    assert (city.slug, sentence) == ("harbourtown", "Quay House would be gone")
    assert Service.objects.get().status == Service.Status.PUBLISHED


def test_a_city_that_gains_a_service_is_asked_too(asked):
    service = make_service(make_city("harbourtown"), name="Quay House")
    other = make_city("faraway")
    assert consequences.of_edit(service, lambda: service.cities.set([other])) == [
        (service.cities.get(), "Quay House would be gone")
    ]
    assert sorted(asked) == [
        ("faraway", None, "Quay House"),
        ("harbourtown", "Quay House", None),
    ]
