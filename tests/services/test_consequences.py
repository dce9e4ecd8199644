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


def test_of_several_listings_the_whole_city_is_watched(monkeypatch):
    """Each of two may stand in for the other; only together they leave nobody."""

    def watch(city):
        def published():
            return Service.objects.filter(status="published", cities=city).count()

        before = published()
        return lambda: [f"{before} became {published()}"]

    monkeypatch.setattr(consequences, "_watches", [watch])
    town = make_city("harbourtown")
    services = [make_service(town), make_service(town)]
    make_service(make_city("faraway"))

    def withdraw():
        for service in services:
            service.status = Service.Status.WITHDRAWN
            service.save()

    assert consequences.of_edits(services, withdraw) == [(town, "2 became 0")]
    assert set(Service.objects.values_list("status", flat=True)) == {"published"}
