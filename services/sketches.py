"""What matching reads of each public listing of a city: no words, no numbers, no places.

A whole directory is read so in a few queries, several times as fast as its listings are made.
Sketches stay inside the server: what is shown of a listing is made by `services.projection`.
A test holds every sketch to the listing that the projection makes.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils import timezone

from services.listing import CriterionStance
from services.models import (
    Confirmation,
    Criterion,
    Phone,
    Service,
    ServiceLanguage,
)
from services.trust import trust_of
from services.visibility import Audience

AUDIENCE = Audience.PUBLIC
#: What most listings share: nobody has ever confirmed them.
NEVER = trust_of((), timezone.now())


@dataclass(slots=True)
class Sketch:
    """A public listing as matching sees it: the same names as in `services.listing.Listing`."""

    slug: str
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
    can_be_contacted: bool
    capacity: str
    capacity_until: datetime.datetime | None
    timezone: str
    needs: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    criteria: Mapping[str, CriterionStance] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    trust: Mapping = field(default_factory=dict)

    def stance(self, code):
        """As `Listing.stance`."""
        criterion = self.criteria.get(code)
        return criterion.stance if criterion else None

    def capacity_at(self, moment):
        """As `Listing.capacity_at`."""
        if self.capacity_until is None or (moment is not None and self.capacity_until <= moment):
            return "unknown"
        return self.capacity


COLUMNS = (
    "slug",
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


def read(city, services=None):
    """A `Sketch` of each of these services (all public ones of the city), by slug; seven queries."""
    services = public_services(city) if services is None else services
    now = timezone.now()
    parts = {name: reader(services) for name, reader in _PARTS.items()}
    rows = services.order_by("slug").values_list(
        _key("pk"), "opening_hours", "email", "capacity", "capacity_until", *COLUMNS
    )
    return tuple(_sketch(row, parts, city.timezone, now) for row in rows)


def _sketch(row, parts, zone, now):
    pk, hours, email, capacity, until, slug, reach, country, *rest = row
    lines = parts["lines"].get(pk, ())
    known = until is not None and until > now
    return Sketch(
        slug, reach, country or "", *rest,
        hours=hours or next(filter(None, lines), ""),
        can_be_contacted=bool(lines or email),
        capacity=capacity if known else "unknown",
        capacity_until=until if known else None,
        timezone=zone,
        needs=frozenset(parts["needs"].get(pk, ())),
        groups=frozenset(parts["groups"].get(pk, ())),
        criteria=parts["criteria"].get(pk, {}),
        languages=tuple(parts["languages"].get(pk, ())),
        trust=trust_of(parts["confirmations"][pk], now) if pk in parts["confirmations"] else NEVER,
    )  # fmt: skip


def _key(name):
    """An id as text: tens of thousands of them need not become objects first."""
    return Cast(name, CharField())


def _grouped(rows):
    found = {}
    for pk, value in rows:
        found.setdefault(pk, []).append(value)
    return found


def _lines(services):
    phones = Phone.objects.filter(service__in=services, visibility__in=AUDIENCE.may_see)
    return _grouped(
        phones.order_by("position", "id").values_list(_key("service_id"), "opening_hours")
    )


def _codes(relation, column):
    through = getattr(Service, relation).through

    def read_codes(services):
        rows = through.objects.filter(service__in=services).order_by()
        return _grouped(rows.values_list(_key("service_id"), f"{column}_id"))

    return read_codes


def _criteria(services):
    """The same few stances stand in thousands of listings: one object for each."""
    made = {}
    found = {}
    rows = Criterion.objects.filter(service__in=services).order_by()
    for pk, code, *stance in rows.values_list(_key("service_id"), "code", "stance", "limit"):
        known = tuple(stance)
        if known not in made:
            made[known] = CriterionStance(stance[0], limit=stance[1])
        found.setdefault(pk, {})[code] = made[known]
    return found


def _languages(services):
    rows = ServiceLanguage.objects.filter(service__in=services)
    order = ServiceLanguage._meta.ordering
    return _grouped(rows.order_by(*order).values_list(_key("service_id"), "tag"))


def _confirmations(services):
    """The confirmations themselves: a listing has few, and most have none."""
    found = {}
    rows = Confirmation.objects.filter(service__in=services).annotate(key=_key("service_id"))
    for row in rows.order_by():
        found.setdefault(row.key, []).append(row)
    return found


_PARTS = {
    "lines": _lines,
    "needs": _codes("needs", "need"),
    "groups": _codes("target_groups", "targetgroup"),
    "criteria": _criteria,
    "languages": _languages,
    "confirmations": _confirmations,
}
