"""Boxes for what is sealed in the database: nobody opens one without a key of `SEALING_KEYS`.

A box is text: the scheme, the id of its key, and what AES-256-GCM makes of the values. It is bound
to its purpose and its row, so that one copied to another table, column or row does not open. The
newest key seals; older ones still open, until `manage.py rotate_sealing_keys` has sealed all anew.
"""

import base64
import contextlib
import contextvars
import functools
import os
import zlib
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: What every box begins with; a constraint of each table asks for it.
SCHEME = "s1."
NONCE_BYTES = 12
#: Lengths are rounded up to this, so that they tell little of what is inside.
ROUNDED_TO = 128
#: From this length on compressing is worth its time.
COMPRESSED_FROM = 600
PLAIN, COMPRESSED = b"j", b"z"

_left_shut = contextvars.ContextVar("left_shut", default=False)


class CannotOpenError(Exception):
    """A box that no key of this site opens: the key is missing, or the box was made for another row."""


@dataclass(frozen=True)
class Key:
    """A sealing key; `id` stands in the boxes and tells nothing of the key."""

    id: str
    secret: bytes


def sealing_keys():
    """The `Key`s of the site, the newest first."""
    return _keys(tuple(settings.SEALING_KEYS))


@functools.lru_cache(maxsize=8)
def _keys(texts):
    secrets = [base64.urlsafe_b64decode(f"{text}=") for text in texts]
    return tuple(Key(_derived(secret, b"id", 4).hex(), secret) for secret in secrets)


def newest_prefix():
    """What boxes begin with that the newest key has sealed."""
    return f"{SCHEME}{sealing_keys()[0].id}."


def key_id(box):
    """The id of the key that a box was sealed with."""
    return box.split(".")[1]


def seal(purpose, bound, values):
    """A box with values, as JSON can hold them, for one purpose and one row."""
    key, nonce = sealing_keys()[0], os.urandom(NONCE_BYTES)
    sealed = _cipher(key.secret, purpose).encrypt(nonce, _packed(values), _spot(purpose, bound))
    return f"{SCHEME}{key.id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def opened(purpose, bound, box):
    """What is in a box; raises `CannotOpenError`."""
    secret = next((key.secret for key in sealing_keys() if key.id == key_id(box)), None)
    if secret is None:
        raise CannotOpenError("its key is not in SEALING_KEYS")
    try:
        raw = base64.urlsafe_b64decode(box.rpartition(".")[2])
        packed = _cipher(secret, purpose).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], _spot(purpose, bound)
        )
    except (ValueError, InvalidTag) as error:
        raise CannotOpenError("it was damaged, or sealed for another row") from error
    return _unpacked(packed)


@contextlib.contextmanager
def left_shut():
    """Within the block nothing is opened: rows read as the database holds them."""
    token = _left_shut.set(True)
    try:
        yield
    finally:
        _left_shut.reset(token)


def is_left_shut():
    """Whether boxes stay shut here."""
    return _left_shut.get()


def _spot(purpose, bound):
    return f"{SCHEME}{purpose}|{bound}".encode()


@functools.lru_cache(maxsize=64)
def _cipher(secret, purpose):
    return AESGCM(_derived(secret, f"seals {purpose}".encode(), 32))


def _derived(secret, info, length):
    made = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"waymark sealing key: " + info)
    return made.derive(secret)


def _packed(values):
    said = orjson.dumps(values)
    said = PLAIN + said if len(said) < COMPRESSED_FROM else COMPRESSED + zlib.compress(said, 6)
    return said + b" " * (-len(said) % ROUNDED_TO)


def _unpacked(packed):
    kind, said = packed[:1], packed[1:]
    # The spaces at its end are no part of what was compressed.
    return orjson.loads(said if kind == PLAIN else zlib.decompressobj().decompress(said))
