"""A city with a worker and a service that has no account, and the ways between them."""

import re
from html import unescape
from urllib.parse import urlsplit

from django.core import mail

from referrals.handoff import acts, letters
from referrals.models import Referral
from tests import factories
from tests.people import make_person
from tests.referrals.harbour import make_harbour

DESK = "desk@lantern.example"


def make_door(city, name="Lantern House", **fields):
    """A service that can be written to."""
    defaults = {"needs": ["shelter"], "email": DESK, "organization": name}
    return factories.make_service(city, name=name, **defaults | fields)


def make_world(*, with_plan=False):
    """(city, service, worker); `with_plan`: in a city whose guide can be walked."""
    city = make_harbour() if with_plan else factories.make_city("harbour", name="Harbour")
    for code in ("women-girls", "families", "lgbtqi", "unaccompanied-children"):
        factories.make_group(code)
    return city, make_door(city), make_person("worker", city)


def send(city, service, worker, **fields):
    """A referral, and the mail that brought it to the service; the path of its link or None."""
    known = {"need": "shelter", "urgency": "24h"}
    referral = acts.refer(
        acts.Wanted(city=city, service=service, **known | fields), consent=True, worker=worker
    )
    return Referral.objects.get(pk=referral.pk), post()


def post():
    """Send what waits; the path of the link in the last mail, or None."""
    before = len(mail.outbox)
    letters.deliver()
    links = [link_in(message) for message in mail.outbox[before:]]
    return next(filter(None, links), None)


def link_in(message):
    """The path of the link of a mail to a service, for somebody who reads English."""
    found = re.findall(r"https?://\S+/handoff/\S+", message.body)
    return f"{urlsplit(found[0]).path}?lang=en" if found else None


def answer(client, link, referral, do, **more):
    """Tap a button of the receiver's page."""
    return client.post(link, {"referral": referral.pk, "do": do} | more)


def refresh(referral):
    return Referral.objects.get(pk=referral.pk)


def text(response):
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).split())
