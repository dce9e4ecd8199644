"""What a change means to one reader: created, updated, deleted, or nothing."""

from typing import NamedTuple

from services.hsds.plain import moment
from services.models import Service
from services.visibility import Audience


class Told(NamedTuple):
    """A change as one reader is told of it: `kind` is created, updated or deleted, `at` as HSDS writes it."""

    number: int
    kind: str
    service: str
    at: str


def feed_of(reader):
    """What tells the numbers that a reader counts by from those of another: p or k."""
    return "p" if reader.audience is Audience.PUBLIC else "k"


def number_of(change, reader):
    """The number of a change in the count of a reader, or None where it has none there."""
    return getattr(change, NUMBERS[feed_of(reader)])


#: The public counts by numbers of its own, without gaps.
NUMBERS = {"p": "public_number", "k": "number"}


#: Whether a reader could see the service before and after -> what happened, as they are told.
KINDS = {(False, True): "created", (True, True): "updated", (True, False): "deleted"}


def told(row, reader, city=None):
    """A change as a reader is told of it, or None where it does not concern them."""
    kind = KINDS.get(tuple(sees(reader, seen, city) for seen in (row.before, row.after)))
    return kind and Told(number_of(row, reader), kind, str(row.service), moment(row.recorded_at))


def sees(reader, seen, city=None):
    """Whether a reader sees a service that could be seen so (a side of a `Change`), in a city if one is given."""
    if seen is None:
        return False
    own_cities = {pk for pk in reader.cities if str(pk) in seen["cities"]}
    audience = reader.audience_of(seen["reach"], seen["country"], own_cities)
    return audience.sees(seen["visibility"]) and (city is None or _serves(seen, city))


def _serves(seen, city):
    return (
        str(city.pk) in seen["cities"]
        or (seen["reach"] == Service.Reach.NATIONAL and seen["country"] == city.country_id)
        or seen["reach"] == Service.Reach.EUROPEAN
    )
