"""Partners are told what was withdrawn: signed, once more after a failure, and nothing but an id."""

import base64
import datetime
import hashlib
import hmac
import json
import threading

import pytest
import time_machine
from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from services import changes, sealing, webhooks
from services.models import Change, Delivery, PartnerKey, Service, Webhook
from services.outbound import OutboundError
from services.telling import feed_of
from services.visibility import Reader
from tests.factories import make_city, make_key, make_service
from tests.https_server import certificate, loopback_is_public, receiver

__all__ = ["certificate", "loopback_is_public", "receiver"]

URL = "https://hooks.partner.example/hook"
NOON = datetime.datetime(2026, 11, 16, 12, tzinfo=datetime.UTC)
SEEN = {"visibility": "public", "reach": "city", "country": "BE", "cities": []}

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_city("harbourtown")


@pytest.fixture
def webhook():
    return make_webhook()


@pytest.fixture
def posts(monkeypatch):
    """What would have been sent; `posts.answer` is the status, or an error, that it meets."""

    class Posts(list):
        answer = 200

        def __call__(self, url, body, headers, timeout):
            self.append((url, body, headers))
            if isinstance(self.answer, BaseException):
                raise self.answer
            return self.answer

    posts = Posts()
    monkeypatch.setattr("services.outbound.post", posts)
    return posts


def make_webhook(url=URL, **key):
    return webhooks.make_webhook(make_key(**key)[0], url)[0]


def make_change(before=SEEN, after=None, **numbers):
    count = Change.objects.count() + 1
    service = "00000000-0000-4000-8000-00000000000a"
    numbers = {"number": count + 20, "public_number": count + 10} | numbers
    return Change.objects.create(service=service, before=before, after=after, **numbers)


def make_delivery(webhook, **fields):
    return Delivery.objects.create(webhook=webhook, change=make_change(), **fields)


def withdraw(service):
    """As it happens on the site, up to where it is numbered."""
    service.status = Service.Status.WITHDRAWN
    service.save()
    changes.number()


def run():
    return dict(webhooks.deliver_due())


# Lining up.


def test_a_withdrawn_listing_is_lined_up(town, webhook):
    service = make_service(town)
    changes.number()
    assert not Delivery.objects.exists()
    withdraw(service)
    delivery = Delivery.objects.get()
    assert (delivery.webhook, delivery.change.service) == (webhook, service.pk)
    assert (delivery.state, delivery.attempts) == ("waiting", 0)


def test_a_deleted_listing_is_lined_up_and_a_changed_one_is_not(town, webhook):
    service = make_service(town)
    changes.number()
    service.official_name = "New Name"
    service.save()
    changes.number()
    assert not Delivery.objects.exists()
    service.delete()
    changes.number()
    assert Delivery.objects.count() == 1


def test_a_listing_that_is_hidden_from_the_public_is_withdrawn_for_it_alone(town):
    public, professional = make_webhook(), make_webhook(level="professional", cities=[town])
    service = make_service(town)
    changes.number()
    service.visibility = "professional"
    service.save()
    changes.number()
    assert [d.webhook for d in Delivery.objects.all()] == [public]
    withdraw(service)
    assert [d.webhook for d in Delivery.objects.filter(change__after__isnull=True)] == [
        professional
    ]


def test_what_a_key_does_not_show_is_not_told(town):
    make_webhook()
    make_webhook(level="professional", cities=[make_city("elsewhere", country="LU")])
    service = make_service(town, visibility="professional")
    changes.number()
    withdraw(service)
    sealed = make_service(town, visibility="sealed")
    withdraw(sealed)
    assert not Delivery.objects.exists()


def test_revoked_expired_and_inactive_ones_are_told_nothing(webhook):
    now = timezone.now()
    make_webhook(revoked=True)
    make_webhook(expiry_date=now - datetime.timedelta(seconds=1))
    Webhook.objects.filter(pk=make_webhook().pk).update(active=False)
    webhooks.queue([make_change()])
    assert [d.webhook for d in Delivery.objects.all()] == [webhook]


def test_without_webhooks_lining_up_costs_one_query():
    rows = [make_change() for _ in range(3)]
    with CaptureQueriesContext(connection) as queries:
        webhooks.queue(row for row in rows)
    assert len(queries) == 1


def test_many_changes_and_many_webhooks_cost_few_queries(town):
    rows = [make_change({**SEEN, "cities": [str(town.pk)]}) for _ in range(40)]
    for _ in range(5):
        make_webhook()
        make_webhook(level="professional", cities=[town])
    with CaptureQueriesContext(connection) as queries:
        webhooks.queue(rows)
    assert Delivery.objects.count() == 400
    # Webhooks, cities of their keys, the rows; SQLite takes them in parts, around them savepoints.
    assert len(queries) <= 8


# The secret.


