"""Signing the legal notes of a city: for the words that were read, and for a year at the most."""

import dataclasses
import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from referrals import planning
from referrals.pathway import loading, signing
from services.models import City, SignOff
from tests.factories import make_city, make_service
from tests.people import browser_of, make_person, signed_in

pytestmark = pytest.mark.django_db

PAGE = reverse("legal", args=["harbour"])
WINDOW = "window:hiv-pep"
AUTHORITY = "Harbour legal service <head>"


@pytest.fixture
def city():
    return make_city("harbour", name="Harbour")


def entry_of(city, key):
    pathway = planning.pathway_for(City.objects.get(pk=city.pk))
    return next(entry for entry in signing.entries(pathway) if entry.key == key)


def today(city):
    """The day it is in the city, which near midnight is not that of UTC."""
    return planning.now_in(city).date()


def form(city, *keys, days=30, **changes):
    chosen = [entry_of(city, key) for key in keys]
    return {
        "entry": [f"{entry.key}:{entry.fingerprint}" for entry in chosen],
        "authority": AUTHORITY,
        "expires_on": (today(city) + datetime.timedelta(days=days)).isoformat(),
    } | changes


def test_what_is_signed_shows_in_the_plan_until_it_expires(city, client):
    administrator = make_person("administrator", city)
    browser = signed_in(administrator)
    other = make_city("faraway")
    answer = browser.post(PAGE, form(city, WINDOW, "notice:duty-to-report"))
    assert answer.status_code == 302
    row = SignOff.objects.get(rule=WINDOW)
    assert (row.by, row.authority) == (administrator, AUTHORITY)
    assert entry_of(city, WINDOW).item.review.signed_off
    assert not entry_of(other, WINDOW).item.review.signed_off
    page = browser.get(PAGE).content.decode()
    assert "signed off by Harbour legal service &lt;head&gt;" in page
    facts = {"city": "harbour", "facts": {"age": "12-15"}}

    def duty():
        body = client.post("/api/v1/referral-plan", facts, content_type="application/json").json()
        return next(n for n in body["notices"] if n["code"] == "duty-to-report")

    make_service(reach="national", needs=["emergency"], opening_hours="24/7", phones=["112"])
    assert duty()["signed_off"] is True
    with time_machine.travel(timezone.now() + datetime.timedelta(days=31), tick=False):
        assert duty()["signed_off"] is False


def test_words_that_changed_meanwhile_are_not_signed(city):
    """Neither on the page that stood open, nor by a sign-off of the old words."""
    browser = browser_of("administrator", city)
    old = form(city, WINDOW)
    old["entry"][0] = old["entry"][0][:-1] + ("0" if old["entry"][0][-1] != "0" else "1")
    answer = browser.post(PAGE, old)
    assert answer.status_code == 400
    assert "has changed since" in answer.content.decode()
    assert "Harbour legal service" in answer.content.decode()
    SignOff.objects.create(
        city=city,
        rule=WINDOW,
        fingerprint="0" * 64,
        authority=AUTHORITY,
        on=today(city),
        expires_on=today(city) + datetime.timedelta(days=9),
    )
    assert not entry_of(city, WINDOW).item.review.signed_off
    assert "the text has changed since it was signed" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_on": ""},
        {"days": 0},
        {"days": 366},
        {"authority": ""},
        {"authority": "Har\0bour"},
        {"entry": []},
        {"entry": ["window:nothing:00"]},
        {"entry": ["\0"]},
    ],
)
def test_a_sign_off_without_who_what_or_until_when_is_refused(city, wrong):
    answer = browser_of("administrator", city).post(PAGE, form(city, WINDOW, **wrong))
    assert answer.status_code == 400
    assert not SignOff.objects.exists()


def test_who_may_not_sign_reads_without_a_form(city):
    for role in ("worker", "editor"):
        browser = browser_of(role, city)
        page = browser.get(PAGE).content.decode()
        assert 'name="entry"' not in page
        assert "Not signed off" in page
        assert browser.post(PAGE, form(city, WINDOW)).status_code == 403
    assert not SignOff.objects.exists()


def test_a_fingerprint_is_of_what_is_said_and_not_of_when_it_was_reviewed():
    pathway = loading.load("", "BE")
    window = pathway.windows["hiv-pep"]
    longer = dataclasses.replace(window, hours=window.hours + 1)
    elsewhere = dataclasses.replace(window.review.source, url="https://example.org/")
    resourced = dataclasses.replace(
        window, review=dataclasses.replace(window.review, source=elsewhere)
    )
    later = dataclasses.replace(
        window, review=dataclasses.replace(window.review, reviewed_on=datetime.date(2027, 1, 1))
    )
    first = signing.fingerprint_of(window)
    assert signing.fingerprint_of(later) == first
    assert len({first, signing.fingerprint_of(longer), signing.fingerprint_of(resourced)}) == 3


def test_every_country_has_something_to_sign_and_no_name_stands_twice():
    for country in ("BE", "IT", "LU", "SE", "PT"):
        found = signing.entries(loading.load("", country))
        keys = [entry.key for entry in found]
        assert len(keys) == len(set(keys))
        legal = [entry.key for entry in found if entry.is_legal]
        assert WINDOW in legal
        assert "notice:duty-to-report" in legal
        assert "notice:sample-data" not in keys
