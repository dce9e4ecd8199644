"""The directory of a city as listings: read once, kept while the city's version stands."""

import functools

from django.utils import timezone

from services.models import City, Service
from services.projection import project
from services.rows import read

#: Directories kept in memory by one process (city × audience × language × day).
KEPT = 64
#: Services read at once: SQLite refuses a query that names a thousand rows one by one.
READ_AT_ONCE = 500


class BehindError(Exception):
    """What was read is older than the version it was asked for: a replica that lags behind another.

    Good enough for who asked, and nobody else's: it must not be kept as that version.
    """

    def __init__(self, found):
        super().__init__()
        self.found = found


def listings(city, audience, language):
    """Every `Listing` somebody in this city can use, as the audience may see it.

    Costs no query while the version that `city` was read with is the one kept here,
    else about ten. Nothing about a reader is part of the key.
    """
    now = timezone.now()
    key = (city.pk, city.version, audience, language, now.date(), now.hour)
    try:
        return _read(key)
    except BehindError as behind:
        return behind.found


@functools.lru_cache(maxsize=KEPT)
def _read(key):
    city_id, version, audience, language, *_hour = key
    city = City.objects.get(pk=city_id)
    services = Service.objects.visible_to(audience).serving(city)
    now = timezone.now()
    found = tuple(
        project(service, audience=audience, language=language, timezone=city.timezone, now=now)
        for service in _in_parts(services)
    )
    # What was read after the city is as new as the city or newer.
    if city.version < version:
        raise BehindError(found)
    return found


def _in_parts(services):
    pks = list(services.values_list("pk", flat=True))
    for start in range(0, len(pks), READ_AT_ONCE):
        yield from read(services.filter(pk__in=pks[start : start + READ_AT_ONCE]))


def uses():
    """(how often listings were in memory, how often they were read) since the start of this process."""
    info = _read.cache_info()
    return info.hits, info.misses


def forget():
    """Drop every kept directory (tests, and imports that bypass signals)."""
    _read.cache_clear()