def test_the_secret_is_not_kept_in_clear_and_shown_once():
    webhook, secret = webhooks.make_webhook(make_key()[0], URL)
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    assert secret.startswith("whsec_")
    assert len(raw) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM services_webhook")
        [[kept]] = cursor.fetchall()
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept
    assert raw not in base64.urlsafe_b64decode(kept)
    assert webhooks._key(webhook) == raw


def test_what_is_sealed_for_another_purpose_does_not_open(webhook):
    webhook.secret = sealing.box(b"another").encrypt(b"whsec_").decode()
    with pytest.raises(InvalidToken):
        webhooks._key(webhook)


def test_every_webhook_has_a_secret_of_its_own():
    assert (
        webhooks.make_webhook(make_key()[0], URL)[1] != webhooks.make_webhook(make_key()[0], URL)[1]
    )


def test_an_older_secret_of_the_site_still_opens_it(webhook, settings, posts):
    delivery, old = make_delivery(webhook), settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 60
    assert run() == {"waiting": 1}
    delivery.refresh_from_db()
    assert delivery.last_result == "its secret cannot be opened"
    assert posts == []
    settings.SECRET_KEY_FALLBACKS = [old]
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1)):
        assert run() == {"delivered": 1}


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.partner.example/",
        "https://localhost:8443/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://169.254.169.254/",
        "https://[::ffff:10.0.0.1]/",
        "https://user:word@hooks.partner.example/",
        "hooks.partner.example",
        "",
    ],
)
def test_an_address_that_will_not_do_is_refused_when_it_is_saved(url):
    with pytest.raises(ValidationError) as refusal:
        webhooks.make_webhook(make_key()[0], url)
    assert "url" in refusal.value.message_dict
    assert not Webhook.objects.exists()


def test_the_address_is_judged_again_at_every_sending(webhook, monkeypatch):
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("169.254.169.254", 443))]
    )
    delivery = make_delivery(webhook)
    assert run() == {"waiting": 1}
    delivery.refresh_from_db()
    assert delivery.last_result == "the address is not a public one"


# Sending.


def verified(secret, headers, body, now):
    """What docs/api.md tells a receiver to do; the message, or an AssertionError."""
    message_id, moment = headers["webhook-id"], headers["webhook-timestamp"]
    assert abs(now.timestamp() - int(moment)) < 300
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(signed).decode()
    assert any(hmac.compare_digest(expected, s) for s in headers["webhook-signature"].split())
    return json.loads(body)


def test_a_withdrawal_arrives_signed_and_names_nothing_but_the_listing(
    town, receiver, loopback_is_public
):
    key, _plain = make_key()
    _webhook, secret = webhooks.make_webhook(key, receiver.url("/in?token=1"))
    service = make_service(town, name="Quay House", summary="canary", organization="Lanterns")
    changes.number()
    withdraw(service)
    assert run() == {"delivered": 1}
    [(method, path, headers, body)] = receiver.requests
    message = verified(secret, headers, body, timezone.now())
    change = Change.objects.latest("number")
    assert (method, path) == ("POST", "/in?token=1")
    assert headers["Content-Type"] == "application/json"
    assert message == {
        "type": "listing.withdrawn",
        "timestamp": change.recorded_at.isoformat(),
        "data": {"service": str(service.pk), "cursor": f"p{change.public_number}"},
    }
    assert run() == {}


def test_another_secret_or_body_does_not_verify(webhook, posts):
    make_delivery(webhook)
    run()
    [(_url, body, headers)] = posts
    secret = "whsec_" + base64.b64encode(webhooks._key(webhook)).decode()
    assert verified(secret, headers, body, timezone.now())
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    for wrong in ((other, headers, body), (secret, headers, body + b" ")):
        with pytest.raises(AssertionError):
            verified(*wrong, timezone.now())


def test_the_cursor_is_of_the_feed_that_the_key_reads(town, posts):
    delivery = make_delivery(make_webhook(level="professional", cities=[town]))
    Change.objects.update(before={**SEEN, "cities": [str(town.pk)]})
    run()
    assert json.loads(posts[0][1])["data"]["cursor"] == f"k{delivery.change.number}"
    reader = PartnerKey.objects.get().reader
    assert isinstance(reader, Reader)
    assert feed_of(reader) == "k"
    assert feed_of(Reader()) == "p"


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_is_a_delivery(webhook, posts, status):
    posts.answer = status
    delivery = make_delivery(webhook)
    assert run() == {"delivered": 1}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_result) == ("delivered", str(status))


