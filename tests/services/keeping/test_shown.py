"""How often a listing is shown is counted in memory, a number a week, and of nobody."""

import datetime

import pytest
from django.urls import reverse

from services.keeping import shown
from services.models import Service, Shown
from tests.factories import make_city, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_city("harbourtown")


def counts():
    return dict(Shown.objects.values_list("service__official_name", "count"))


def test_pages_and_plans_are_counted_without_a_query_and_written_once(client, town, monkeypatch):
    opened = make_service(town, name="Opened")
    planned = make_service(
        town, name="Planned", needs=["emergency"], opening_hours="24/7", phones=["112"]
    )
    address = reverse("service", args=[town.slug, opened.slug])
    for _time in range(3):
        client.get(address)
    client.head(address)
    client.get(reverse("plan", args=[town.slug]))
    assert counts() == {}
    shown.flush()
    assert counts() == {"Opened": 3, "Planned": 1}
    client.get(address)
    monkeypatch.setattr(shown, "WRITTEN_EVERY", 0)
    client.get(address)
    assert counts() == {"Opened": 5, "Planned": 1}
    assert set(Shown.objects.values_list("service", "week")) == {
        (opened.pk, shown.this_week()),
        (planned.pk, shown.this_week()),
    }
    assert {f.name for f in Shown._meta.fields} == {"id", "service", "week", "count"}


def test_what_is_old_or_gone_is_not_kept(town):
    service = make_service(town)
    long_ago = shown.this_week() - datetime.timedelta(weeks=shown.WEEKS)
    Shown.objects.create(service=service, week=long_ago, count=9)
    Shown.objects.create(
        service=service, week=shown.this_week() - datetime.timedelta(weeks=1), count=2
    )
    assert shown.recent(Service.objects.all()) == {service.pk: 2}
    shown.note([service.pk, "00000000-0000-4000-8000-000000000000"])
    shown.flush()
    assert shown.recent(Service.objects.all()) == {service.pk: 3}
    assert not Shown.objects.filter(week=long_ago).exists()
