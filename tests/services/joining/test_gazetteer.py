"""What the gazetteer knows, and that what is said of 112 agrees with those who list such numbers."""

import datetime

import phonenumbers
import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from services import gazetteer
from services.joining import emergency
from services.models import JoinRequest


@pytest.mark.parametrize(
    ("typed", "name", "country"),
    [
        ("goteborg", "Gothenburg", "SE"),
        ("Göteborg", "Gothenburg", "SE"),
        ("BRUXELLES", "Brussels", "BE"),
        ("porto", "Porto", "PT"),
    ],
)
def test_a_city_is_found_by_any_of_its_names(typed, name, country):
    first = gazetteer.search(typed)[0]
    assert (first.name, first.country) == (name, country)
    assert gazetteer.by_id(first.id) == first


def test_never_more_than_a_list_to_choose_from():
    assert len(gazetteer.search("sa")) == gazetteer.MOST
    assert gazetteer.by_id(1) is None


def test_112_is_answered_where_we_say_so():
    states = emergency.EUROPEAN_UNION | emergency.ECONOMIC_AREA
    assert len(states) == 30
    assert all(phonenumbers.is_emergency_number("112", code) for code in states)
    assert emergency.known_number("US") == emergency.known_number("CH") == ""


@pytest.mark.django_db
def test_requests_are_forgotten_after_half_a_year():
    now = timezone.now()
    for number, days in enumerate((179, 181)):
        then = now - datetime.timedelta(days=days)
        common = {"geoname_id": number, "city_name": "Porto", "country_code": "PT"}
        JoinRequest.objects.create(**common, email="a@example.org", created_at=then)
        JoinRequest.objects.create(
            **common, email="b@example.org", state="declined", decided_at=then
        )
    with time_machine.travel(now, tick=False):
        call_command("purge_requests", verbosity=0)
    assert set(JoinRequest.objects.values_list("geoname_id", flat=True)) == {0}
    assert JoinRequest.objects.count() == 2
