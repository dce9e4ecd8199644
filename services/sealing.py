"""Short texts sealed with a key that only the server has, for what lives for days.

What is sealed in listings is kept for years, and with keys of its own: `services.at_rest`.
"""

import base64
import functools

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def box(purpose):
    """What seals and opens for one purpose, given as bytes: nothing sealed for another one opens.

    Older secrets still open, so that a key can be changed by day.
    """
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


@functools.lru_cache(maxsize=16)
def _key(secret, purpose):
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))
