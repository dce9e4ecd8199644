"""A row of a fixture file without a database is the listing that loading the row would make."""

import dataclasses

import pytest
from django.utils import timezone

from services import loading
from services.directory import listings
from services.fixture_files import read
from services.models import City, Service
from services.unsaved import listings_of
from services.visibility import Audience
from tests import factories

FILE = """
[city]
slug = "harbour"
name = "Harbour"
country = "BE"
timezone = "Europe/Brussels"
languages = ["fr"]

[[service]]
key = "lantern"
name = "La Lanterne"
language = "fr"
name_en = "The Lantern"
aliases = ["Lamp"]
organization = "Lantern Society"
summary = "Care."
needs = ["shelter", "helpline"]
groups = ["women-girls"]
reach = "city"
phones = [{ number = "+44 1632 960001", note = "ask for Kim", hours = "Mo 10:00-12:00" }]
email = "desk@lantern.example"
website = "https://lantern.example/"
how_to_get_in = "walk-in"
way_in = "Ring twice"
address = { street = "1 Quay", postal_code = "1000", town = "Harbour", note = "red door" }
hours = "24/7"
hours_note = "not on strike days"
languages = ["fr", "en"]
interpreter = "takes"
cost = "free"
cost_note = "coffee too"
age_min = 16
age_max = 60
criteria = { women = "takes", with-children = { stance = "takes", note = "two", limit = 12 } }
sources = [{ publisher = "Gazette", url = "https://gazette.example/", date = "2026-01" }]
marks = [{ kind = "verify", text = "call" }]

[[service]]
key = "haven"
name = "Haven"
language = "en"
name_en = "Haven"
organization = "Haven Society"
summary = "Beds."
needs = ["shelter"]
reach = "national"
confidential = true
phones = [{ number = "+44 1632 960002" }]
website = "https://haven.example/"
sources = [{ publisher = "Gazette" }]
"""
#: What only a database gives, and what a row of no country cannot have.
APART = ("id", "service_at_location", "organization_id", "sites", "country", "last_modified")

pytestmark = pytest.mark.django_db


def test_it_is_the_listing_that_loading_makes(tmp_path):
    (tmp_path / "harbour.toml").write_text(FILE, encoding="utf-8")
    for code in ("shelter", "helpline"):
        factories.make_need(code)
    factories.make_group("women-girls")
    factories.make_country("BE")
    loading.load([tmp_path / "harbour.toml"])
    city = City.objects.get(slug="harbour")
    loaded = {one.slug: one for one in listings(city, Audience.PUBLIC, "en")}
    rows = read([tmp_path / "harbour.toml"]).listings[0].services
    made = listings_of(rows, "Europe/Brussels", timezone.now())
    assert {one.slug for one in made} == set(loaded) == {"lantern", "haven"}
    for one in made:
        assert _comparable(one) == _comparable(loaded[one.slug])


def _comparable(listing):
    values = {f.name: getattr(listing, f.name) for f in dataclasses.fields(listing)}
    return {name: value for name, value in values.items() if name not in APART}


def test_nothing_is_saved(tmp_path, django_assert_num_queries):
    (tmp_path / "harbour.toml").write_text(FILE, encoding="utf-8")
    rows = read([tmp_path / "harbour.toml"]).listings[0].services
    with django_assert_num_queries(0):
        listings_of(rows, "Europe/Brussels", timezone.now())
    assert not Service.objects.exists()
