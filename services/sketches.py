"""What matching, filtering and sorting read of each listing of a city: no words, no numbers, no streets.

A whole directory is read so in one query, several times as fast as its listings are made; it is
kept by column (`services.packed`). Sketches stay inside the server: what is shown of a listing is made by
`services.projection`. A test holds every sketch to the listing that the projection makes.
"""

import datetime
import uuid
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Func, OuterRef
from django.utils import timezone

from services.json_rows import JSONRows, id_as_text, loads, moment, text_of_id, value_of
from services.listing import CriterionStance, Doubt, Place, SourceSeen
from services.models import Service
from services.models.sealed import values_in
from services.projection import first_place, is_secret, name_in, named, sites_seen
from services.rows import BOX, PLACE, relation_rows, sites_of, sites_with
from services.trust import next_change, trust_of
from services.visibility import Audience, Visibility

AUDIENCE = Audience.PUBLIC
#: Rows read at once: what a database sends takes more room than what is made of it.
AT_ONCE = 2_500
#: What most listings share: nobody has ever confirmed them.
NEVER = trust_of((), timezone.now())


class Seen:
    """What is worked out of a sketch, as of a listing."""

    __slots__ = ()

    def name_in(self, language):
        """As `Listing.name`."""
        return name_in(self.names, language) or self.official_name

    def criterion(self, code):
        """As `Listing.criterion`."""
        return self.criteria.get(code)

    def stance(self, code):
        """As `Listing.stance`."""
        criterion = self.criterion(code)
        return criterion.stance if criterion else None

    def capacity_at(self, moment):
        """As `Listing.capacity_at`."""
        if self.capacity_until is None or (moment is not None and self.capacity_until <= moment):
            return "unknown"
        return self.capacity


@dataclass(slots=True)
class Sketch(Seen):
    """A listing as matching sees it: the same names as in `services.listing.Listing`."""

    id: str
    slug: str
    organization: str
    official_name: str
    #: As `projection.named` gives them: the name by language.
    names: tuple
    for_vetted: bool
    last_modified: datetime.datetime
    confidential: bool
    reach: str
    country: str
    age_min: int | None
    age_max: int | None
    for_minors_only: bool
    for_professionals: bool
    for_people_who_use_violence: bool
    interpreter: str
    cost: str
    how_to_get_in: str
    hours: str
    has_phones: bool
    can_be_contacted: bool
    capacity: str
    capacity_until: datetime.datetime | None
    timezone: str
    #: Where it is, to measure from, where this audience may know.
    place: Place | None
    needs: frozenset[str]
    groups: frozenset[str]
    criteria: Mapping[str, CriterionStance]
    languages: tuple[str, ...]
    #: Without their words.
    doubts: tuple[Doubt, ...]
    newest_source: SourceSeen | None
    trust: Mapping
    #: From here on the clock may have made another of it, or None.
    holds_until: datetime.datetime | None


COLUMNS = (
    "slug",
    "organization__name",
    "official_name",
    "visibility",
    "last_modified",
    "reach",
    "country_id",
    "age_min",
    "age_max",
    "for_minors_only",
    "for_professionals",
    "for_people_who_use_violence",
    "interpreter",
    "cost",
    "how_to_get_in",
)


def public_services(city):
    """The services that the plan of this city chooses from, as everybody may see them."""
    return Service.objects.visible_to(AUDIENCE).serving(city)


def read(city, services=None, audience=AUDIENCE):
    """A `Sketch` of each of these services (all that the audience may know of in the city), by slug.

    `services` are ones that it may know of. One query for every `AT_ONCE` of them.
    """
    return tuple(each(city, services, audience))


def each(city, services=None, audience=AUDIENCE):
    """The same, one after the other: not all of them need to be in memory."""
    if services is None:
        services = Service.objects.visible_to(audience).serving(city)
    rows = services.alias(place_of_slug=_BySlug("slug")).order_by("place_of_slug").values_list(
        id_as_text("pk"), BOX, "opening_hours", "email", "capacity", "capacity_until", "confidential",
        "official_language",
        *_parts(audience).values(), *COLUMNS,
    )  # fmt: skip
    reader = _Reader(audience, city.timezone, timezone.now())
    some = rows[:AT_ONCE]
    while some:
        for row in some:
            sketch = reader.sketch(row)
            yield sketch
        some = rows.filter(place_of_slug__gt=sketch.slug)[:AT_ONCE] if len(some) == AT_ONCE else ()


class _BySlug(Func):
    """The order of code points, as Python has it, whatever that of the database is."""

    template = "(%(expressions)s)"

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template='(%(expressions)s COLLATE "C")', **context
        )


