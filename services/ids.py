"""Ids that are the same on every machine, derived from what a thing is."""

import hashlib
import uuid

NAMESPACE = uuid.UUID("6f0b1d55-5e4b-5d0c-9d63-0a3f6f1c2b7e")


def stable_id(kind, key):
    """The id of a thing of a kind that is known by a key."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{key}")


def stable_text(kind, key):
    """The same id as text, in a third of the time: a page of the API has thousands."""
    digest = bytearray(hashlib.sha1(NAMESPACE.bytes + f"{kind}:{key}".encode()).digest()[:16])  # noqa: S324
    # Version 5 and variant, as in RFC 9562.
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
