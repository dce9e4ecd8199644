"""The listings of a city as those who keep them see them at a glance: how old, how often shown.

Plain rows, read in a handful of queries whatever their number; nothing sealed is among them.
"""

import datetime
from collections import namedtuple
from dataclasses import dataclass, field

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import get_language, gettext

from services import scopes
from services.keeping import shown
from services.loading import IMPORTED
from services.models import Confirmation, Mark, Phone, Service
from services.projection import FALLBACK_LANGUAGE
from services.trust import trust_of

Group = Confirmation.FieldGroup
#: How much each state of a group of fields weighs; free places have a task of their own.
WEIGHTS = {"never": 3, "stale": 2, "ageing": 1, "confirmed": 0}
AGED = [group.value for group in Group if group is not Group.CAPACITY]
#: Out of date is what nobody should rely on any more.
OLD = ("never", "stale")
#: So soon before its end a statement on free places is asked for again.
SOON = datetime.timedelta(days=2)
#: Fewer times than this are not told as a number.
FEW = 10

_Latest = namedtuple("_Latest", "field_group by confirmed_at")
COLUMNS = (
    "pk", "slug", "official_name", "official_language", "organization__name", "status", "visibility",
    "confidential", "reach", "capacity", "capacity_until", "opening_hours", "last_modified",
    "loaded_from", "has_phone", "has_doubt",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One listing; `trust` by group of fields, `name` in the reader's language."""

    pk: object
    slug: str
    official_name: str
    official_language: str
    organization: str
    status: str
    visibility: str
    confidential: bool
    reach: str
    capacity: str
    capacity_until: datetime.datetime | None
    opening_hours: str
    last_modified: datetime.datetime
    loaded_from: str
    has_phone: bool
    has_doubt: bool
    name: str = ""
    trust: dict = field(default_factory=dict)
    shown: int = 0

    @property
    def is_published(self):
        return self.status == Service.Status.PUBLISHED

    @property
    def is_imported_draft(self):
        return self.status == Service.Status.DRAFT and self.loaded_from.startswith(IMPORTED)

    @property
    def is_old(self):
        """Whether any group of its fields, but free places, is out of date."""
        return any(self.trust[group].state in OLD for group in AGED)

    @property
    def stamp(self):
        """What tells, when it comes back, whether the listing is still the same."""
        return self.last_modified.isoformat()

    @property
    def urgency(self):
        """How out of date, times how often shown."""
        age = sum(WEIGHTS[self.trust[group].state] for group in AGED)
        return age * (1 + self.shown)

    def capacity_ends(self, now):
        """Whether what it says of free places ends soon or has ended."""
        stated = self.capacity != Service.Capacity.UNKNOWN and self.capacity_until is not None
        return stated and self.capacity_until <= now + SOON

    @property
    def groups(self):
        """(names of groups of fields, their `Trust`), equally old ones together."""
        labels, together = dict(Group.choices), {}
        for code in self._told:
            together.setdefault(self.trust[code], []).append(str(labels[code]))
        everything = len(together) == 1
        return [
            (gettext("Everything") if everything else ", ".join(names), trust)
            for trust, names in together.items()
        ]

    @property
    def _told(self):
        """Every group of fields; free places only where they are stated."""
        stated = self.capacity != Service.Capacity.UNKNOWN
        return [group.value for group in Group if stated or group is not Group.CAPACITY]

    @property
    def shown_words(self):
        """How often it was shown, roughly: few are not counted out."""
        if self.shown < FEW:
            return gettext("Seldom shown in the last four weeks")
        about = {"count": self.shown // FEW * FEW}
        return gettext("Shown about %(count)s times in the last four weeks") % about


def overview(request, city):
    """Every `Line` that this person may edit in this city, the most urgent first; kept for the request.

    Four queries.
    """
    kept = request.__dict__.setdefault("_overviews", {})
    if city.pk not in kept:
        kept[city.pk] = _read(scopes.editable(request.standing, city))
    return kept[city.pk]


def _read(services):
    now, latest, counts = timezone.now(), _latest(services), shown.recent(services)
    names = names_of(services.order_by().values("pk"))
    rows = services.annotate(
        has_phone=Exists(Phone.objects.filter(service=OuterRef("pk"))),
        has_doubt=Exists(Mark.objects.filter(service=OuterRef("pk"))),
    ).values_list(*COLUMNS)
    lines = [
        Line(
            *row,
            name=names.get(row[0]) or row[2],
            trust=trust_of(latest.get(row[0], ()), now),
            shown=counts.get(row[0], 0),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-line.urgency, line.name.casefold(), str(line.pk)))


def _latest(services):
    """Service id -> when each group of its fields was last confirmed."""
    rows = Confirmation.objects.filter(service__in=services.order_by().values("pk")).order_by()
    found = {}
    for pk, group, when in rows.values_list("service", "field_group").annotate(Max("confirmed_at")):
        found.setdefault(pk, []).append(_Latest(group, "", when))
    return found


def names_of(services):
    """Service id -> its name in the language of the reader, else in English; one query."""
    language = get_language() or FALLBACK_LANGUAGE
    words = Service._parler_meta.root_model.objects.filter(
        master__in=services, language_code__in={language, FALLBACK_LANGUAGE}
    )
    rows = words.order_by().values_list("language_code", "master", "name")
    # The language asked for comes last, so that it wins.
    return {pk: name for _code, pk, name in sorted(rows, key=lambda row: row[0] == language)}
