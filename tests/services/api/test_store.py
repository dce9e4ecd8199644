"""Bytes that are kept are those that would be written now."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from services.api import store
from tests import factories

pytestmark = pytest.mark.django_db
FULL_ADDRESS = "/api/hsds/v3/services/{}"


def test_a_change_is_in_the_next_answer(client):
    service = factories.make_service(factories.make_city())
    address = FULL_ADDRESS.format(service.pk)
    before = client.get(address).json()
    service.phones.create(number="+32 2 555 09 09", position=9)
    after = client.get(address).json()
    assert len(after["phones"]) == len(before["phones"]) + 1
    assert after["last_modified"] > before["last_modified"]


def test_free_places_end_when_they_said_they_would(client):
    until = timezone.now() + datetime.timedelta(minutes=5)
    service = factories.make_service(factories.make_city(), capacity="full", capacity_until=until)
    address = FULL_ADDRESS.format(service.pk)
    assert client.get(address).json()["waymark"]["capacity"] == "full"
    with time_machine.travel(until + datetime.timedelta(seconds=1)):
        assert client.get(address).json()["waymark"]["capacity"] == "unknown"


def test_the_clock_of_a_listing_is_that_of_the_day(client):
    service = factories.make_service(factories.make_city(), opening_hours="Mo 09:00-17:00")
    address = FULL_ADDRESS.format(service.pk)
    opens = {}
    for month in (1, 7):
        with time_machine.travel(datetime.datetime(2027, month, 5, 12, tzinfo=datetime.UTC)):
            opens[month] = client.get(address).json()["schedules"][0]["opens_at"]
    assert opens == {1: "09:00+01:00", 7: "09:00+02:00"}


def test_what_is_kept_for_one_audience_is_not_given_to_another(client):
    city = factories.make_city()
    service = factories.make_service(city, professional_note="for vetted workers")
    _key, plain = factories.make_key("professional", [city])
    vetted = {"Authorization": f"Api-Key {plain}"}
    address = FULL_ADDRESS.format(service.pk)
    for headers, sees in ((vetted, True), ({}, False), (vetted, True)):
        whole = client.get(address, headers=headers).json()
        assert ("professional_note" in whole["waymark"]) is sees


def test_memory_is_bounded(client, monkeypatch):
    monkeypatch.setattr(store, "_kept", store.LRUCache(maxsize=6000, getsizeof=len))
    city = factories.make_city()
    for _ in range(8):
        factories.make_service(city, summary="x" * 50)
    page = client.get("/api/hsds/v3/services", {"full": "true"}).json()
    assert page["size"] == 8
    assert 0 < store._kept.currsize <= 6000
