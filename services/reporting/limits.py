"""How many reports an hour are taken from one address, or from one signed-in person.

Counted in the memory of each process and forgotten after the hour, under a scrambled name.
"""

import time

from django.conf import settings
from django.core.cache import caches

from services.api.throttling import PerAddress

SECONDS = 3600


def has_room(request):
    """Whether one more report is taken from whoever asks; counts it."""
    limit = settings.REPORTS_PER_HOUR
    return not limit or _count(_name(request)) <= limit


def _name(request):
    if request.user.is_authenticated:
        return f"person {request.user.pk}"
    return PerAddress().name_of_address(request)


def _count(name):
    counts = caches["requests"]
    key = f"reports:{name}:{int(time.time()) // SECONDS}".replace(" ", "-")
    counts.add(key, 0, SECONDS)
    try:
        return counts.incr(key)
    except ValueError:  # Pushed out by others in this very moment.
        return 1
