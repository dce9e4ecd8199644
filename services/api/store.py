"""Listings as bytes of JSON, kept while they stand: a page is put together from them.

What is kept is what `project` let out for one audience in one language. It is known by the moment at
which its service last changed, so it is current as long as that moment stands, and for a day at
most: the clock changes and confirmations age without anybody's doing.
"""

import threading
import zlib
from dataclasses import dataclass

import orjson
from cachetools import LRUCache
from django.utils import timezone
from django.utils.translation import override

from services.models import Service
from services.projection import project
from services.rows import read
from services.visibility import Audience

#: Bytes that one process keeps at most, compressed: some five thousand whole services.
KEPT = 8 * 1024 * 1024
#: Services read at once: as many as the longest page has.
AT_ONCE = 500

_kept = LRUCache(maxsize=KEPT, getsizeof=len)
_lock = threading.Lock()


@dataclass(frozen=True)
class Entry:
    """One object to be written: the service it is made from, and the part of it that is meant."""

    service: object
    last_modified: object
    audience: object
    #: Until when it is known whether there are free places; afterwards the listing says so.
    capacity_until: object = None
    part: str = ""


def bodies_by_entry(entries, write, words):
    """The bytes of each entry, in order, as `write(listing, vocabulary, part)` makes them.

    Costs no query where everything is kept, else about twelve, whatever the number of entries.
    That of an entry whose service has been withheld in the meantime is None.
    """
    now = timezone.now()
    keys = [_key(entry, write, words.language, now) for entry in entries]
    with _lock:
        kept = {key: _kept[key] for key in keys if key in _kept}
    found = {key: zlib.decompress(body) for key, body in kept.items()}
    missing = [(e, k) for e, k in zip(entries, keys, strict=True) if k not in found]
    if missing:
        found |= _made(missing, write, words, now)
    return [found.get(key) for key in keys]


def bodies(entries, write, words):
    """The same without those whose service has been withheld in the meantime."""
    return [body for body in bodies_by_entry(entries, write, words) if body is not None]


def entries(services, reader):
    """An `Entry` for each service of a queryset, in its order; a query, two for partners."""
    if reader.audience is Audience.PUBLIC:
        rows = services.values_list("pk", "last_modified", "capacity_until")
        return [Entry(pk, changed, Audience.PUBLIC, until) for pk, changed, until in rows]
    columns = ("pk", "last_modified", "capacity_until", "reach", "country")
    rows = list(services.values_list(*columns))
    cities = _cities_of([pk for pk, *_rest in rows])
    return [
        Entry(pk, changed, reader.audience_of(reach, country, cities.get(pk, ())), until)
        for pk, changed, until, reach, country in rows
    ]


def _cities_of(service_ids):
    links = Service.cities.through.objects.filter(service__in=service_ids)
    found = {}
    for service, city in links.values_list("service", "city"):
        found.setdefault(service, set()).add(city)
    return found


def forget():
    """Drop everything kept (tests, and imports that bypass signals)."""
    with _lock:
        _kept.clear()


def _key(entry, write, language, now):
    return (
        write.__qualname__,
        entry.service,
        entry.part,
        entry.last_modified,
        entry.audience,
        entry.capacity_until is not None and entry.capacity_until > now,
        language,
        now.date(),
    )


def _made(missing, write, words, now):
    made = {}
    for start in range(0, len(missing), AT_ONCE):
        made |= _made_at_once(missing[start : start + AT_ONCE], write, words, now)
    small = {key: zlib.compress(body, level=1) for key, body in made.items()}
    with _lock:
        _kept.update(small)
    return made


def _made_at_once(missing, write, words, now):
    services = _services(entry.service for entry, _key in missing)
    made = {}
    # A stream is written after the view has returned, and with it the language of the request.
    with override(words.language):
        for entry, key in missing:
            service = services.get(entry.service)
            if service is not None and entry.audience.sees(service.visibility):
                listing = listing_of(service, entry.audience, words, now)
                part = {"part": entry.part} if entry.part else {}
                made[key] = orjson.dumps(write(listing, words, **part))
    return made


def _services(ids):
    """Read in a second query, so asked once more who may know of them."""
    services = Service.objects.visible_to(Audience.PROFESSIONAL).filter(pk__in=set(ids))
    return {service.pk: service for service in read(services, cities=True)}


def listing_of(service, audience, words, now):
    """The whole `Listing` of a service that was read with its cities."""
    cities = sorted(city.slug for city in service.cities.all())
    return project(
        service,
        audience=audience,
        language=words.language,
        timezone=words.timezone_of(service.country_id, cities),
        now=now,
        whole=True,
    )
