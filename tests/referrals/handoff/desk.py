"""A partner's program that refers: a key, a service that takes, and what is sent for it."""

from referrals.handoff import acts
from services.models import Service
from tests import factories

URL = "/api/v1/referrals"


class Desk:
    """A program with a key that may refer in `cities`."""

    def __init__(self, client, *cities, **key):
        fields = {"may_refer": True} | key
        level = "professional" if fields["may_refer"] else "public"
        self.key, self.plain = factories.make_key(fields.pop("level", level), cities, **fields)
        self.client = client

    def ask(self, path="", **query):
        return self.client.get(URL + path, query, headers=self.headers)

    def send(self, path="", body=None, **headers):
        return self.client.post(
            URL + path,
            {} if body is None else body,
            content_type="application/json",
            headers=self.headers | headers,
        )

    def erase(self, pk):
        return self.client.delete(f"{URL}/{pk}", headers=self.headers)

    @property
    def headers(self):
        return {"Authorization": f"Api-Key {self.plain}"}


def make_door(city, **fields):
    """A service without an address for mail, so that no letter is written."""
    return factories.make_service(city, **{"needs": ["shelter", "housing"], "email": ""} | fields)


def body_for(door, town, **more):
    """What is sent for a referral, the least there is; None leaves a field out."""
    body = {
        "city": town.slug,
        "service": str(getattr(door, "pk", door)),
        "need": "shelter",
        "urgency": "24h",
        "consent": True,
    }
    return {name: value for name, value in (body | more).items() if value is not None}


def make_referral(key, service, **fields):
    """A referral of a key, made without the API."""
    city = fields.pop("city", None) or service.cities.get()
    wanted = acts.Wanted(city=city, service=service, need="shelter", urgency="24h", **fields)
    return acts.refer(wanted, consent=True, key=key)


def withdraw(service):
    service.status = Service.Status.WITHDRAWN
    service.save()
