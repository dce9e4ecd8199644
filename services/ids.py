"""Ids that are the same on every machine, derived from what a thing is."""

import uuid

NAMESPACE = uuid.UUID("6f0b1d55-5e4b-5d0c-9d63-0a3f6f1c2b7e")


def stable_id(kind, key):
    """The id of a thing of a kind that is known by a key."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{key}")
