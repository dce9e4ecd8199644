"""What editors do with proposals, silent organisations and wrong addresses; what the city chooses."""

import datetime

import pytest
import time_machine
from django.core import mail

from services.acting import Way, current
from services.confirming import fields, overview
from services.consequences import _finders
from services.models import Check, City, Proposal, Service, WrongAddress
from services.roles import standing_of_user
from tests.factories import make_city, make_service
from tests.people import browser_of, make_person
from tests.services.confirming.asking import (
    ADDRESS,
    asked,
    link_in,
    make_asking_city,
    make_listing,
    organization,
    press,
    send,
    settings_of,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
CANARY = "zqx-canary"
PROPOSALS, CHECKS = "/office/harbour/proposals/", "/office/harbour/checks/"


@pytest.fixture
def city():
    return make_asking_city()


@pytest.fixture
def editor(city):
    return browser_of("editor", city)


def read(answer):
    return answer.content.decode()


def proposed(city, client, **typed):
    """(listing, address of the proposal) after an organisation typed something over."""
    service, link = asked(city)
    press(client, link, "change", **typed or {"opening_hours": "24/7"})
    return service, f"{PROPOSALS}{Proposal.objects.get().pk}/"


def test_accepting_changes_and_confirms_the_listing(city, editor, client, monkeypatch):
    with time_machine.travel(MONDAY, tick=False):
        service, address = proposed(city, client)
        service.confirmations.create(field_group="hours", by="city")
    assert "1 change proposed" in read(editor.get("/office/harbour/"))
    page = read(editor.get(PROPOSALS))
    assert "Mo-Fr 09:00-17:00" in page
    assert "24/7" in page
    ways, write = [], fields.write
    monkeypatch.setattr(fields, "write", lambda *told: (ways.append(current()), write(*told)))
    assert editor.post(address, {"do": "accept"}).status_code == 302
    assert ways[-1].way == Way.CHECK
    assert ways[-1].user_id
    service.refresh_from_db()
    assert service.opening_hours == "24/7"
    groups = {(c.field_group, c.by, c.confirmed_at) for c in service.confirmations.all()}
    vouched = ("contact", "hours", "acceptance", "rest")
    # As of the day on which the organisation said so, and what the city confirmed before is gone.
    assert groups == {(group, "organization", MONDAY) for group in vouched}
    assert editor.post(address, {"do": "decline"}).status_code == 302
    assert Proposal.objects.get().state == "accepted"
    assert "Nothing waits" in read(editor.get(PROPOSALS))


def test_declining_leaves_the_listing(city, editor, client):
    service, address = proposed(city, client)
    for _click in range(2):
        assert editor.post(address, {"do": "decline"}).status_code == 302
    service.refresh_from_db()
    assert service.opening_hours == "Mo-Fr 09:00-17:00"
    assert Proposal.objects.get().state == "declined"
    assert not service.confirmations.exists()


def test_a_listing_changed_meanwhile_is_told_and_kept(city, editor, client):
    service, address = proposed(city, client)
    service.opening_hours = "Sa 10:00-12:00"
    service.save()
    assert "cannot be accepted" in read(editor.get(PROPOSALS))
    answer = editor.post(address, {"do": "accept"})
    assert answer.status_code == 409
    assert "Nothing is changed" in read(answer)
    service.refresh_from_db()
    assert service.opening_hours == "Sa 10:00-12:00"
    assert Proposal.objects.get().state == "waiting"
    assert editor.post(address, {}).status_code == 400
    assert editor.post(address, {"do": "\0"}).status_code == 400


def test_a_number_kept_from_the_public_does_not_become_public(city, editor, client):
    sealed = {"number": "+32 2 555 09 77", "visibility": "sealed"}
    service, link = asked(city, phones=[sealed, "+32 2 555 01 00"])
    press(client, link, "change", phone_0="+3225550977")
    assert (
        editor.post(f"{PROPOSALS}{Proposal.objects.get().pk}/", {"do": "accept"}).status_code == 409
    )
    kept = [phone for phone in service.phones.all() if "09 77" in phone.number]
    assert {phone.visibility for phone in kept} == {"sealed"}


def test_closed_withdraws_when_it_is_accepted_knowing_what_is_lost(
    city, editor, client, monkeypatch
):
    service, link = asked(city)
    press(client, link, "closed")
    address = f"{PROPOSALS}{Proposal.objects.get().pk}/"

    def lost(found, before, after):
        if before and not after:
            yield "no night bed is left"

    monkeypatch.setattr("services.consequences._finders", [*_finders, lost])
    answer = editor.post(address, {"do": "accept"})
    assert answer.status_code == 409
    assert "no night bed is left" in read(answer)
    service.refresh_from_db()
    assert service.status == "published"
    assert editor.post(address, {"do": "accept", "sure": "yes"}).status_code == 302
    service.refresh_from_db()
    assert service.status == "withdrawn"


def test_other_cities_and_sealed_listings_are_not_there(city, editor, client):
    service, address = proposed(city, client, email=f"{CANARY}@lantern.example")
    elsewhere = make_city("upriver", country="IT")
    stranger = browser_of("administrator", elsewhere)
    assert (
        stranger.post(f"/office/upriver/proposals/{Proposal.objects.get().pk}/").status_code == 404
    )
    asked_of = f"/office/upriver/checks/{service.organization_id}/"
    assert stranger.post(asked_of, {"do": "ask"}).status_code == 404
    assert CANARY not in read(stranger.get("/office/upriver/proposals/"))
    assert CANARY in read(editor.get(PROPOSALS))
    # Sealed after it was proposed: gone for the editor, there for the administrator.
    service.visibility = "sealed"
    service.save()
    for page in (PROPOSALS, CHECKS, "/office/harbour/"):
        assert CANARY not in read(editor.get(page))
        assert "Lantern" not in read(editor.get(page))
    assert editor.post(address, {"do": "accept"}).status_code == 404
    assert CANARY in read(browser_of("administrator", city).get(PROPOSALS))


def test_settings_belong_to_the_administrator(city, editor):
    administrator = browser_of("administrator", city)
    version = City.objects.get(pk=city.pk).version
    typed = {
        "check_every_days": "60",
        "checks_apply_at_once": "on",
        "checks_reply_to": "a@b.example",
    }
    assert editor.post(f"{CHECKS}settings/", typed).status_code == 403
    assert administrator.post(f"{CHECKS}settings/", typed).status_code == 302
    city = City.objects.get(pk=city.pk)
    assert (city.checks_on, city.check_every_days, city.checks_apply_at_once) == (False, 60, True)
    # No reader notices: no copy of the directory is out of date by it.
    assert city.version == version
    assert "Switched off" in read(editor.get(CHECKS))
    for days in ("3", "400", "x", "", "\0"):
        answer = administrator.post(f"{CHECKS}settings/", typed | {"check_every_days": days})
        assert answer.status_code == 400
        assert "a@b.example" in read(answer)


def test_one_organisation_is_asked_now_and_only_once(city, editor):
    make_listing(city)
    address = f"{CHECKS}{organization().pk}/"
    settings_of(city, checks_on=False)
    assert editor.post(address, {"do": "ask"}).status_code == 409
    settings_of(city, checks_on=True)
    for _click in range(2):
        assert editor.post(address, {"do": "ask"}).status_code == 302
    assert [message.to for message in mail.outbox] == [[ADDRESS]]
    assert "No answer yet" in read(editor.get(CHECKS))
    assert editor.post(address, {"do": "dance"}).status_code == 400
    mute = make_service(city, organization="Mute")
    answer = editor.post(f"{CHECKS}{mute.organization_id}/", {"do": "ask"})
    assert answer.status_code == 409
    assert "No address is known" in read(answer)


def test_three_mails_without_an_answer_are_a_task_until_somebody_phoned(city, editor):
    make_listing(city)
    for day in (0, 14, 42):
        with time_machine.travel(MONDAY + datetime.timedelta(days=day), tick=False):
            assert len(send()) == 1
    standing = standing_of_user(make_person("editor", city))
    with time_machine.travel(MONDAY + datetime.timedelta(days=55), tick=False):
        assert overview.silent(standing, city) == []
    with time_machine.travel(MONDAY + datetime.timedelta(days=56), tick=False):
        editor = browser_of("editor", city)
        assert "Phone 1 organisation" in read(editor.get("/office/harbour/"))
        assert "We phoned them" in read(editor.get(CHECKS))
        editor.post(f"{CHECKS}{organization().pk}/", {"do": "phoned"})
        assert "Phone 1 organisation" not in read(editor.get("/office/harbour/"))
        assert set(Check.objects.values_list("state", flat=True)) == {"settled"}
    # A new series begins when the city wants.
    for day, mails in ((131, 0), (132, 1), (145, 0), (146, 1)):
        with time_machine.travel(MONDAY + datetime.timedelta(days=day), tick=False):
            assert len(send()) == mails


def test_a_wrong_address_is_a_task_until_another_is_written(city, editor, client):
    _service, link = asked(city)
    press(client, link, "not-us")
    assert "1 wrong address" in read(editor.get("/office/harbour/"))
    address = f"{CHECKS}{organization().pk}/"
    same = {"do": "address", "check_email": ADDRESS.upper(), "language": "fr"}
    answer = editor.post(address, same)
    assert answer.status_code == 400
    assert "not theirs" in read(answer)
    assert ADDRESS.upper() in read(answer)
    assert editor.post(address, same | {"check_email": "no\0"}).status_code == 400
    assert editor.post(address, same | {"check_email": "b@lantern.example"}).status_code == 302
    assert "1 wrong address" not in read(editor.get("/office/harbour/"))
    assert WrongAddress.objects.get().settled_at
    assert organization().check_email == "b@lantern.example"


def test_pages_do_not_grow_with_rows(city, editor, client, django_assert_max_num_queries):
    def some(start):
        for number in range(start, start + 4):
            letter = "abcdefgh"[number]
            make_listing(
                city,
                name=f"House {letter}",
                organization=f"Org {letter}",
                email=f"{letter}@x.example",
            )
        for message in send():
            press(client, link_in(message), "change", opening_hours="24/7")

    counts = []
    for start in (0, 4):
        some(start)
        for page in (PROPOSALS, CHECKS):
            with django_assert_max_num_queries(60) as seen:
                editor.get(page)
            counts.append(len(seen))
    assert Proposal.objects.count() == 8
    assert Service.objects.count() == 8
    assert counts[:2] == counts[2:]
