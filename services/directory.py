"""The directory of a city as one audience may know it.

Of every listing a sketch is kept in memory, enough to match, filter, count and sort; the listings
themselves are read for what is shown. Both are kept while the city's `version` stands, for an hour at
most; then what has changed is read (`services.renewing`).
"""

import copy
import pickle
from typing import NamedTuple

from django.utils import timezone

from services import ordering, renewing, shared
from services.bits import numbers
from services.fitting_sets import FittingSets
from services.kept import Kept
from services.models import City, Service
from services.projection import project
from services.rows import read
from services.visibility import Audience

#: Sketches kept by one process: some thirty megabytes.
SKETCHES_KEPT = 65_000
#: Listings kept by one process, as bytes: some five megabytes. As objects they take four times as much.
LISTINGS_KEPT = 2_400


class BehindError(Exception):
    """What was read is older than the version it was asked for: a replica that lags behind another.

    Good enough for who asked, and nobody else's: it must not be kept as that version.
    """

    def __init__(self, found):
        super().__init__()
        self.found = found


class Heading(NamedTuple):
    """What a listing is called."""

    id: str
    name: str
    for_vetted: bool


class Directory:
    """What an audience may know of the services that somebody in a city can use.

    `sketches` are all of them, by slug, as they were at the city's `version` or later.
    """

    def __init__(self, city, audience, found, version):
        self.city, self.audience, self.sketches = city.pk, audience, found
        self.timezone, self.version = city.timezone, version
        self._ranks, self._by_need, self._made = {}, {}, {}

    def at(self, version):
        """The same as of another version, with all that was worked out."""
        made = copy.copy(self)
        made.version = version
        return made

    @property
    def sets(self):
        """Which of them fit what, as sets of their numbers."""
        return self.once(FittingSets)

    def rank(self, way, language):
        """The place of each, by number, when all are sorted one of the `ordering.KEYS`."""
        if (way, language) not in self._ranks:
            self._ranks[way, language] = ordering.ranks(self.sketches, way, language)
        return self._ranks[way, language]

    def for_need(self, need):
        """The sketches of those that help with a need."""
        if need not in self._by_need:
            self._by_need[need] = self.sketches.some(numbers(self.sets.of("need", need)[0]))
        return self._by_need[need]

    def once(self, make):
        """What `make` works out of the sketches, and of nothing else; kept as long as they are."""
        if make not in self._made:
            self._made[make] = make(self.sketches)
        return self._made[make]

    def __iter__(self):
        return iter(self.sketches)

    def __len__(self):
        return len(self.sketches)

    def with_slug(self, slug):
        """The sketch with this slug, or None."""
        return self.sketches.with_slug(slug)

    def listings(self, ids, language):
        """Id -> `Listing`, of the services with these ids; no query where all are kept, else one.

        One that has been withheld since the directory was read is not among them.
        """
        wanted = {one.id: one for one in map(self._sketch, ids) if one is not None}
        keys = {pk: self._key(pk, language) for pk in wanted}
        found = {pk: _kept(key) for pk, key in keys.items()}
        missing = [pk for pk, listing in found.items() if listing is None]
        found |= dict.fromkeys(missing)
        for start in range(0, len(missing), renewing.READ_AT_ONCE):
            for listing in self._read(missing[start : start + renewing.READ_AT_ONCE], language):
                found[listing.id] = listing
                # Older than its key: from a replica that lags behind the sketches.
                if listing.last_modified >= wanted[listing.id].last_modified:
                    _listings.put(keys[listing.id], pickle.dumps(listing, pickle.HIGHEST_PROTOCOL))
        return {pk: listing for pk, listing in found.items() if listing is not None}

    def _sketch(self, pk):
        number = self.sketches.number_of(pk)
        return None if number is None else self.sketches[number]

    def headings(self, ids, language):
        """Id -> `Heading`, of what is named and no more."""
        wanted = map(self._sketch, ids)
        return {one.id: Heading(one.id, one.name_in(language), one.for_vetted) for one in wanted}

    def _key(self, pk, language):
        now = timezone.now()
        return (pk, self.version, self.timezone, self.audience, language, _hour(now))

    def _read(self, ids, language):
        services = Service.objects.visible_to(self.audience).filter(pk__in=ids)
        now = timezone.now()
        for service in read(services):
            yield project(
                service,
                audience=self.audience,
                language=language,
                timezone=self.timezone,
                now=now,
            )


_directories = Kept(SKETCHES_KEPT, weigh=lambda directory: len(directory) + 1)
#: (city, audience) -> the key in `_directories` of the directory that was made last.
_latest = {}
_listings = Kept(LISTINGS_KEPT)


def _kept(key):
    """A listing that this process wrote down itself, or None."""
    written = _listings.peek(key)
    return None if written is None else pickle.loads(written)  # noqa: S301


def _hour(now):
    """What becomes old with the clock is made anew every hour."""
    return now.date(), now.hour


def directory_of(city, audience):
    """The `Directory` of a city; no query while the version that `city` was read with is kept, else two or more."""
    hour = _hour(timezone.now())
    key = (city.pk, city.version, audience, hour)
    try:
        return _directories.get(key, lambda: _made(city, audience, hour, key))
    except BehindError as behind:
        return behind.found


def _made(city, audience, hour, key):
    """Taken from another process or read, and put in the place of the one of before, unless that is newer."""
    latest = _latest.get((city.pk, audience))
    before = _directories.peek(latest)
    made = _shared_or_read(city, audience, hour, before)
    if before is None or before.version <= made.version:
        _directories.drop(latest)
        _latest[city.pk, audience] = key
    return made


def _shared_or_read(city, audience, hour, before):
    """What another process of the server has read; only of what everybody may know."""
    if before is not None and before.timezone != city.timezone:
        before = None
    if audience is not Audience.PUBLIC:
        return _read(city, audience, before)
    key, state = (city.pk, city.timezone), (city.version, hour)
    of, found = shared.peek(*key) or (None, None)
    if found is not None:
        there = Directory(city, audience, found, city.version)
        if of == state:
            return there
        before = there if before is None else before
    made = _read(city, audience, before)
    if of is None or of[0] <= city.version:
        shared.put((state, made.sketches), *key)
    return made


def _read(city, audience, before):
    # What is read after the version is as new as it or newer.
    version = City.objects.values_list("version", flat=True).get(pk=city.pk)
    known = None if before is None else before.sketches
    found = renewing.sketches_of(city, audience, known)
    oldest = min(version, city.version)
    made = before.at(oldest) if found is known else Directory(city, audience, found, oldest)
    if version < city.version:
        raise BehindError(made)
    return made


def uses():
    """(how often a directory was in memory, how often it was read) since the start of this process."""
    return _directories.hits, _directories.misses


def listings(city, audience, language):
    """Every `Listing` of a city, by slug: for what needs all of them at once."""
    here = directory_of(city, audience)
    found = here.listings([one.id for one in here], language)
    return tuple(found.values())


def forget():
    """Drop everything kept (tests, and imports that bypass signals)."""
    _directories.forget()
    _latest.clear()
    _listings.forget()
