"""The page behind the link of a mail: one tap confirms, and nothing else ever happens by itself."""

import datetime

import pytest
import time_machine
from django.core.cache import caches
from django.utils import timezone

from services.models import Check, Confirmation, Proposal, Service, WrongAddress
from tests.pages import TELLING_WORDS
from tests.services.confirming.asking import (
    ADDRESS,
    asked,
    form_values,
    link_in,
    make_asking_city,
    make_listing,
    press,
    send,
    settings_of,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
CANARY = "zqx-canary"
SEALED_PHONE = "+32 2 555 09 77"


@pytest.fixture
def city():
    return make_asking_city()


def read(answer):
    return answer.content.decode()


def state_of_the_database():
    tables = (Service, Check, Check.listings.rel.related_model, Proposal, Confirmation)
    return [list(model.objects.values()) for model in tables]


def test_story_of_two_listings(city, client):
    make_listing(city)
    make_listing(city, "Night Line")
    (message,) = send()
    link = link_in(message)
    before = state_of_the_database()
    for _scanner in range(2):
        page = client.get(link)
        assert page.status_code == 200
        client.head(link)
    assert state_of_the_database() == before
    assert "Lantern House" in read(page)
    assert "Night Line" in read(page)
    as_sent = client.get(link_in(message, language=None))
    assert as_sent.headers["Content-Language"] == "fr"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.cookies == {}
    title = read(page).split("<title>")[1].split("</title>")[0].lower()
    assert not [word for word in (*TELLING_WORDS, "lantern") if word in title]

    answer = press(client, link, "right")
    assert (answer.status_code, answer["Location"]) == (303, link)
    said = Confirmation.objects.values_list("service__official_name", "field_group", "by", "how")
    groups = ("contact", "hours", "acceptance", "rest")
    assert set(said) == {("Lantern House", group, "organization", "check") for group in groups}
    assert Check.objects.get().closed_at is None
    press(client, link, "right")
    assert Confirmation.objects.count() == 8
    assert "Thank you" in read(client.get(link))
    assert Check.objects.get().closed_at


def test_a_second_tap_and_a_second_tab_change_nothing(city, client):
    _service, link = asked(city)
    tap = form_values(read(client.get(link)), "right")
    other_tab = form_values(read(client.get(link)), "closed")
    for _tap in range(2):
        assert client.post(link, tap).status_code == 303
    assert client.post(link, other_tab).status_code == 303
    assert Confirmation.objects.count() == 4
    assert not Proposal.objects.exists()


def test_what_was_changed_meanwhile_is_not_confirmed_unseen(city, client):
    service, link = asked(city)
    tap = form_values(read(client.get(link)), "right")
    service.opening_hours = "Sa 10:00-12:00"
    service.save()
    answer = client.post(link, tap)
    assert answer.status_code == 409
    assert "Look again" in read(answer)
    assert not Confirmation.objects.exists()
    assert press(client, link, "right").status_code == 303
    assert Confirmation.objects.count() == 4


def test_full_until_a_day_and_taking_again(city, client):
    with time_machine.travel(MONDAY, tick=False):
        service, link = asked(city)
        for until in ("2026-03-01", "2027-03-01", "soon", "", "\0"):
            wrong = press(client, link, "full", until=until)
            assert wrong.status_code == 400
            assert "error-summary" in read(wrong)
        press(client, link, "full", until="2026-03-06")
        service.refresh_from_db()
        assert service.capacity == "full"
        # Midnight in Brussels.
        assert service.capacity_until == datetime.datetime(2026, 3, 6, 23, tzinfo=datetime.UTC)
        press(client, link, "taking")
        press(client, link, "taking")
        service.refresh_from_db()
        assert service.capacity == "taking"
        assert service.capacity_until == timezone.now() + datetime.timedelta(days=3)
        assert [c.field_group for c in service.confirmations.all()] == ["capacity"]
        assert Check.objects.get().answered_at
        # It does not answer for the rest; and may still be said after that.
        assert press(client, link, "right").status_code == 303
        assert press(client, link, "full", until="2026-03-06").status_code == 303


def test_expired_used_altered(city, client):
    settings_of(city, checks_reply_to="office@harbour.example")
    with time_machine.travel(MONDAY, tick=False):
        service, link = asked(city)
        tap = form_values(read(client.get(link)), "right")
    secret = link.split("/")[2]
    altered = link.replace(secret, secret[:-1] + ("A" if secret[-1] != "A" else "B"))
    with time_machine.travel(MONDAY + datetime.timedelta(days=30, seconds=1), tick=False):
        for answer in (client.get(link), client.post(link, tap)):
            assert answer.status_code == 410
            assert "too old" in read(answer)
            assert "office@harbour.example" in read(answer)
            assert "Lantern" not in read(answer)
    with time_machine.travel(MONDAY + datetime.timedelta(days=29), tick=False):
        for wrong in (altered, altered.replace("?", "%00?"), "/check/%F0%9F/"):
            assert client.get(wrong).status_code == 404
            assert client.post(wrong, tap).status_code == 404
        assert not Confirmation.objects.exists()
        client.post(link, tap)
    with time_machine.travel(MONDAY + datetime.timedelta(days=29, hours=2), tick=False):
        for answer in (client.get(link), client.post(link, tap)):
            assert answer.status_code == 410
            assert "has been used" in read(answer)
            assert "Lantern" not in read(answer)
    assert service.confirmations.count() == 4


def test_nothing_sealed_on_the_page_or_in_the_mail(city, client):
    service = make_listing(
        city,
        "Quiet House",
        confidential=True,
        place={
            "visibility": "sealed",
            "street": f"{CANARY} street",
            "latitude": 50.1,
            "longitude": 4.1,
        },
        phones=[
            {"number": "+32 2 555 01 00"},
            {"number": SEALED_PHONE, "visibility": "sealed"},
            {"number": "+32 2 555 09 66", "visibility": "professional"},
        ],
        sealed_note=f"{CANARY} note",
        professional_note=f"{CANARY} for workers",
        website=f"https://{CANARY}.example/",
    )
    (message,) = send()
    page = read(client.get(link_in(message)))
    for text in (page, message.message().as_string()):
        assert "Quiet House" in text
        assert CANARY not in text
        assert "555 09" not in text
        assert "50.1" not in text
    assert "Kept secret" in page
    assert "website" not in form_values(page, "change")
    service.visibility = "sealed"
    service.save()
    assert "Quiet House" not in read(client.get(link_in(message)))


def test_what_changed_waits_for_the_editor(city, client):
    service, link = asked(city, hours_note="Ring twice")
    answer = press(client, link, "change", phone_0="+32 2 555 01 22", opening_hours="24/7")
    assert answer.status_code == 303
    proposal = Proposal.objects.get()
    assert proposal.state == "waiting"
    assert proposal.old == {
        "phone:+32 2 555 01 00": "+32 2 555 01 00",
        "opening_hours": "Mo-Fr 09:00-17:00",
    }
    assert proposal.new == {"phone:+32 2 555 01 00": "+32 2 555 01 22", "opening_hours": "24/7"}
    service.refresh_from_db()
    assert service.opening_hours == "Mo-Fr 09:00-17:00"
    assert not Confirmation.objects.exists()
    assert "office looks at it" in read(client.get(link))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("opening_hours", "whenever, really"),
        ("opening_hours", "Mo-Fr 09:00-17:00\0"),
        ("hours_note", "x" * 301),
        ("phone_0", "ask Marie"),
        ("phone_new", "12"),
        ("email", "<script>alert(1)</script>"),
        ("website", "javascript:alert(1)"),
        ("website", "ftp://lantern.example/"),
        ("how_to_get_in", "through the window"),
    ],
)
def test_bad_input_keeps_what_was_typed(city, client, field, typed):
    _service, link = asked(city)
    answer = press(client, link, "change", **{"email": "kept@lantern.example"} | {field: typed})
    page = read(answer)
    assert answer.status_code == 400
    assert "field-error" in page
    assert "<script>" not in page.split("<main")[1]
    assert field == "email" or "kept@lantern.example" in page
    assert not Proposal.objects.exists()
    assert press(client, link, "right").status_code == 303


