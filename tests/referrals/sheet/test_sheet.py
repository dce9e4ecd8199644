"""The sheet of a city: the same doors as the guide, by day and by night, and until when to trust it."""

import datetime
import html
import re

import pytest
import time_machine
from django.urls import reverse

from referrals.sheet import page
from services.models import Confirmation, Service
from tests import factories
from tests.referrals.harbour import MONDAY, make_harbour

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def harbour():
    return make_harbour()


def sheet(client):
    response = client.get(reverse("sheet", args=["harbour"]))
    assert response.status_code == 200
    return html.unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


def row_of(city, need):
    rows = page.sheet_of(city, "en").rows
    return next(row for row in rows if row.need == need)


def test_a_need_has_its_door_with_its_number(client, harbour):
    assert re.search(r"Lantern Clinic\s+02 555 03 03\s+day and night", sheet(client))


def test_a_door_that_is_shut_at_night_gives_way_to_one_that_is_open(harbour):
    row = row_of(harbour, "shelter")
    assert row.day.listing.name == "Quay House"
    assert row.night.listing.name == "Dockside Rooms"


def test_a_door_that_is_open_at_both_hours_stands_once(harbour):
    assert row_of(harbour, "rape-care").night is None


def test_the_second_door_stands_behind_the_first_and_only_once(harbour):
    _door_for(harbour, "Ear Two", ["helpline"], "+32 2 555 09 09")
    row = row_of(harbour, "helpline")
    names = [entry.listing.name for entry in (row.day, row.night, row.second) if entry]
    assert sorted(names) == ["Ear Two", "Night Ear"]
    # What comes first at night stands there and not once more behind the door of the day.
    assert row_of(harbour, "shelter").second is None


def test_a_door_without_a_number_gives_way_to_one_with_a_number(harbour):
    for name, number in (("Letters", None), ("Voices", "+32 2 555 10 10")):
        _door_for(harbour, name, ["honour-violence"], number)
    row = row_of(harbour, "honour-violence")
    assert row.day.listing.name == "Voices"
    assert row.second is None or row.second.phone


def _door_for(city, name, needs, number):
    phones = [number] if number else []
    return factories.make_service(
        city, name=name, needs=needs, phones=phones, email="", opening_hours="24/7"
    )


def test_children_who_are_alone_have_the_doors_made_for_them(harbour):
    groups = {group.who: group for group in page.sheet_of(harbour, "en").groups}
    rows = {row.need: row for row in groups["an unaccompanied boy of 16"].rows}
    assert rows["guardianship"].day.listing.name == "Small Boats"


def test_the_windows_are_those_of_the_country(client, harbour):
    text = sheet(client)
    assert "72 hours (3 days)" in text
    assert "168 hours (7 days)" in text  # Belgium's, for traces


def test_the_duties_are_on_it(client, harbour):
    assert "Under 18: say what you must report, before the story" in sheet(client)


def test_it_says_when_it_was_printed_and_when_to_throw_it_away(client, harbour):
    text = sheet(client)
    assert "Printed on 23 November 2026" in text
    assert "Throw away after 23 December 2026" in text


def test_a_rule_that_expires_sooner_ends_it_sooner(harbour):
    with time_machine.travel(datetime.datetime(2027, 5, 10, 10, tzinfo=datetime.UTC)):
        # Law is reviewed every six months: the file says 22 May 2027.
        assert page.sheet_of(harbour, "en").good_until == datetime.date(2027, 5, 22)


def test_a_confirmed_number_shows_its_date(client, harbour):
    clinic = Service.objects.get(official_name="Lantern Clinic")
    Confirmation.objects.create(service=clinic, field_group="contact", by="city")
    assert re.search(r"Lantern Clinic\s+02 555 03 03\s+day and night · confirmed 23", sheet(client))


def test_what_is_for_vetted_workers_is_not_on_it(client, harbour):
    factories.make_service(
        harbour,
        name="Vetted Rooms",
        needs=["shelter"],
        phones=["+32 2 555 11 11"],
        visibility="professional",
        opening_hours="24/7",
    )
    assert "Vetted Rooms" not in sheet(client)


def test_a_city_without_any_door_says_so(client):
    factories.make_city("harbour", name="Harbour")
    assert client.get(reverse("sheet", args=["harbour"])).status_code == 503


def test_it_asks_few_queries(client, harbour, django_assert_max_num_queries):
    sheet(client)
    with django_assert_max_num_queries(3):
        sheet(client)
