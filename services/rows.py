"""Services with everything a projection reads, without a model for each of its thousand rows.

`read` gives what `ServiceQuerySet.with_everything` gives and asks the same few queries. It leaves
plain rows where that would leave models, which takes a third of the time for a page of the API or
the directory of a city.
"""

from collections import namedtuple

from services.models import Location, Service
from services.models.sealed import SealedRow, values_in

Site = namedtuple("Site", "pk location")
#: Name of a service's relation -> columns that `project` reads, in the order of the relation.
PARTS = {
    "translations": (
        "language_code",
        "name",
        "summary",
        "hours_note",
        "cost_note",
        "way_in",
        "origins",
        "notes",
    ),
    "phones": ("number", "note", "opening_hours", "visibility"),
    "criteria": ("code", "stance", "note", "limit"),
    "spoken": ("tag",),
    "sources": ("publisher", "url", "date"),
    "marks": ("kind", "text"),
    "confirmations": ("field_group", "by", "confirmed_at"),
}
#: Many-to-many relation -> the table between, the column of the other side, and its columns.
LINKS = {
    "needs": (Service.needs.through, "need", ("code",)),
    "target_groups": (Service.target_groups.through, "targetgroup", ("code",)),
    "cities": (Service.cities.through, "city", ("slug",)),
}
PLACE = (
    "pk", "kind", "visibility", "confidential", "street", "postal_code", "town", "note",
    "latitude", "longitude",
)  # fmt: skip
_Place = namedtuple("_Place", PLACE)
_ROWS = {name: namedtuple(name, columns) for name, columns in PARTS.items()}
_ROWS |= {name: namedtuple(name, columns) for name, (*_t, columns) in LINKS.items()}


class _Sealed:
    """A row with a box, which is opened when something in it is asked for."""

    __slots__ = ("_box", "_row", "_values")

    def __init__(self, row, model, box, *bound):
        self._row, self._box, self._values = row, (model, box, *bound), None

    def __getattr__(self, name):
        if name not in self._box[0].SEALED:
            return getattr(self._row, name)
        if self._values is None:
            self._values = values_in(*self._box)
        return self._values.get(name, getattr(self._row, name))


class Rows(list):
    """Rows of a relation, asked for as a relation is."""

    def all(self):
        return self


def read(services, *, cities=False):
    """The services of a queryset, at most some hundred, in its order; about twelve queries."""
    found = list(services.select_related("organization"))
    pks = [service.pk for service in found]
    relations = {name: _parts(name, pks) for name in PARTS}
    relations |= {name: _links(name, pks) for name in LINKS if cities or name != "cities"}
    relations["sites"] = _sites(pks)
    for service in found:
        # Where Django keeps what was prefetched: `service.phones.all()` reads it from there.
        service._prefetched_objects_cache = {
            name: rows.get(service.pk, Rows()) for name, rows in relations.items()
        }
    return found


def _parts(name, pks):
    relation = getattr(Service, name)
    model, column = relation.rel.related_model, relation.rel.field.name
    rows = model._base_manager.filter(**{f"{column}__in": pks}).order_by(*model._meta.ordering)
    if issubclass(model, SealedRow):
        return _grouped_sealed(model, _ROWS[name], rows, column, PARTS[name])
    return _grouped(_ROWS[name], rows.values_list(column, *PARTS[name]))


def _grouped_sealed(model, row, rows, column, columns):
    found = {}
    for service, box, *values in rows.values_list(column, "sealed_details", *columns):
        one = row(*values)
        found.setdefault(service, Rows()).append(_Sealed(one, model, box, service) if box else one)
    return found


def _links(name, pks):
    through, side, columns = LINKS[name]
    model = through._meta.get_field(side).related_model
    order = [f"{side}__{column}" for column in model._meta.ordering]
    rows = through.objects.filter(service__in=pks).order_by(*order)
    return _grouped(
        _ROWS[name], rows.values_list("service", *(f"{side}__{column}" for column in columns))
    )


def _sites(pks):
    sites = Service.sites.rel.related_model.objects.filter(service__in=pks).order_by("id")
    columns = (f"location__{name}" for name in ("sealed_details", *PLACE))
    rows = sites.values_list("service", "pk", *columns)
    found = {}
    for service, pk, box, *values in rows:
        place = _Place(*values)
        place = _Sealed(place, Location, box, place.pk) if box else place
        found.setdefault(service, Rows()).append(Site(pk, place))
    return found


def _grouped(row, values):
    found = {}
    for service, *columns in values:
        found.setdefault(service, Rows()).append(row(*columns))
    return found