def _parts(audience):
    """What hangs on a service, as JSON."""
    lines = relation_rows("phones").filter(visibility__in=audience.may_see)
    return {
        "lines": JSONRows(lines, "opening_hours"),
        "needs": JSONRows(_links("needs"), "need_id"),
        "groups": JSONRows(_links("target_groups"), "targetgroup_id"),
        "criteria": JSONRows(relation_rows("criteria").order_by(), "code", "stance", "limit"),
        "languages": JSONRows(relation_rows("spoken"), "tag"),
        "confirmations": JSONRows(
            relation_rows("confirmations").order_by(), "field_group", "by", "confirmed_at"
        ),
        "doubts": JSONRows(relation_rows("marks").order_by(), "kind"),
        "sources": JSONRows(relation_rows("sources").order_by(), "publisher", "date"),
        "sites": sites_with(PLACE),
        "names": JSONRows(
            relation_rows("translations").order_by(), "language_code", "name", "origins"
        ),
    }


def _links(relation):
    through = getattr(Service, relation).through
    return through.objects.filter(service=OuterRef("pk")).order_by()


_Confirmation = namedtuple("_Confirmation", "field_group by confirmed_at")
_Name = namedtuple("_Name", "language_code name origins")
_sites = sites_of(PLACE)


class _Reader:
    """Makes sketches of rows. What many listings share is one object for all of them."""

    def __init__(self, audience, zone, now):
        self._audience, self._zone, self._now = audience, zone, now
        self._shared = {}

    def sketch(self, row):
        pk, box, hours, email, capacity, until, confidential, language, *rest = row
        parts, rest = rest[:_PARTS], rest[_PARTS:]
        lines, needs, groups, criteria, languages, confirmed, doubts, sources, sites, names = map(
            loads, parts
        )
        slug, organization, official, visibility, last_modified, reach, country, *rest = rest
        pk = text_of_id(pk)
        known = until is not None and until > self._now
        confirmed = [_Confirmation(group, by, moment(at)) for group, by, at in confirmed]
        sites = _sites(sites)
        secret = is_secret(confidential, sites)
        return Sketch(
            pk, slug, self._one(organization), official,
            named([_Name(self._one(code), name, value_of(o)) for code, name, o in names], language),
            visibility != Visibility.PUBLIC,
            last_modified, secret, self._one(reach), self._one(country or ""),
            *(self._one(value) if isinstance(value, str) else value for value in rest),
            hours=self._one(hours or next((one for (one,) in lines if one), "")),
            has_phones=bool(lines),
            can_be_contacted=bool(lines or email or _sealed_email(visibility, box, pk)),
            capacity=self._one(capacity) if known else "unknown",
            capacity_until=until if known else None,
            timezone=self._zone,
            place=_point(first_place(sites_seen(sites, secret, self._audience))),
            needs=self._one(frozenset(code for (code,) in needs)),
            groups=self._one(frozenset(code for (code,) in groups)),
            criteria=self._criteria(criteria),
            languages=self._one(tuple(tag for (tag,) in languages)),
            doubts=self._one(tuple(self._one(Doubt(kind)) for (kind,) in doubts)),
            newest_source=self._one(_newest(sources)),
            trust=self._trust(confirmed),
            holds_until=self._holds_until(confirmed, until if known else None),
        )  # fmt: skip

    def _one(self, value):
        return self._shared.setdefault(value, value)

    def _criteria(self, rows):
        """Hardly two listings say the same of all criteria, but most of them the same of one."""
        return {self._one(code): self._one(CriterionStance(s, limit=n)) for code, s, n in rows}

    def _trust(self, rows):
        if not rows:
            return NEVER
        found = trust_of(rows, self._now)
        return self._shared.setdefault(("trust", *found.items()), found)

    def _holds_until(self, confirmations, capacity_until):
        aged = next_change(confirmations, self._now)
        ends = [end for end in (aged, capacity_until) if end is not None]
        return min(ends, default=None)


#: How many columns are parts.
_PARTS = len(_parts(AUDIENCE))


def _sealed_email(visibility, box, pk):
    """The address of a service that is sealed as a whole; only its administrators ask for it."""
    sealed = visibility == Visibility.SEALED
    return values_in(Service, box, uuid.UUID(pk)).get("email") if sealed else ""


def _point(place):
    if place is None:
        return None
    return Place(latitude=place.latitude, longitude=place.longitude)


def _newest(sources):
    """As `Listing.newest_source`, without its link."""
    found = max(sources, key=lambda one: one[1], default=None)
    return SourceSeen(found[0], date=found[1]) if found else None
