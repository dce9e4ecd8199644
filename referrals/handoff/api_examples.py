"""Invented referrals, and what is sent for one, for the OpenAPI document."""

from services.api.answers import page
from services.api.examples import CITY, an_id
from services.ids import stable_id

#: A service of the pilot cities, so that the request shown finds it.
SERVICE = str(stable_id("service", "be-sos-viol"))

REQUEST = {
    "Counselling within three days, the worker is called back": {
        "city": CITY,
        "service": SERVICE,
        "need": "violence-support",
        "group": "women-girls",
        "urgency": "72h",
        "language": "ar",
        "contact": {"by": "phone", "value": "+32 2 555 01 00"},
        "code": "ACD-346",
        "consent": True,
    },
    "The least there is": {
        "city": CITY,
        "service": SERVICE,
        "need": "psychosocial",
        "urgency": "2w",
        "consent": True,
    },
}
REFUSAL = {"There is no room": {"reason": "full"}}

_SENT = {"number": 1, "act": "refer", "state": "sent", "by": "partner"}
_REFUSED = {"number": 2, "act": "refuse", "state": "cannot", "by": "receiver"}
_MADE = {
    "id": an_id("referral"),
    "code": "ACD-346",
    "city": CITY,
    "service": SERVICE,
    "need": "violence-support",
    "group": "women-girls",
    "urgency": "72h",
    "language": "ar",
    "state": "sent",
    "reason": None,
    "overdue": False,
    "due_at": "2026-11-16T15:00:00.000Z",
    "consent_until": "2026-12-16T12:00:00.000Z",
    "created_at": "2026-11-16T12:00:00.000Z",
    "answered_at": None,
    "closed_at": None,
    "events": [_SENT | {"at": "2026-11-16T12:00:00.000Z"}],
}
_ANSWERED = _MADE | {
    "state": "cannot",
    "reason": "full",
    "due_at": None,
    "answered_at": "2026-11-16T13:30:00.000Z",
    "events": [*_MADE["events"], _REFUSED | {"at": "2026-11-16T13:30:00.000Z"}],
}


def made():
    return {"Sent, not opened yet": _MADE}


def referral():
    return {"The service has no room": _ANSWERED}


def refused():
    return {"Written down after a call": _written_down(_ANSWERED)}


def accepted():
    due = {"due_at": "2026-11-19T13:30:00.000Z"}
    return {"Written down after a call": _written_down(_ANSWERED, "accept", "can-take") | due}


def _written_down(answered, act="refuse", state="cannot"):
    """As it stands after the worker's side said what the service had said on the phone."""
    last = answered["events"][-1] | {"act": act, "state": state, "by": "partner"}
    reason = answered["reason"] if state == "cannot" else None
    return answered | {"state": state, "reason": reason, "events": [*_MADE["events"], last]}


def referrals():
    return {"One that was refused": page([_ANSWERED], 1, 1, 50)}
