"""The link of a service: guessed, altered, replayed, expired, forwarded, recalled."""

import datetime
import secrets

import pytest
import time_machine
from django.utils import timezone

from referrals.handoff import acts, receiver, rules
from referrals.models import Letter, Referral, ReferralEvent
from services.models import Service
from tests.referrals.handoff.sending import answer, make_door, make_world, refresh, send, text

pytestmark = pytest.mark.django_db

By = ReferralEvent.By


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def sent(world):
    return send(*world)


def test_the_page_says_what_is_asked_and_no_more(client, world):
    referral, link = send(
        *world, group="women-girls", language="ti", contact="phone", contact_value="+32 2 555 99 88"
    )
    page = client.get(link)
    assert page.status_code == 200
    assert page["Cache-Control"].startswith(("no-store", "private", "max-age=0"))
    said = text(page)
    code = f"{referral.code[:3]}-{referral.code[3:]}"
    for part in (code, "Shelter", "Women girls", "Tigrinya", "within 24 hours", "+32 2 555 99 88"):
        assert part in said
    assert world[2].email not in said


def test_opening_changes_nothing_however_often(client, sent):
    referral, link = sent
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert refresh(referral).version == referral.version
    assert ReferralEvent.objects.count() == 1


def test_one_tap_answers(client, sent):
    referral, link = sent
    assert answer(client, link, referral, "accept").status_code == 303
    assert refresh(referral).state == "can-take"
    assert "let them in" in text(client.get(link))
    assert answer(client, link, referral, "arrive").status_code == 303
    thanks = answer(client, link, referral, "close")
    assert (thanks.status_code, "Thank you" in text(thanks)) == (200, True)


def test_a_no_needs_a_reason_of_the_list(client, sent):
    referral, link = sent
    for reason in ("", "because of her", "FULL"):
        refused = answer(client, link, referral, "refuse", reason=reason)
        assert refused.status_code == 400
        assert "Choose a reason" in text(refused)
        assert "because of her" not in refused.content.decode()
    assert refresh(referral).state == "sent"
    assert answer(client, link, referral, "refuse", reason="full").status_code == 303
    assert refresh(referral).reason == "full"


def test_nonsense_is_refused_with_the_page_still_there(client, sent):
    referral, link = sent
    for posted in ({}, {"do": "explode"}, {"do": "accept"}, {"do": "accept", "referral": "\0"}):
        page = client.post(link, posted)
        assert page.status_code == 400
        assert "Use the buttons" in text(page)
    for act in ("withdraw", "erase", "close"):
        assert answer(client, link, referral, act).status_code in (400, 409)
    assert refresh(referral).version == 1


def test_guessed_and_altered_links_open_nothing(client, sent):
    _referral, link = sent
    path, _, query = link.partition("?")
    secret = path.split("/")[2]
    other = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for guess in (
        other,
        secret[:-1],
        secret + "A",
        secret.swapcase(),
        secrets.token_urlsafe(32),
        "x",
    ):
        page = client.get(f"/handoff/{guess}/?{query}")
        assert page.status_code == 404
        assert "Open the link from the mail once more" in text(page)
        assert client.post(f"/handoff/{guess}/", {"do": "accept"}).status_code == 404


def test_replayed_taps_change_nothing(client, sent):
    referral, link = sent
    for _ in range(3):
        assert answer(client, link, referral, "accept").status_code == 303
    assert list(referral.events.values_list("act", flat=True)) == ["refer", "accept"]
    answer(client, link, referral, "arrive")
    late = answer(client, link, referral, "accept")
    assert late.status_code == 409
    assert "somebody has answered meanwhile" in text(late)


def test_a_link_forwarded_after_it_is_over_helps_and_tells_nothing(client, sent):
    referral, link = sent
    answer(client, link, referral, "refuse", reason="full")
    answer(client, link, referral, "close")
    page = client.get(link)
    assert page.status_code == 410
    assert "closed" in text(page)
    for told in (referral.code, f"{referral.code[:3]}-{referral.code[3:]}", "helter"):
        assert told not in page.content.decode()
    assert answer(client, link, referral, "accept").status_code == 410


def test_an_old_link_is_refused(client, world):
    with time_machine.travel(timezone.now() - rules.CONSENT - datetime.timedelta(minutes=1)):
        referral, link = send(*world)
    page = client.get(link)
    assert (page.status_code, "too old" in text(page)) == (410, True)
    assert answer(client, link, referral, "accept").status_code == 410
    assert refresh(referral).state == "sent"


@pytest.mark.parametrize(
    "gone", [{"held": True}, {"status": "withdrawn"}, {"visibility": "sealed"}]
)
def test_nothing_goes_to_a_service_that_left_the_directory(client, world, sent, gone):
    _referral, link = sent
    Service.objects.filter(pk=world[1].pk).update(**gone)
    assert client.get(link).status_code == 410
    second, nothing = send(*world)
    assert nothing is None
    assert Letter.objects.get(referral=second).state == "needless"


def test_recalled_between_opening_and_tapping(client, sent):
    referral, link = sent
    assert client.get(link).status_code == 200
    acts.withdraw(referral.pk, By.WORKER)
    page = answer(client, link, referral, "accept")
    assert (page.status_code, "taken back" in text(page)) == (410, True)


def test_erased_between_opening_and_tapping(client, sent, monkeypatch):
    referral, link = sent
    accept = acts.accept

    def erased_before(pk, by):
        acts.erase(pk, By.WORKER)
        return accept(pk, by)

    monkeypatch.setitem(receiver._ACTS, "accept", receiver._simple(erased_before))
    page = answer(client, link, referral, "accept")
    assert (page.status_code, "taken back" in text(page)) == (410, True)


def test_erased_a_link_was_never_there(client, sent):
    referral, link = sent
    acts.erase(referral.pk, By.WORKER)
    assert client.get(link).status_code == 404


def test_others_at_the_same_address_wait_below_and_are_answered_there(client, world):
    city, service, worker = world
    first, link = send(*world)
    second, _link = send(*world)
    sister = make_door(city, "Sister House")
    other_house, _link = send(city, sister, worker)
    Service.objects.filter(pk=service.pk).update(email="new@lantern.example")
    service.refresh_from_db()
    other_address, _link = send(city, service, worker)
    said = client.get(link).content.decode()
    assert str(second.pk) in said
    assert answer(client, link, second, "accept").status_code == 303
    assert refresh(second).state == "can-take"
    for elsewhere in (other_house, other_address):
        assert str(elsewhere.pk) not in said
        assert answer(client, link, elsewhere, "accept").status_code == 400
        assert refresh(elsewhere).state == "sent"
    assert refresh(first).state == "sent"


def test_who_opens_too_many_links_waits(client, sent, settings):
    settings.CHECK_REQUESTS_PER_MINUTE = 3
    codes = [client.get(sent[1]).status_code for _ in range(5)]
    assert codes[:3] == [200] * 3
    assert codes[-1] == 429


def test_of_the_secret_a_hash_is_kept(sent):
    _referral, link = sent
    secret = link.split("/")[2]
    row = Referral.objects.values().get()
    letter = Letter.objects.values().get()
    assert secret not in f"{row}{letter}"
    assert letter["sealed_token"] == ""
