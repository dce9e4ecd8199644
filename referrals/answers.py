"""The answers of the guide, and what stands beside them: kept on the worker's own device, nowhere else.

They travel in one encrypted cookie that dies with the browser and after a while without
use. The server holds no copy. A cookie that is broken, altered, too old, too large, or of
another city counts as none.
"""

import json
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.conf import settings

from referrals.beside import NOTHING, unpacked
from services import sealing

#: What browsers keep of one cookie, name and attributes included.
MOST_BYTES = 4096
#: The same without the cookie's name and attributes.
MOST_VALUE_BYTES = MOST_BYTES - 96
PURPOSE = b"answers of the guide, version 1"


@dataclass(frozen=True)
class Jar:
    """A cookie for answers: its name, and the purpose that it is sealed for. No other jar opens it."""

    cookie: str
    purpose: bytes


GUIDE = Jar(settings.GUIDE_COOKIE, PURPOSE)


def read(request, city, jar=GUIDE):
    """{question: {fact: value}} as the device holds it for this city; empty without any."""
    return _answers(_payload(request, city, jar))


def read_beside(request, city, jar=GUIDE):
    """What the device holds beside the answers, for this city."""
    return unpacked(_payload(request, city, jar))


def _payload(request, city, jar):
    token = request.COOKIES.get(jar.cookie, "")
    if not token or len(token) > MOST_BYTES:
        return {}
    try:
        text = sealing.box(jar.purpose).decrypt(token.encode(), ttl=settings.GUIDE_IDLE_SECONDS)
        payload = json.loads(text)
    except (InvalidToken, ValueError):
        return {}
    is_ours = isinstance(payload, dict) and payload.get("city") == city.slug
    return payload if is_ours else {}


def write(response, city, answers, beside=NOTHING, jar=GUIDE):
    """Put the answers on the device and start its idle time anew; without anything, forget.

    Of what was tried the oldest gives way where all of it does not fit into one cookie.
    """
    if not answers and beside == NOTHING:
        clear(response, jar)
        return
    value = _sealed(city, answers, beside, jar)
    while len(value) > MOST_VALUE_BYTES and beside.tried:
        beside = beside.without_oldest()
        value = _sealed(city, answers, beside, jar)
    response.set_cookie(
        jar.cookie,
        value,
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Strict",
    )


def _sealed(city, answers, beside, jar):
    payload = {"city": city.slug, "answers": answers} | beside.packed()
    text = json.dumps(payload, separators=(",", ":"))
    return sealing.box(jar.purpose).encrypt(text.encode()).decode()


def clear(response, jar=GUIDE):
    """Forget the answers."""
    response.delete_cookie(jar.cookie, samesite="Strict")


def _answers(payload):
    """The answers in a decrypted payload, if they have the shape that `write` gives them."""
    answers = payload.get("answers")
    if not isinstance(answers, dict) or not all(isinstance(a, dict) for a in answers.values()):
        return {}
    return answers
