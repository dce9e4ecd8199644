"""How often an address may ask for something in an hour; counted in memory under a scrambled name."""

import time

from django.core.cache import caches

from services.api.throttling import PerAddress

SECONDS = 3600


def too_often(request, what, limit, *, by_person=False):
    """Whether this address has asked for `what` more than `limit` times in this hour; 0 is no limit.

    With `by_person` whoever is signed in counts alone, wherever they are.
    """
    if not limit:
        return False
    counts = caches["requests"]
    key = f"{what}:{_name(request, by_person)}:{int(time.time()) // SECONDS}"
    counts.add(key, 0, SECONDS)
    try:
        return counts.incr(key) > limit
    except ValueError:  # Pushed out by others in this very moment.
        return False


def _name(request, by_person):
    if by_person and request.user.is_authenticated:
        return f"person-{request.user.pk}"
    return PerAddress().name_of_address(request)