@pytest.mark.parametrize("answer", [199, 400, 404, 429, 500, OutboundError("it took too long")])
def test_anything_else_is_tried_again_later_and_later_and_then_given_up(webhook, posts, answer):
    posts.answer = answer
    delivery, waits = make_delivery(webhook, next_attempt_at=NOON), []
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(20):
            assert len(webhooks.deliver_due()) == 1
            delivery.refresh_from_db()
            if delivery.state != "waiting":
                break
            wait = delivery.next_attempt_at - timezone.now()
            waits.append(wait.total_seconds() / 60)
            clock.shift(wait - datetime.timedelta(seconds=1))
            assert run() == {}
            clock.shift(1)
    assert delivery.state == "given-up"
    assert delivery.last_result == str(answer)
    assert len(posts) == delivery.attempts == 7
    for wait, least in zip(waits, (1, 5, 30, 120, 360, 1440), strict=True):
        assert least <= wait <= least * 1.2 + 0.001
    assert len({(body, headers["webhook-id"]) for _url, body, headers in posts}) == 1
    assert len({headers["webhook-timestamp"] for *_rest, headers in posts}) == 7


def test_waits_are_not_all_alike():
    assert len({webhooks._wait_after(6) for _ in range(30)}) > 1


def test_gone_switches_the_webhook_off(webhook, posts):
    posts.answer = 410
    make_delivery(webhook)
    other = make_delivery(webhook)
    assert run() == {"given-up": 1}
    webhook.refresh_from_db()
    other.refresh_from_db()
    assert not webhook.active
    assert (other.state, other.attempts) == ("waiting", 0)
    assert run() == {}


def test_a_webhook_that_fails_does_not_hold_up_another(webhook, posts):
    other = make_webhook("https://other.partner.example/")
    for _ in range(3):
        make_delivery(webhook)
    make_delivery(other)
    posts.answer = 500
    assert run() == {"waiting": 2}
    assert sorted(url for url, *_rest in posts) == [URL, "https://other.partner.example/"]


def test_more_than_a_batch_is_sent_in_one_run(webhook, posts, monkeypatch):
    monkeypatch.setattr(webhooks, "BATCH", 2)
    for _ in range(5):
        make_delivery(webhook)
    assert run() == {"delivered": 5}
    assert len({headers["webhook-id"] for *_rest, headers in posts}) == 5


@pytest.mark.parametrize("ended", ["revoked", "expired", "inactive"])
def test_what_waits_for_a_key_that_ended_is_not_sent(webhook, posts, ended):
    make_delivery(webhook)
    if ended == "inactive":
        Webhook.objects.update(active=False)
    elif ended == "revoked":
        PartnerKey.objects.update(revoked=True)
    else:
        PartnerKey.objects.update(expiry_date=timezone.now())
    assert run() == {}
    assert posts == []


def test_what_a_key_no_longer_shows_is_not_sent(town, posts):
    webhook = make_webhook(level="professional", cities=[town])
    seen = {**SEEN, "visibility": "professional", "cities": [str(town.pk)]}
    withheld = Delivery.objects.create(webhook=webhook, change=make_change(seen))
    make_delivery(webhook)
    webhook.key.cities.clear()
    assert run() == {"given-up": 1, "delivered": 1}
    withheld.refresh_from_db()
    assert withheld.state == "given-up"
    assert len(posts) == 1


def test_of_two_that_try_one_sends(webhook, posts):
    delivery = make_delivery(webhook)
    first, second = (Delivery.objects.get(pk=delivery.pk) for _ in range(2))
    assert webhooks._claim(first)
    assert not webhooks._claim(second)
    assert run() == {}
    assert posts == []


def test_what_was_tried_by_another_since_it_was_read_is_left_alone(webhook):
    make_delivery(webhook, next_attempt_at=NOON)
    with time_machine.travel(NOON, tick=False) as clock:
        read = Delivery.objects.get()
        Delivery.objects.update(attempts=3, next_attempt_at=NOON + datetime.timedelta(minutes=1))
        clock.shift(120)
        assert not webhooks._claim(read)


def test_what_was_switched_off_since_it_was_read_is_left_alone(webhook):
    read = make_delivery(webhook)
    Webhook.objects.update(active=False)
    assert not webhooks._claim(read)


