"""Canaries: what is sealed leaves through no door, and what is answered is kept nowhere.

Strings that stand nowhere else are planted in every sealed, professional and unpublished
field and in every answer; then every address of the site is opened and everything that
came out is searched, with the database, the log and the cookie jar.
"""

import io
import json
import logging

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from services.models import Confirmation, Location, Service, ServiceAtLocation
from tests import factories

SEALED = "zanzibar7"
PLACE = {"latitude": 50.123457, "longitude": 4.765431}
DIGITS = ("50.1234", "4.7654")

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    """A city whose every secret is a canary."""
    city = factories.make_city("harbour", name="Harbour")
    factories.make_place(city)
    factories.make_service(
        city, name="Alarm", needs=["emergency"], opening_hours="24/7", phones=["112"]
    )
    refuge = factories.make_service(
        city,
        name="Quay House",
        needs=["shelter"],
        confidential=True,
        website=f"https://{SEALED}.example.org/",
        professional_note=f"{SEALED} professional note",
        sealed_note=f"{SEALED} sealed note",
        phones=[
            {"number": "+32 2 555 01 01"},
            {"number": "+32 2 555 77 31", "visibility": "professional", "note": SEALED},
            {"number": "+32 2 555 77 32", "visibility": "sealed", "note": SEALED},
        ],
        sources=[{"publisher": "Gazette", "url": f"https://example.org/{SEALED}"}],
    )
    secret = Location.objects.create(
        street=f"{SEALED} street 1",
        postal_code="9871ZQ",
        town=SEALED,
        note=SEALED,
        visibility="sealed",
        confidential=True,
        **PLACE,
    )
    refuge.sites.all().delete()
    ServiceAtLocation.objects.create(service=refuge, location=secret)
    for status in (Service.Status.DRAFT, Service.Status.WITHDRAWN):
        factories.make_service(
            city,
            name=f"{SEALED} {status}",
            slug=f"{SEALED}-{status}",
            needs=["shelter"],
            status=status,
        )
    for visibility in ("professional", "sealed"):
        factories.make_service(
            city,
            name=f"{SEALED} {visibility}",
            slug=f"{SEALED}-{visibility}",
            needs=["shelter"],
            visibility=visibility,
            summary=SEALED,
        )
    return city


def addresses(city):
    """Every public page of a city, with filters that would find a canary if one were kept there."""
    services = reverse("services", args=[city.slug])
    found = [
        "/", reverse("city", args=[city.slug]), services, reverse("privacy"), "/healthz",
        reverse("plan", args=[city.slug]), reverse("guide", args=[city.slug]), reverse("sheet", args=[city.slug]),
        reverse("card", args=[city.slug]), reverse("still-right", args=[city.slug]),
        reverse("service", args=[city.slug, "quay-house"]), "/robots.txt", "/nowhere/",
        *(reverse(name, args=[city.slug]) for name in ("offline", "offline-list", "no-line")),
    ]  # fmt: skip
    queries = [
        f"search={SEALED}", "search=zanzibr7", "search=9871ZQ", "need=shelter", "view=map",
        "near=old-station&order=nearest", "near=50.1,4.7&radius_km=50&order=nearest",
        "open_now=true", "language=fr", "page=2", "order=nearest",
    ]  # fmt: skip
    slugs = [*Service.objects.values_list("slug", flat=True)]
    pages = [reverse("service", args=[city.slug, slug]) for slug in slugs]
    return [*found, *(f"{services}?{query}" for query in queries), *pages]


