"""A partner is told by webhook when its own referral changes: signed, again after a failure, once."""

import base64
import datetime
import hashlib
import hmac
import json
import re

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.handoff import acts, learning, purging
from referrals.handoff import webhooks as news
from referrals.models import Referral, ReferralDelivery, ReferralEvent
from services import changes, webhooks
from services.models import Delivery, PartnerKey, Webhook
from tests import factories
from tests.https_server import certificate, loopback_is_public, receiver
from tests.people import browser_of, make_person
from tests.referrals.handoff.desk import Desk, make_door, make_referral, withdraw

__all__ = ["certificate", "loopback_is_public", "receiver"]

URL = "https://hooks.partner.example/hook"

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return factories.make_city("harbour")


@pytest.fixture
def door(city):
    door = make_door(city, name="Quay House", summary="canary")
    changes.number()
    return door


@pytest.fixture
def key(city):
    return make_key(city)


@pytest.fixture
def webhook(key):
    return webhooks.make_webhook(key, URL)[0]


@pytest.fixture
def posts(monkeypatch):
    """What would have been sent: (address, message, headers); `posts.answer` is what it meets."""

    class Posts(list):
        answer = 200

        def __call__(self, url, body, headers, timeout):
            self.append((url, json.loads(body), headers))
            return self.answer

    posts = Posts()
    monkeypatch.setattr("services.outbound.post", posts)
    return posts


def make_key(city, **fields):
    return factories.make_key("professional", [city], **{"may_refer": True} | fields)[0]


def run():
    return dict(webhooks.deliver_due())


def told(posts):
    return [(message["data"]["number"], message["data"]["state"]) for _url, message, _h in posts]


# Who is told what.


def test_every_change_is_told_signed_and_in_few_words(key, door, receiver, loopback_is_public):
    _webhook, secret = webhooks.make_webhook(key, receiver.url())
    made = make_referral(key, door, code="ACD346", group="families", language="ar",
                         contact="email", contact_value="canary@example.org")  # fmt: skip
    acts.refuse(made.pk, "receiver", "full")
    assert run() == {"delivered": 2}
    messages = [verified(secret, headers, body) for *_way, headers, body in receiver.requests]
    events = list(made.events.all())
    assert messages == [
        {
            "type": "referral.changed",
            "timestamp": event.at.isoformat(),
            "data": {
                "referral": str(made.pk),
                "code": "ACD-346",
                "state": state,
                "number": number,
            },
        }
        for event, state, number in zip(events, ("sent", "cannot"), (1, 2), strict=True)
    ]
    assert run() == {}