def test_a_second_run_in_the_middle_of_the_first_sends_nothing(webhook, monkeypatch):
    sent = []

    def post(*_args):
        sent.append(run())
        return 200

    monkeypatch.setattr("services.outbound.post", post)
    make_delivery(webhook)
    assert run() == {"delivered": 1}
    assert sent == [{}]


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_time_send_each_delivery_once(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    webhook, sent, gate = make_webhook(), [], threading.Barrier(4)
    for _ in range(20):
        make_delivery(webhook)
    monkeypatch.setattr(
        "services.outbound.post", lambda _u, _b, headers, _t: sent.append(headers) or 200
    )

    def work():
        gate.wait()
        webhooks.deliver_due()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len({headers["webhook-id"] for headers in sent}) == 20


def test_after_a_crash_it_is_tried_again(webhook, posts):
    class Crash(BaseException):
        pass

    posts.answer = Crash()
    make_delivery(webhook, next_attempt_at=NOON)
    with time_machine.travel(NOON, tick=False) as clock:
        with pytest.raises(Crash):
            run()
        posts.answer = 200
        clock.shift(webhooks.LEASE - datetime.timedelta(seconds=1))
        assert run() == {}
        clock.shift(1)
        assert run() == {"delivered": 1}
    assert Delivery.objects.get().attempts == 2


def test_a_run_that_was_overtaken_writes_nothing(webhook, posts):
    delivery = make_delivery(webhook, next_attempt_at=NOON)
    with time_machine.travel(NOON, tick=False) as clock:
        slow = Delivery.objects.get()
        assert webhooks._claim(slow)
        clock.shift(webhooks.LEASE)
        assert run() == {"delivered": 1}
        webhooks._settle(slow, Delivery.State.WAITING, "it took too long")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_result) == ("delivered", "200")


def test_the_lease_outlasts_the_longest_sending():
    assert datetime.timedelta(seconds=4 * webhooks.TIMEOUT) < webhooks.LEASE


# Commands.


def said(capsys, *command, **options):
    call_command(*command, **options)
    return capsys.readouterr().out


def test_send_webhooks_says_what_became_of_it(webhook, posts, capsys):
    make_delivery(webhook)
    out = said(capsys, "send_webhooks")
    assert out == "delivered: 1, to be tried again: 0, given up: 0\n"
    assert said(capsys, "send_webhooks", verbosity=0) == ""


def test_send_webhooks_finds_what_a_crash_left_without_a_number(webhook, posts, capsys):
    make_change(number=None, public_number=None)
    assert said(capsys, "send_webhooks").startswith("delivered: 1,")


def test_partner_key_makes_a_key_and_prints_it_once(capsys):
    out = said(capsys, "partner_key", "Helpline app")
    plain = out.splitlines()[0].removeprefix("key: ")
    key = PartnerKey.objects.get_from_key(plain)
    assert (key.name, key.level, key.cities.count()) == ("Helpline app", "public", 0)
    left = key.expiry_date - timezone.now()
    assert datetime.timedelta(364) < left < datetime.timedelta(365)
    assert plain.partition(".")[2] not in str(PartnerKey.objects.values().get())


def test_partner_key_makes_a_professional_key_with_a_webhook(town, capsys):
    make_city("second")
    out = said(
        capsys, "partner_key", "App", "--level", "professional", "--city", "harbourtown",
        "--city", "second", "--days", "30", "--webhook", URL,
    )  # fmt: skip
    key = PartnerKey.objects.get()
    assert sorted(city.slug for city in key.cities.all()) == ["harbourtown", "second"]
    assert (key.expiry_date - timezone.now()).days == 29
    secret = out.splitlines()[1].removeprefix("webhook secret: ")
    assert webhooks._key(Webhook.objects.get(key=key, url=URL)) == base64.b64decode(
        secret.removeprefix("whsec_")
    )


def test_partner_key_makes_a_key_that_may_refer(town, capsys):
    professional = ("--level", "professional", "--city", "harbourtown")
    said(capsys, "partner_key", "Desk", *professional, "--may-refer")
    said(capsys, "partner_key", "Reader", *professional)
    assert {key.name: key.may_refer for key in PartnerKey.objects.all()} == {
        "Desk": True,
        "Reader": False,
    }


def test_partner_key_ends_a_key(capsys):
    key, plain = make_key()
    assert key.prefix in said(capsys, "partner_key", "--revoke", key.prefix)
    assert PartnerKey.objects.get().revoked
    assert key.prefix in said(capsys, "partner_key", "--revoke", plain)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "whose key"),
        (["App", "--revoke", "abc"], "Either"),
        (["--revoke", "abc"], "begins with “abc”"),
        (["a" * 51], "50 characters"),
        ([" "], "whose key"),
        (["App", "--level", "sealed"], "invalid choice"),
        (["App", "--level", "professional"], "--city"),
        (["App", "--city", "harbourtown"], "--city"),
        (["App", "--level", "professional", "--city", "atlantis"], "no city “atlantis”"),
        (["App", "--may-refer"], "sees what vetted workers may see can refer"),
        (["App", "--days", "0"], "--days"),
        (["App", "--days", "99999999999"], "--days"),
        (["App", "--days", "soon"], "invalid int"),
        (["App", "--webhook", "http://hooks.partner.example/"], "valid URL"),
        (["App", "--webhook", "https://10.0.0.1/"], "not a public one"),
        (["App\x00"], "cannot be printed"),
    ],
)
def test_partner_key_refuses_what_will_not_do(town, arguments, complaint):
    with pytest.raises(CommandError, match=complaint):
        call_command("partner_key", *arguments)
    assert not PartnerKey.objects.exists()
    assert not Webhook.objects.exists()
