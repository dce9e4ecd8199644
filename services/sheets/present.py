"""What the directory holds of listings, as the values of a sheet's cells."""

import zoneinfo
from dataclasses import dataclass, field

from django.db.models import Count

from services import rows, scopes
from services.models import Location, Service, ServiceAtLocation
from services.roles import Power
from services.sheets import words
from services.sheets.columns import seen_by
from services.sheets.organizations import Organizations
from services.sheets.values import Words, plain
from services.visibility import Visibility

#: SQLite refuses a query that names a thousand rows one by one.
AT_ONCE = 500
#: What this person may not change with a sheet: several places, a shared one, a sealed one.
ELSEWHERE = "elsewhere"


@dataclass
class Here:
    """For whom and where a sheet is: a person's standing in a city, and the language of its texts.

    `sees_sealed` says whether sealed columns are part of it.
    """

    standing: object
    city: object
    language: str
    sees_sealed: bool
    words: Words = None
    columns: list = field(default_factory=list)

    def services(self):
        """The city's own listings that this person may edit, in whatever state."""
        return scopes.editable(self.standing, self.city).filter(reach=Service.Reach.CITY)


def here(standing, city, language, *, sealed=True):
    """The `Here` of a person in a city; `sealed` asks for sealed columns too, if they may see them.

    Two queries.
    """
    sees = sealed and standing.may(Power.SEALED, city)
    found = Here(standing, city, language, sees, columns=seen_by(sees))
    found.words = Words(
        zoneinfo.ZoneInfo(city.timezone),
        {"needs": words.of_needs(), "groups": words.of_groups()},
        Organizations(standing),
    )
    return found


@dataclass
class Present:
    """A listing as it is: the value of each column, and how far its place may be changed."""

    service: Service
    values: dict
    #: Location of its one place; None where it has none, `ELSEWHERE` where a sheet may not touch it.
    place: object
    #: Whether nobody but administrators may see its places.
    secret: bool
    open_place: bool

    @property
    def id(self):
        return self.service.pk


def present(services, around):
    """The `Present` of each service of a queryset, in its order; a dozen queries for each 500."""
    ids = list(services.order_by("slug").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        chunk = Service.objects.filter(pk__in=ids[start : start + AT_ONCE]).order_by("slug")
        found = rows.read(chunk)
        shared = _shared(found)
        for service in found:
            yield _present(service, shared, around)


def by_id(ids, around):
    """Id -> `Present` of those of these listings that may be edited here."""
    ids, found = list(ids), {}
    for start in range(0, len(ids), AT_ONCE):
        chunk = around.services().filter(pk__in=ids[start : start + AT_ONCE])
        found |= {one.id: one for one in present(chunk, around)}
    return found


def _shared(services):
    """The ids of places at which there is more than one service."""
    places = [site.location.pk for service in services for site in service.sites.all()]
    found = set()
    for start in range(0, len(places), AT_ONCE):
        sites = ServiceAtLocation.objects.filter(location__in=places[start : start + AT_ONCE])
        counted = sites.order_by().values("location").annotate(n=Count("id")).filter(n__gt=1)
        found |= set(counted.values_list("location", flat=True))
    return found


def _present(service, shared, around):
    sites = [site.location for site in service.sites.all()]
    secret = service.confidential or any(place.confidential for place in sites)
    found = Present(service, {}, _place(sites, shared), secret, any(map(_is_open, sites)))
    readers = {
        "id": lambda column: str(service.pk),
        "texts_in": lambda column: around.language,
        "field": lambda column: _field(found, column.key),
        "sealed_field": lambda column: service.website if secret else "",
        "words": _words(service, around.language),
        "phones": lambda column: [
            phone.number for phone in service.phones.all() if phone.visibility == column.key
        ],
        "links": lambda column: sorted(term.code for term in getattr(service, column.key).all()),
        "languages": lambda column: [spoken.tag for spoken in service.spoken.all()],
        "criteria": _criteria(service),
        "place": lambda column: _spot(found, column.key, sealed=False),
        "sealed_place": lambda column: _spot(found, column.key, sealed=True),
    }
    found.values = {column.name: readers[column.part](column) for column in around.columns}
    return found


def _is_open(place):
    return place.kind == Location.Kind.PHYSICAL and place.visibility != Visibility.SEALED


def _place(places, shared):
    if not places:
        return None
    return ELSEWHERE if len(places) > 1 or places[0].pk in shared else places[0]


def is_sealed(found):
    """Whether the one place of a listing is for administrators alone."""
    place = found.place
    is_place = place not in (None, ELSEWHERE) and place.kind == Location.Kind.PHYSICAL
    return is_place and (found.secret or place.visibility == Visibility.SEALED)


def _spot(found, key, *, sealed):
    nothing = None if key in ("latitude", "longitude") else ""
    if found.place in (None, ELSEWHERE) or is_sealed(found) != sealed:
        return nothing
    return getattr(found.place, key)


def _field(found, key):
    service = found.service
    if key == "organisation":
        return service.organization.name
    if key == "website" and found.secret:
        return ""
    if key == "capacity_until":
        until = service.capacity_until
        return until and until.replace(second=0, microsecond=0).isoformat()
    return getattr(service, key)


def _words(service, language):
    row = next((t for t in service.translations.all() if t.language_code == language), None)
    return lambda column: getattr(row, column.key) if row else ""


def _criteria(service):
    stances = {criterion.code: criterion.stance for criterion in service.criteria.all()}
    return lambda column: stances.get(column.key, "")


def texts(found, around):
    """The texts of a listing's cells, by column."""
    return {
        column.name: column.kind.write(found.values[column.name], around.words)
        for column in around.columns
    }


def is_same(text, value, column, around):
    """Whether a cell still says what was exported, however a spreadsheet wrote its line ends."""
    written = column.kind.write(value, around.words)
    return text == written or text == plain(written)
