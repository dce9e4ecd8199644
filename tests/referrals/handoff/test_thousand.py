"""A thousand referrals with canaries in every input: none in the database, the log or a mail."""

import io
import itertools
import logging

import pytest
from django.core import mail
from django.core.management import call_command

from referrals.handoff import letters
from referrals.models import Referral
from tests.people import signed_in
from tests.referrals.handoff.sending import link_in, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CANARY = "zqx-canary"
#: A number that somebody might type although it is the person's: kept sealed alone.
NUMBER = "+32 2 555 77 31"
HEADERS = {"User-Agent": CANARY, "Referer": f"https://{CANARY}.example/", "X-Name": CANARY}
EXTRA = dict.fromkeys(
    ("name", "note", "story", "birthday", "address", "message", "text", CANARY), CANARY
)
#: What a form may get besides what it asks for: taken, refused, but never kept.
ODD = [
    {},
    {"phone": CANARY},
    {"contact": "phone", "phone": NUMBER},
    {"contact": "phone", "phone": CANARY},
    {"group": CANARY},
    {"language": CANARY},
    {"urgency": CANARY},
    {"code": CANARY},
    {"need": CANARY},
    {"service": CANARY},
]
ANSWERS = ["accept", "refuse", "receive"]


def dump():
    """The whole database as text."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out, verbosity=0)
    return out.getvalue()


def answer_oddly(client, link):
    """A service's page with canaries in each field, one after the other."""
    pk = Referral.objects.filter(state="received").first().pk
    for field in ("do", "reason", "referral"):
        posted = EXTRA | {"do": "refuse", "reason": "full", "referral": pk} | {field: CANARY}
        assert client.post(link, posted, headers=HEADERS).status_code == 400


def test_a_thousand_referrals_hold_no_canary(client, caplog):
    city, service, worker = make_world()
    browser = signed_in(worker)
    caplog.set_level(logging.DEBUG)
    yes = {"service": service.pk, "need": "shelter", "urgency": "24h", "contact": "none"}
    refer, yes = f"/{city.slug}/refer/?q={CANARY}", yes | {"consent": "on"} | EXTRA
    for odd in ODD:
        assert browser.post(refer, yes | odd, headers=HEADERS).status_code in (303, 400, 404)
    while Referral.objects.count() < 1000:
        assert browser.post(refer, yes, headers=HEADERS).status_code == 303
    for pk, act in zip(Referral.objects.values_list("pk", flat=True), itertools.cycle(ANSWERS)):
        posted = EXTRA | {"do": act, "reason": CANARY if act == "receive" else "full"}
        mine = browser.post(f"/my-referrals/{pk}/?q={CANARY}", posted, headers=HEADERS)
        assert mine.status_code == 302
    letters.deliver()
    for message in mail.outbox[:50]:
        answer_oddly(client, link_in(message))
    text = dump()
    mails = "".join(message.message().as_string() for message in mail.outbox)
    for place in (text, caplog.text, mails):
        for canary in (CANARY, NUMBER, NUMBER.replace(" ", "")):
            assert canary not in place
    assert len(mail.outbox) >= 100
    codes = set(Referral.objects.values_list("code", flat=True))
    assert not any(code in mails or code in caplog.text for code in itertools.islice(codes, 200))
