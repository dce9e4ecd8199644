"""The answers of the guide: kept on the worker's own device, nowhere else.

They travel in one encrypted cookie that dies with the browser and after a while without
use. The server holds no copy. A cookie that is broken, altered, too old, too large, or of
another city counts as none.
"""

import base64
import functools
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: What browsers keep of one cookie, name and attributes included.
MOST_BYTES = 4096
PURPOSE = b"answers of the guide, version 1"


def read(request, city):
    """{question: {fact: value}} as the device holds it for this city; empty without any."""
    token = request.COOKIES.get(settings.GUIDE_COOKIE, "")
    if not token or len(token) > MOST_BYTES:
        return {}
    try:
        text = _box().decrypt(token.encode(), ttl=settings.GUIDE_IDLE_SECONDS)
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
        _box().encrypt(payload.encode()).decode(),
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


def _box():
    """What seals and opens; older secrets still open, so that a key can be changed by day."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


@functools.lru_cache(maxsize=8)
def _key(secret):
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))