def everything(response):
    """Body and headers, without what the address itself repeats."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + str(response.headers)


def test_what_is_sealed_leaves_through_no_page(client, city):
    for address in addresses(city):
        response = client.get(address, follow=True)
        assert response.status_code in (200, 400, 404), address
        text = everything(response)
        # Whoever types a canary sees it again in the search field, and nothing behind it.
        known = ("/services/" + SEALED, f"{SEALED} street", f"{SEALED} note", f"{SEALED} draft")
        assert not any(leak in text for leak in known), address
        assert SEALED in address or SEALED not in text, address
        for digits in (*DIGITS, "9871ZQ", "555 77 31", "5557731", "555 77 32", "5557732"):
            assert digits not in text or digits in address, (address, digits)


def test_an_unpublished_listing_answers_like_one_that_never_was(client, city):
    never = client.get(reverse("service", args=[city.slug, "never-was"]))
    for slug in Service.objects.filter(slug__startswith=SEALED).values_list("slug", flat=True):
        hidden = client.get(reverse("service", args=[city.slug, slug]))
        assert hidden.status_code == never.status_code == 404
        assert hidden.content.replace(slug.encode(), b"never-was") == never.content


def test_what_is_sealed_leaves_through_no_plan(client, city):
    for facts in ({}, {"wants": ["shelter"]}, {"near": {"latitude": 50.12, "longitude": 4.76}}):
        response = client.post(
            "/api/v1/referral-plan",
            data=json.dumps({"city": "harbour", "facts": {"wants": ["shelter"], **facts}}),
            content_type="application/json",
        )
        assert response.status_code == 200
        text = everything(response)
        assert SEALED not in text
        assert not any(digits in text for digits in (*DIGITS, "5557731", "5557732"))
        quay = [
            o for s in response.json()["steps"] for o in s["options"] if o["name"] == "Quay House"
        ]
        assert quay
        assert all(option["distance_km"] is None for option in quay)


def test_what_is_sealed_reaches_no_search_text_or_log(client, city, caplog):
    caplog.set_level(logging.DEBUG)
    for address in addresses(city):
        client.get(address)
    kept = Service.objects.get(official_name="Quay House").search_text
    assert SEALED not in kept
    assert "9871ZQ" not in kept
    assert "street 1" not in caplog.text
    assert DIGITS[0] not in caplog.text


ANSWERS = {
    "danger": {"danger": "soon"},
    "age": {"age": "adult"},
    "consent": {"consent": "yes"},
    "what": {"concerns": ["honour-violence"], "wants": ["asylum-residence"]},
    "when": {"hours_since": "119"},
    "signs": {"red_flags": ["strangulation"]},
    "who": {"gender": "intersex", "children": "3"},
    "status": {"status": "dependent-permit"},
}


def dump():
    """The whole database as text."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out, verbosity=0)
    return out.getvalue()


def walk(client, city):
    """Answer the guide to its plan; every response on the way."""
    responses = [client.get(reverse("guide", args=[city.slug]), follow=True)]
    while "/plan/" not in (address := responses[-1].request["PATH_INFO"]):
        question = address.rstrip("/").split("/")[-1]
        responses.append(client.post(address, ANSWERS.get(question, {"skip": "1"}), follow=True))
        assert len(responses) < 15, address
    return responses


def test_an_answer_is_kept_nowhere_but_in_the_sealed_cookie(client, city, caplog):
    caplog.set_level(logging.DEBUG)
    before = dump()
    responses = walk(client, city)
    assert dump() == before
    for response in responses:
        for address, _status in response.redirect_chain:
            assert "?" not in address
        headers = " ".join(f"{k}: {v}" for k, v in response.headers.items())
        cookies = " ".join(morsel.OutputString() for morsel in client.cookies.values())
        for value in ("honour", "strangulation", "intersex", "dependent", "119", "asylum"):
            assert value not in headers
            assert value not in cookies
    for value in ("honour-violence", "strangulation", "intersex", "dependent-permit"):
        assert value not in caplog.text


def test_the_server_holds_no_session(client, city):
    walk(client, city)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_session")
        assert cursor.fetchone() == (0,)
    assert "sessionid" not in client.cookies


def test_leaving_forgets_the_answers(client, city):
    walk(client, city)
    assert client.cookies["guide"].value
    left = client.get("/leave/")
    assert left.cookies["guide"].value == ""
    again = client.get(reverse("guide", args=[city.slug]), follow=True)
    assert again.request["PATH_INFO"].endswith("/guide/danger/")


def test_confirmations_say_when_and_by_whom_but_name_nobody(client, city):
    service = Service.objects.get(official_name="Quay House")
    Confirmation.objects.create(service=service, field_group="contact", by="city", how=SEALED)
    page = client.get(reverse("service", args=[city.slug, service.slug]))
    assert page.status_code == 200
    assert SEALED not in page.content.decode()
