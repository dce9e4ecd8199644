"""What the database is to hold of one service, as an import reads it from a row."""

import uuid
from dataclasses import dataclass, field

from services.ids import stable_id


@dataclass
class Place:
    """One place of a service: ids of the site and the location, and the location's fields.

    It is `withheld` where the row says that there is one and not which.
    """

    site: uuid.UUID
    location: uuid.UUID
    values: dict
    withheld: bool = False
    #: Others are there too that this import may not change: it stays as it is.
    fixed: bool = False


@dataclass
class Wanted:
    """One service with all that hangs on it; taxonomy and cities by code, rows as field values."""

    id: uuid.UUID
    slug: str
    organization: tuple
    values: dict
    words: dict
    places: list = field(default_factory=list)
    phones: list = field(default_factory=list)
    languages: list = field(default_factory=list)
    criteria: list = field(default_factory=list)
    sources: list = field(default_factory=list)
    doubts: list = field(default_factory=list)
    confirmations: list = field(default_factory=list)
    cities: list = field(default_factory=list)
    needs: list = field(default_factory=list)
    groups: list = field(default_factory=list)


def id_in(feed, kind, key):
    """The feed's own id where it is a UUID, else one that is the same at every import."""
    try:
        return uuid.UUID(str(key))
    except ValueError:
        return stable_id(f"hsds-{kind}", f"{feed}/{key}")
