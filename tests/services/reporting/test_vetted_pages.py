"""Who sees what is for vetted workers on the ordinary pages and in the plan, and who does not."""

import json

import pytest
from django.test import Client

from tests import factories
from tests.people import browser_of

VETTED, SEALED = "marmoset3", "zanzibar7"
SPOT = {"latitude": 50.84, "longitude": 4.35}
PHONE, SEALED_PHONE = "555 77 31", "555 77 32"

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    """A city where a listing has something for vetted workers, and another one is for them alone."""
    city = factories.make_city("harbour", name="Harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    factories.make_service(
        city,
        name="Quay House",
        slug="quay-house",
        opening_hours="24/7",
        needs=["helpline", "shelter"],
        professional_note=f"{VETTED} note",
        sealed_note=SEALED,
        phones=[
            {"number": f"+32 2 {PHONE}", "visibility": "professional"},
            {"number": "+32 2 555 01 01"},
            {"number": f"+32 2 {SEALED_PHONE}", "visibility": "sealed", "note": SEALED},
        ],
    )
    for slug, visibility, canary in (
        ("vetted-house", "professional", VETTED),
        ("sealed-house", "sealed", SEALED),
    ):
        factories.make_service(
            city,
            name=f"{canary} House",
            slug=slug,
            visibility=visibility,
            opening_hours="24/7",
            needs=["helpline", "shelter"],
            place={"visibility": visibility, "street": f"{canary} street", **SPOT},
        )
    return city


#: Address -> what a vetted worker finds there and nobody else.
PAGES = {
    "/harbour/": (PHONE, f"{VETTED} House"),
    "/harbour/services/": (PHONE, f"{VETTED} House"),
    "/harbour/services/?view=map": (PHONE, f"{VETTED} street"),
    f"/harbour/services/?search={VETTED}": (f"{VETTED} House",),
    "/harbour/services/quay-house/": (PHONE, f"{VETTED} note"),
    "/harbour/services/vetted-house/": (f"{VETTED} House", f"{VETTED} street"),
    "/harbour/guide/plan/": (PHONE, f"{VETTED} House"),
}
MARK = "for vetted workers"


def read(browser, address):
    response = browser.get(address)
    assert response.status_code in (200, 404)
    return response.content.decode()


@pytest.mark.parametrize("role", ["worker", "administrator", "network"])
def test_a_vetted_person_sees_it_marked_and_never_what_is_sealed(city, role):
    browser = browser_of(role, None if role == "network" else city)
    for address, canaries in PAGES.items():
        text = read(browser, address)
        assert [canary for canary in canaries if canary not in text] == [], address
        assert MARK in text
        assert "You also see what is for vetted workers" in text
        assert SEALED not in text
        assert SEALED_PHONE not in text
    assert browser.get("/harbour/services/sealed-house/").status_code == 404
    assert SEALED not in read(browser, "/harbour/services/?search=zanzibr7")


@pytest.mark.parametrize("person", ["anonymous", "elsewhere", "one factor", "no role"])
def test_everybody_else_sees_nothing_of_it(city, person):
    elsewhere = factories.make_city("faraway", country="IT")
    browser = {
        "anonymous": Client,
        "elsewhere": lambda: browser_of("administrator", elsewhere),
        "one factor": lambda: browser_of("worker", city, strong=False),
        "no role": browser_of,
    }[person]()
    for address in PAGES:
        text = read(browser, address).replace(f"search={VETTED}", "")
        assert "You also see" not in text
        for canary in (f"{VETTED} House", f"{VETTED} note", f"{VETTED} street", PHONE, SEALED):
            assert canary not in text, address
    assert browser.get("/harbour/services/vetted-house/").status_code == 404


def test_reading_without_an_account_asks_nobody_who_it_is(client, city, django_assert_num_queries):
    for address, queries in (("/harbour/services/quay-house/", 2), ("/harbour/guide/plan/", 3)):
        client.get(address)
        with django_assert_num_queries(queries) as made:
            client.get(address)
        assert not any("session" in query["sql"] for query in made.captured_queries)


def test_a_key_for_workers_plans_with_what_they_may_see_in_its_cities_alone(city):
    elsewhere = factories.make_city("faraway", country="IT")
    keys = {
        "none": None,
        "public": factories.make_key("public", [city])[1],
        "vetted": factories.make_key("professional", [city])[1],
        "elsewhere": factories.make_key("professional", [elsewhere])[1],
    }
    seen = {name: _plan(key) for name, key in keys.items()}
    assert f"{VETTED} House" in seen.pop("vetted")
    for text in seen.values():
        assert VETTED not in text
        assert PHONE not in text
    assert SEALED not in str(seen) + _plan(keys["vetted"])


def _plan(key):
    headers = {"Authorization": f"Api-Key {key}"} if key else {}
    response = Client().post(
        "/api/v1/referral-plan",
        json.dumps({"city": "harbour", "facts": {"wants": ["shelter"]}}),
        content_type="application/json",
        headers=headers,
    )
    assert response.status_code == 200
    return response.content.decode()
