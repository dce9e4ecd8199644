"""The answers of the guide: kept on the worker's own device, nowhere else.

They travel in one encrypted cookie that dies with the browser and after a while without
use. The server holds no copy. A cookie that is broken, altered, too old, too large, or of
another city counts as none.
"""

import json

from cryptography.fernet import InvalidToken
from django.conf import settings

from services import sealing

#: What browsers keep of one cookie, name and attributes included.
MOST_BYTES = 4096
PURPOSE = b"answers of the guide, version 1"


def read(request, city):
    """{question: {fact: value}} as the device holds it for this city; empty without any."""
    return _answers(_payload(request, city))


def read_counted(request, city):
    """The needs of this visit that were counted as dead ends already; empty without any."""
    counted = _payload(request, city).get("counted")
    is_ours = isinstance(counted, list) and all(isinstance(need, str) for need in counted)
    return tuple(counted) if is_ours else ()


def _payload(request, city):
    """What the cookie holds for this city, whatever `write` may have put beside the answers."""
    token = request.COOKIES.get(settings.GUIDE_COOKIE, "")
    if not token or len(token) > MOST_BYTES:
        return {}
    try:
        text = sealing.box(PURPOSE).decrypt(token.encode(), ttl=settings.GUIDE_IDLE_SECONDS)
        payload = json.loads(text)
    except (InvalidToken, ValueError):
        return {}
    is_ours = isinstance(payload, dict) and payload.get("city") == city.slug
    return payload if is_ours else {}


def write(response, city, answers, counted=()):
    """Put the answers on the device and start its idle time anew; without answers, forget."""
    if not answers:
        clear(response)
        return
    response.set_cookie(
        settings.GUIDE_COOKIE,
        _sealed(city, answers, counted),
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Strict",
    )


def _sealed(city, answers, counted):
    payload = {"city": city.slug, "answers": answers}
    if counted:
        payload["counted"] = list(counted)
    text = json.dumps(payload, separators=(",", ":"))
    return sealing.box(PURPOSE).encrypt(text.encode()).decode()


def clear(response):
    """Forget the answers."""
    response.delete_cookie(settings.GUIDE_COOKIE, samesite="Strict")


def _answers(payload):
    """The answers in a decrypted payload, if they have the shape that `write` gives them."""
    answers = payload.get("answers")
    if not isinstance(answers, dict) or not all(isinstance(a, dict) for a in answers.values()):
        return {}
    return answers