def test_nothing_changed_is_said_and_unknown_buttons_are_refused(city, client):
    _service, link = asked(city)
    answer = press(client, link, "change")
    assert answer.status_code == 400
    assert "Nothing differs" in read(answer)
    for data in ({}, {"answer": "right"}, {"answer": "right", "listing": "99\0"}, {"answer": "no"}):
        assert client.post(link, data).status_code == 400
    assert not Confirmation.objects.exists()


def test_closed_is_a_proposal_even_where_changes_count_at_once(city, client):
    settings_of(city, checks_apply_at_once=True)
    service, link = asked(city)
    press(client, link, "closed")
    assert Proposal.objects.get().kind == "close"
    assert Proposal.objects.get().state == "waiting"
    service.refresh_from_db()
    assert service.status == "published"


def test_changes_count_at_once_where_the_city_chose_it(city, client):
    settings_of(city, checks_apply_at_once=True)
    translations = {"fr": {"name": "Maison", "hours_note": "Sonnez"}}
    service, link = asked(city, hours_note="Ring twice", translations=translations)
    version = service.cities.get().version
    typed = {"phone_0": "", "phone_new": "+32 2 555 01 33", "hours_note": "<b>Frappez</b>"}
    press(client, link, "change", **typed)
    service = Service.objects.get()
    assert [phone.number for phone in service.phones.all()] == ["+32 2 555 01 33"]
    assert {w.language_code: w.hours_note for w in service.translations.all()} == {
        "en": "",
        "fr": "<b>Frappez</b>",
    }
    assert Proposal.objects.get().state == "at-once"
    assert service.confirmations.count() == 4
    assert service.cities.get().version > version
    page = read(client.get(f"/harbour/services/{service.slug}/?lang=fr"))
    assert "&lt;b&gt;Frappez" in page
    assert "<b>Frappez" not in page


