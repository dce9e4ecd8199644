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
    token = request.COOKIES.get(settings.GUIDE_COOKIE, "")
    if not token or len(token) > MOST_BYTES:
        return {}
    try:
        text = sealing.box(PURPOSE).decrypt(token.encode(), ttl=settings.GUIDE_IDLE_SECONDS)
        return _answers(json.loads(text), city)
    except (InvalidToken, ValueError):
        return {}


def write(response, city, answers):
    """Put the answers on the device and start its idle time anew; without answers, forget."""
    if not answers:
        clear(response)
        return
    payload = json.dumps({"city": city.slug, "answers": answers}, separators=(",", ":"))
    response.set_cookie(
        settings.GUIDE_COOKIE,
        sealing.box(PURPOSE).encrypt(payload.encode()).decode(),
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Strict",
    )


def clear(response):
    """Forget the answers."""
    response.delete_cookie(settings.GUIDE_COOKIE, samesite="Strict")


def _answers(payload, city):
    """The answers in a decrypted payload, if it has the shape that `write` gives it."""
    if not isinstance(payload, dict) or payload.get("city") != city.slug:
        return {}
    answers = payload.get("answers")
    if not isinstance(answers, dict) or not all(isinstance(a, dict) for a in answers.values()):
        return {}
    return answers