def verified(secret, headers, body):
    """What docs/api.md tells a receiver to do; the message, or an AssertionError."""
    message_id, moment = headers["webhook-id"], headers["webhook-timestamp"]
    assert abs(timezone.now().timestamp() - int(moment)) < 300
    signing = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(signing, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(signed).decode()
    return json.loads(body)


def test_an_act_done_twice_is_told_once(key, door, webhook):
    made = make_referral(key, door)
    for _ in range(2):
        acts.accept(made.pk, "receiver")
    assert ReferralDelivery.objects.count() == 2
    event = ReferralEvent.objects.latest("number")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferralDelivery.objects.create(webhook=webhook, event=event)


def test_only_the_key_that_referred_is_told(city, key, door, webhook, posts):
    other = webhooks.make_webhook(make_key(city), "https://other.example/hook")[0]
    second = webhooks.make_webhook(key, "https://second.example/hook")[0]
    acts.refer(
        acts.Wanted(city=city, service=door, need="shelter", urgency="24h"),
        consent=True,
        worker=make_person("editor", city),
    )
    assert not ReferralDelivery.objects.exists()
    make_referral(key, door)
    assert {d.webhook for d in ReferralDelivery.objects.all()} == {webhook, second}
    assert other not in {d.webhook for d in ReferralDelivery.objects.all()}
    assert run() == {"delivered": 2}
    assert sorted(url for url, *_rest in posts) == [URL, "https://second.example/hook"]


@pytest.mark.parametrize("ended", ["revoked", "expired", "inactive", "scope"])
def test_a_webhook_that_ended_is_told_nothing_more(key, door, webhook, posts, ended):
    make_referral(key, door)
    if ended == "inactive":
        Webhook.objects.update(active=False)
    else:
        PartnerKey.objects.update(
            **{
                "revoked": {"revoked": True},
                "expired": {"expiry_date": timezone.now()},
                "scope": {"may_refer": False},
            }[ended]
        )
    key.refresh_from_db()
    make_referral(key, door)
    assert ReferralDelivery.objects.count() == 1
    assert run() == ({"given-up": 1} if ended == "scope" else {})
    assert posts == []


def test_should_a_delivery_be_of_another_key_it_is_not_sent(city, key, door, webhook, posts):
    event = make_referral(make_key(city), door).events.get()
    ReferralDelivery.objects.create(webhook=webhook, event=event)
    assert run() == {"given-up": 1}
    assert ReferralDelivery.objects.get().last_result == webhooks.WITHHELD
    assert posts == []


def test_a_referral_whose_key_is_gone_is_told_to_nobody(key, door, webhook):
    made = make_referral(key, door)
    key.delete()
    acts.close(made.pk, "clock")
    assert not ReferralDelivery.objects.exists()


def test_what_is_erased_is_told_no_more(key, door, webhook, posts):
    acts.erase(make_referral(key, door).pk, "partner")
    assert run() == {}
    assert posts == []


# Nothing lost, nothing told that was taken back.


def test_an_act_that_is_taken_back_is_told_to_nobody(key, door, webhook, posts, monkeypatch):
    made = make_referral(key, door)
    run()

    def breaks(*_args):
        raise RuntimeError

    monkeypatch.setattr(learning, "learn", breaks)
    with pytest.raises(RuntimeError):
        acts.accept(made.pk, "receiver")
    assert Referral.objects.get().state == "sent"
    assert ReferralDelivery.objects.count() == 1
    assert run() == {}
    assert told(posts) == [(1, "sent")]


def test_an_act_that_cannot_be_lined_up_does_not_happen(key, door, webhook, monkeypatch):
    made = make_referral(key, door)

    def breaks(_event):
        raise RuntimeError

    monkeypatch.setattr(news, "queue", breaks)
    with pytest.raises(RuntimeError):
        acts.accept(made.pk, "receiver")
    assert Referral.objects.get().state == "sent"
    assert made.events.count() == 1


@pytest.mark.parametrize("answer", [500, 429, 301])
def test_what_fails_is_tried_again_later_and_later_and_then_given_up(
    key, door, webhook, posts, answer
):
    posts.answer = answer
    make_referral(key, door)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        while (delivery := ReferralDelivery.objects.get()).state == "waiting":
            clock.move_to(max(delivery.next_attempt_at, start))
            assert sum(run().values()) == 1
            assert run() == {}
    assert (delivery.attempts, delivery.state) == (len(webhooks.WAITS) + 1, "given-up")
    assert len({headers["webhook-id"] for *_rest, headers in posts}) == 1
    days = (delivery.next_attempt_at - start) / datetime.timedelta(days=1)
    assert 1.3 < days < 1.7


def test_events_of_one_run_come_in_their_order(key, door, webhook, posts):
    with time_machine.travel(timezone.now(), tick=False):
        made = make_referral(key, door)
        for act in (acts.receive, acts.accept, acts.arrive, acts.close):
            act(made.pk, "receiver")
        assert run() == {"delivered": 5}
    assert told(posts) == [
        (1, "sent"), (2, "received"), (3, "can-take"), (4, "arrived"), (5, "closed"),
    ]  # fmt: skip


def test_gone_switches_the_webhook_off(key, door, webhook, posts):
    posts.answer = 410
    make_referral(key, door)
    assert run() == {"given-up": 1}
    webhook.refresh_from_db()
    assert not webhook.active


def test_a_machine_that_fails_is_left_alone_whatever_waits_for_it(key, door, webhook, posts):
    make_referral(key, door)
    withdraw(door)
    changes.number()
    posts.answer = 503
    assert run() == {"waiting": 1}
    assert len(posts) == 1


def test_withdrawals_and_referrals_are_sent_by_one_command(key, door, webhook, posts, capsys):
    make_referral(key, door)
    withdraw(door)
    call_command("send_webhooks")
    assert capsys.readouterr().out == "delivered: 2, to be tried again: 0, given up: 0\n"
    assert [message["type"] for _url, message, _h in posts] == [
        "listing.withdrawn",
        "referral.changed",
    ]
    assert webhooks.tables() == [Delivery, ReferralDelivery]


# What it costs.


def test_a_worker_s_referral_asks_nothing_of_webhooks(city, door, webhook):
    made = acts.refer(
        acts.Wanted(city=city, service=door, need="shelter", urgency="24h"),
        consent=True,
        worker=make_person("editor", city),
    )
    with CaptureQueriesContext(connection) as seen:
        news.queue(made.events.select_related("referral").get())
    assert len(seen) == 1  # the event itself


def test_lining_up_costs_two_queries_however_many_webhooks(key, door):
    event = make_referral(key, door).events.select_related("referral").get()
    for number in range(5):
        webhooks.make_webhook(key, f"https://hooks.partner.example/{number}")
    with CaptureQueriesContext(connection) as seen:
        news.queue(event)
    assert ReferralDelivery.objects.count() == 5
    assert len([one for one in seen if "SAVEPOINT" not in one["sql"]]) == 2


def test_the_administration_counts_both_kinds(key, door, webhook):
    make_referral(key, door)
    ReferralDelivery.objects.update(state="given-up")
    make_referral(key, door)
    withdraw(door)
    changes.number()
    page = browser_of("network").get("/admin/services/webhook/").content.decode()
    counts = re.findall(r"<td[^>]*field-(waiting|given_up)[^>]*>\s*(\d+)", page)
    assert counts == [("waiting", "2"), ("given_up", "1")]


def test_what_a_partner_is_still_to_be_told_is_not_purged_before(client, settings):
    settings.REFERRAL_KEPT_DAYS = 0
    city = factories.make_city()
    key = Desk(client, city).key
    webhooks.make_webhook(key, "https://partner.example/hook")
    made = make_referral(key, make_door(city))
    acts.close(made.pk, "partner")
    assert purging.purge().reduced == 0
    with time_machine.travel(timezone.now() + purging.UNTOLD):
        assert purging.purge().reduced == 1
    other = make_referral(key, make_door(city))
    acts.close(other.pk, "partner")
    ReferralDelivery.objects.update(state="delivered")
    assert purging.purge().reduced == 1