@pytest.mark.parametrize("why", ["national", "number kept from the public", "a city less"])
def test_but_not_at_once_where_others_are_concerned(city, client, why):
    settings_of(city, checks_apply_at_once=True)
    phones = [{"number": SEALED_PHONE, "visibility": "sealed"}, "+32 2 555 01 00"]
    reach = {"reach": "national"} if why == "national" else {}
    service = make_listing(city, phones=phones, **reach)
    if why == "a city less":
        service.cities.add(make_asking_city("upriver"))
    (message,) = send()
    new = SEALED_PHONE if why == "number kept from the public" else "+32 2 555 01 44"
    press(client, link_in(message), "change", phone_new=new)
    assert Proposal.objects.get().state == "waiting"
    assert service.phones.count() == 2


def test_not_us_stops_mails_to_that_address(city, client):
    with time_machine.travel(MONDAY, tick=False):
        service, link = asked(city)
        tap = form_values(read(client.get(link)), "right")
        for _tap in range(2):
            assert client.post(link, {"answer": "not-us"}).status_code == 303
        assert WrongAddress.objects.get().email == ADDRESS
        page = read(client.get(link))
        assert "Thank you" in page
        client.post(link, tap)
        assert not Confirmation.objects.exists()
        assert service.phones.get().number not in page
    with time_machine.travel(MONDAY + datetime.timedelta(days=100), tick=False):
        assert send() == []


def test_an_address_that_asks_too_often_waits(city, client, settings):
    settings.CHECK_REQUESTS_PER_MINUTE = 3
    caches["requests"].clear()
    with time_machine.travel(MONDAY, tick=False):
        statuses = [client.get("/check/guess/").status_code for _guess in range(4)]
        assert statuses == [404, 404, 404, 429]
        assert client.get("/check/guess/").headers["Retry-After"]
        assert client.get("/check/guess/", REMOTE_ADDR="192.0.2.9").status_code == 404
