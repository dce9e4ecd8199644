"""How often an address may ask for something in an hour; counted in memory under a scrambled name."""

import time

from django.core.cache import caches

from services.api.throttling import PerAddress

SECONDS = 3600


def too_often(request, what, limit):
    """Whether this address has asked for `what` more than `limit` times in this hour; 0 is no limit."""
    if not limit:
        return False
    counts = caches["requests"]
    address = PerAddress().name_of_address(request)
    key = f"{what}:{address}:{int(time.time()) // SECONDS}"
    counts.add(key, 0, SECONDS)
    try:
        return counts.incr(key) > limit
    except ValueError:  # Pushed out by others in this very moment.
        return False
