"""The practice city is in no database, so in no list, search, API, export, map or statistic."""

import inspect
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from learning.practice import city
from referrals.models import DeadEnd
from referrals.statistics import dead_ends
from services import projection, unsaved
from services.fixture_files import read
from services.keeping import shown
from services.models import City, Organization, Service, Signal
from tests.learning.practice.walker import address, reviewed, walk

ROOT = Path(__file__).resolve().parents[3]
#: Kept for fiction by the United Kingdom's regulator, and the number of the notices.
FICTION = re.compile(r"\+44 1632 960\d{3}|112")
pytestmark = pytest.mark.django_db


def listings():
    return city.listings("en")


def test_loading_the_cities_brings_no_practice_city():
    call_command("load_cities", verbosity=0)
    slugs = {listing.slug for listing in listings()}
    assert not City.objects.filter(slug__contains="practice").exists()
    assert not Service.objects.filter(slug__in=slugs).exists()
    assert not Organization.objects.filter(name__in={one.organization for one in listings()})


def test_no_page_or_api_of_the_directory_knows_it(client):
    for page in ("/practice-city/", "/practice-city/services/", "/practice-city/guide/"):
        assert client.get(page).status_code == 404
    assert client.get("/api/v1/services?city=practice-city").status_code in (400, 404)
    assert "practice-city" not in client.get("/api/v1/cities").content.decode()
    body = json.dumps({"city": "practice-city", "facts": {}})
    plan = client.post("/api/v1/referral-plan", data=body, content_type="application/json")
    assert plan.status_code in (400, 404)
    code = "the-cough"
    plan = client.post(
        "/api/v1/referral-plan",
        data=json.dumps({"city": code, "facts": {}}),
        content_type="application/json",
    )
    assert plan.status_code in (400, 404)


def test_walking_it_counts_nothing(client):
    for code in ("the-locked-bathroom", "the-cough"):
        walk(client, reviewed(code), code)
        client.get(address("plan", code))
        client.get(address("comparison", code))
    shown.flush()
    dead_ends.flush()
    assert not DeadEnd.objects.exists()
    assert not Signal.objects.exists()


def test_reading_it_asks_the_database_nothing(django_assert_num_queries):
    city._read.cache_clear()
    city._listings.cache_clear()
    city.listings.cache_clear()
    with django_assert_num_queries(0):
        assert len(city.listings("en")) > 30


def test_every_number_is_invented_and_none_can_be_called():
    for listing in listings():
        assert listing.phones or listing.way_in
        assert not listing.email
        assert not listing.website
        for phone in listing.phones:
            assert phone.href == ""
            assert FICTION.fullmatch(phone.number), phone.number


def test_no_name_of_a_real_listing_is_used():
    real = read([ROOT / "fixtures" / "cities"])
    rows = [row.data for file in real.listings for row in file.services]
    names = {row[key].lower() for row in rows for key in ("name", "name_en", "organization")}
    # The number itself has the same name everywhere; it says who answers in no country.
    invented = {one.name.lower() for one in listings()} - {"112 – emergency number"}
    assert not invented & names
    assert not {one.slug for one in listings()} & {row["key"] for row in rows}


def test_its_listings_pass_through_the_projection_as_all_do(monkeypatch):
    assert unsaved.project is projection.project
    assert "Listing(" not in inspect.getsource(unsaved)


def test_a_confidential_house_has_no_place():
    for listing in listings():
        if listing.confidential:
            assert listing.place is None


def test_neither_services_nor_referrals_knows_learning():
    for folder in ("services", "referrals"):
        for file in (ROOT / folder).rglob("*.py"):
            assert not re.search(
                r"^\s*(from|import) learning", file.read_text(encoding="utf-8"), re.MULTILINE
            ), file
