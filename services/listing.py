"""A listing as it may leave the server: plain, frozen, without Django.

Only `services.projection.project` makes one. Pages, API, plan and export read these
and never a model, so a field that is not written here leaves through no door.
"""

import datetime
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import dataclass_transform

#: The texts of a service that are translated.
TEXTS = ("name", "summary", "hours_note", "cost_note", "way_in")


@dataclass_transform(frozen_default=True)
def _seen(cls):
    """A frozen dataclass with slots, which is read back from bytes by its constructor.

    What `dataclass` makes for that looks the fields of each object up anew: a sixth of the time of
    an answer with fifty listings.
    """
    cls = dataclass(frozen=True, slots=True)(cls)
    values_of = operator.attrgetter(*(one.name for one in fields(cls)))
    cls.__reduce__ = lambda self: (cls, values_of(self))
    return cls


class Wording(str):
    """A text of a listing in the language that it is shown in.

    `language` is a BCP 47 tag, or empty where nobody said. `is_draft`: a machine translated it and
    no speaker has checked it. `is_older`: the text that it was made from has changed since; that is
    `newer`, in `newer_language`, or empty where the text was taken out.
    """

    __slots__ = ("is_draft", "is_older", "language", "newer", "newer_language")

    def __new__(cls, text="", language="", *, is_draft=False, is_older=False, newer=("", "")):
        made = super().__new__(cls, text)
        made.language, made.is_draft, made.is_older = language, is_draft, is_older
        made.newer, made.newer_language = newer
        return made


@_seen
class PhoneLine:
    """A number to call: `number` as read aloud, `href` as dialled, `written` as it is kept."""

    number: str
    href: str
    note: str = ""
    opening_hours: str = ""
    written: str = ""
    #: Not for everybody: whoever is shown it must not pass it on.
    for_vetted: bool = False


@_seen
class Place:
    """A public place. Coordinates are WGS 84 degrees, or None where not known."""

    street: str = ""
    postal_code: str = ""
    town: str = ""
    note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    for_vetted: bool = False

    @property
    def has_coordinates(self):
        return self.latitude is not None and self.longitude is not None


@_seen
class Site:
    """A place of a service by its ids; a phone line's, and a withheld one, has no `place`."""

    id: str
    location: str
    place: Place | None = None
    is_virtual: bool = False


@_seen
class SourceSeen:
    """A page this listing was taken from; `url` is empty for confidential services."""

    publisher: str
    url: str = ""
    date: str = ""


@_seen
class Doubt:
    kind: str  # old, conflict, verify
    text: str = ""


@_seen
class CriterionStance:
    stance: str  # takes, asks-first, does-not-take
    note: str = ""
    limit: int | None = None


@_seen
class Trust:
    """How old the last confirmation of a group of fields is."""

    state: str = "never"  # confirmed, ageing, stale, never
    on: datetime.date | None = None
    by: str = ""


@_seen
class Listing:
    """One service at one place, as one audience may see it, in one language."""

    id: str
    service_at_location: str
    slug: str
    name: str
    official_name: str
    official_language: str
    organization: str
    summary: str
    reach: str
    country: str
    timezone: str
    confidential: bool
    name_language: str = "en"
    summary_language: str = "en"
    needs: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    criteria: Mapping[str, CriterionStance] = field(default_factory=dict)
    age_min: int | None = None
    age_max: int | None = None
    for_minors_only: bool = False
    for_professionals: bool = False
    for_people_who_use_violence: bool = False
    languages: tuple[str, ...] = ()
    interpreter: str = ""
    cost: str = ""
    cost_note: str = ""
    how_to_get_in: str = ""
    way_in: str = ""
    phones: tuple[PhoneLine, ...] = ()
    email: str = ""
    website: str = ""
    place: Place | None = None
    opening_hours: str = ""
    hours_note: str = ""
    capacity: str = "unknown"
    capacity_until: datetime.datetime | None = None
    professional_note: str = ""
    sealed_note: str = ""
    sources: tuple[SourceSeen, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    trust: Mapping[str, Trust] = field(default_factory=dict)
    organization_id: str = ""
    aliases: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()
    last_modified: datetime.datetime | None = None
    #: Not everybody may know that it exists.
    for_vetted: bool = False
    #: Slugs of its cities, and language -> text by field: only where `project` was asked for all.
    cities: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Of those, language -> {"drafted_by_machine": fields, "older_than_source": fields}.
    to_check: Mapping[str, Mapping[str, list]] = field(default_factory=dict)

    def capacity_at(self, moment):
        """Free places at an aware moment, while the statement lasts; afterwards unknown.

        Without a moment, as stated.
        """
        if self.capacity_until is None or (moment is not None and self.capacity_until <= moment):
            return "unknown"
        return self.capacity

    def criterion(self, code):
        """What the listing says of a criterion, or None."""
        return self.criteria.get(code)

    def stance(self, code):
        """`takes`, `asks-first`, `does-not-take`, or None where the listing does not say."""
        criterion = self.criterion(code)
        return criterion.stance if criterion else None

    @property
    def has_drafts(self):
        """Whether any of its texts is one that a machine translated and nobody has checked."""
        return any(getattr(text, "is_draft", False) for text in self._wordings())

    @property
    def drafted(self):
        """The fields whose text a machine translated and nobody has checked."""
        return self._marked("is_draft")

    @property
    def outdated(self):
        """The fields whose text was translated from one that has changed since."""
        return self._marked("is_older")

    def _marked(self, mark):
        return [name for name in TEXTS if getattr(getattr(self, name), mark, False)]

    def _wordings(self):
        yield from (getattr(self, name) for name in TEXTS)
        yield from (phone.note for phone in self.phones)
        yield from (site.place.note for site in self.sites if site.place)
        yield from (said.note for said in self.criteria.values())
        yield from (doubt.text for doubt in self.doubts)

    @property
    def hours(self):
        """The hours to plan by: the service's own, else those of its first line that has any."""
        if self.opening_hours:
            return self.opening_hours
        return next((p.opening_hours for p in self.phones if p.opening_hours), "")

    @property
    def has_phones(self):
        return bool(self.phones)

    @property
    def can_be_contacted(self):
        """Whether somebody can be asked before setting out."""
        return bool(self.phones or self.email)

    @property
    def newest_source(self):
        """The source with the latest date, undated ones last; None without sources."""
        return max(self.sources, key=lambda s: s.date, default=None)
