"""Partners are told when a listing is withdrawn: which one, and nothing else of it.

Whoever copies the directory must forget a withdrawn listing sooner than they next ask for
what changed: it may be a place that has become dangerous to know. What is told, and how it
is signed, follows the Standard Webhooks specification (https://www.standardwebhooks.com).
A delivery is made at least once, perhaps twice: `webhook-id` tells the second from a new one.

Other parts of the site tell partners of more: each keeps a table of deliveries and adds it
with `add_news`; this module knows none of them.
"""

import base64
import datetime
import hashlib
import hmac
import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.db.models import F
from django.utils import timezone

from services import outbound, sealing
from services.models import Delivery, Webhook
from services.models.partners import AnyDelivery, DeliveryState
from services.telling import feed_of, number_of, told

PURPOSE = b"secrets of webhooks, version 1"
PREFIX = "whsec_"
SECRET_BYTES = 32
EVENT = "listing.withdrawn"

#: Seconds until all of one attempt has ended.
TIMEOUT = 15
#: How long a delivery belongs to the process that sends it; after a crash it is tried again then.
LEASE = datetime.timedelta(minutes=5)
#: How long to wait after each failure; after the last of them the delivery is given up.
WAITS = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
#: A wait is longer by up to so many thousandths, so that retries do not come all at once.
JITTER = 200
BATCH = 500

GONE = 410
WITHHELD = "its key no longer shows this"


@dataclass(frozen=True)
class News:
    """One kind of what is told: the table of its deliveries, the message, and what it is read from."""

    model: type[AnyDelivery]
    message: Callable
    related: tuple[str, ...]


_news = []


def add_news(model, message, *related):
    """Send the deliveries of one more table, which is an `AnyDelivery`.

    `message(delivery)` is a dict with `type`, `timestamp` and `data`, or None where the key of the
    webhook may no longer know. `related` are the relations that it is read from, the first of them
    what a delivery is about: what is due at the same moment goes out in the order of those.
    """
    _news.append(News(model, message, related))


def tables():
    """The models of every table of deliveries."""
    return [news.model for news in _news]


def make_webhook(key, url):
    """(webhook, secret): the secret is shown this once; a URL that will not do is a ValidationError."""
    webhook = Webhook(key=key, url=url)
    secret = give_secret(webhook)
    webhook.full_clean()
    webhook.save()
    return webhook, secret


def give_secret(webhook):
    """A new secret for a webhook that is not saved yet; what is kept of it is sealed."""
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    webhook.secret = sealing.box(PURPOSE).encrypt(secret.encode()).decode()
    return secret


def queue(changes):
    """Line up what webhooks are to be told of these changes; one query where there are none."""
    changes = list(changes)
    readers = _readers() if changes else {}
    deliveries = [
        Delivery(webhook=webhook, change=change)
        for reader, webhooks in readers.items()
        for change in changes
        if _is_withdrawn(change, reader)
        for webhook in webhooks
    ]
    Delivery.objects.bulk_create(deliveries, batch_size=BATCH)


def _readers():
    """Reader -> the webhooks that are told what it may know."""
    readers = defaultdict(list)
    webhooks = Webhook.objects.usable().select_related("key").prefetch_related("key__cities")
    for webhook in webhooks:
        readers[webhook.key.reader].append(webhook)
    return readers


def _is_withdrawn(change, reader):
    news = told(change, reader)
    return news is not None and news.kind == "deleted"


def deliver_due():
    """Send what is due; a Counter of what became of it: delivered, waiting, given-up.

    It may run several times at once. A webhook that fails is left alone for the rest of the run,
    so that one silent machine does not hold up the others.
    """
    counts, failed = Counter(), set()
    for news in _news:
        for delivery in _due(news, failed):
            if delivery.webhook_id in failed or not _claim(delivery):
                continue
            state, result = _attempt(delivery, news)
            counts[state] += 1
            if state != DeliveryState.DELIVERED and result != WITHHELD:
                failed.add(delivery.webhook_id)
            _settle(delivery, state, result)
    return counts


def _due(news, failed):
    """What is due now, a batch at a time; each leaves the next batch by being claimed or failing."""
    due = news.model.objects.due(timezone.now()).order_by("next_attempt_at", news.related[0])
    due = due.select_related("webhook__key", *news.related)
    due = due.prefetch_related("webhook__key__cities")
    while batch := list(due.exclude(webhook__in=failed)[:BATCH]):
        yield from batch


def _claim(delivery):
    """Whether this process may send it: of several that try, one moves the next attempt."""
    now = timezone.now()
    unchanged = (
        type(delivery)
        .objects.due(now)
        .filter(pk=delivery.pk, next_attempt_at=delivery.next_attempt_at)
    )
    delivery.next_attempt_at = now + LEASE
    delivery.attempts += 1
    return unchanged.update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1) == 1


def _attempt(delivery, news):
    """(state, result) after one try."""
    message = news.message(delivery)
    if message is None:
        return DeliveryState.GIVEN_UP, WITHHELD
    try:
        status = _send(delivery, message)
    except outbound.OutboundError as error:
        return _state_after_failure(delivery), str(error)
    except InvalidToken:
        return _state_after_failure(delivery), "its secret cannot be opened"
    if 200 <= status < 300:
        return DeliveryState.DELIVERED, str(status)
    if status == GONE:
        Webhook.objects.filter(pk=delivery.webhook_id).update(active=False)
        return DeliveryState.GIVEN_UP, str(status)
    return _state_after_failure(delivery), str(status)


def _state_after_failure(delivery):
    over = delivery.attempts > len(WAITS)
    return DeliveryState.GIVEN_UP if over else DeliveryState.WAITING


def _settle(delivery, state, result):
    """Write down what became of an attempt, unless another process has taken over meanwhile."""
    changes = {"state": state, "last_result": result}
    if state == DeliveryState.WAITING:
        changes["next_attempt_at"] = timezone.now() + _wait_after(delivery.attempts)
    mine = type(delivery).objects.filter(pk=delivery.pk, next_attempt_at=delivery.next_attempt_at)
    mine.update(**changes)


def _wait_after(attempts):
    wait = WAITS[attempts - 1]
    return wait + wait * secrets.randbelow(JITTER + 1) / 1000


def _send(delivery, message):
    body = json.dumps(message, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"} | _signature(delivery, body)
    return outbound.post(delivery.webhook.url, body, headers, TIMEOUT)


def _withdrawal(delivery):
    """What is told of a withdrawn listing; None where the key no longer shows that it was there."""
    change, reader = delivery.change, delivery.webhook.key.reader
    if not _is_withdrawn(change, reader):
        return None
    return {
        "type": EVENT,
        "timestamp": change.recorded_at.isoformat(),
        "data": {"service": str(change.service), "cursor": _cursor(change, reader)},
    }


add_news(Delivery, _withdrawal, "change")


def _cursor(change, reader):
    """The place of a change in the feed of changes, as that writes it for this reader."""
    return f"{feed_of(reader)}{number_of(change, reader)}"


def _signature(delivery, body):
    message_id, moment = str(delivery.pk), str(int(timezone.now().timestamp()))
    signed = hmac.digest(
        _key(delivery.webhook), f"{message_id}.{moment}.".encode() + body, hashlib.sha256
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def _key(webhook):
    secret = sealing.box(PURPOSE).decrypt(webhook.secret.encode()).decode()
    return base64.b64decode(secret.removeprefix(PREFIX))
