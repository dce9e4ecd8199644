"""Services with everything a projection reads, in one query, without a model for each of its thousand rows.

`read` gives what `ServiceQuerySet.with_everything` gives. It leaves plain rows where that would
leave models, which takes a third of the time for a page of the API.
"""

import functools
from collections import namedtuple

from django.db.models import OuterRef

from services.json_rows import JSONRows, id_of, loads, moment, value_of
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
#: Columns whose value in JSON is another one in Python.
READERS = {
    "origins": value_of,
    "notes": value_of,
    "confirmed_at": moment,
    "pk": id_of,
    "confidential": bool,
}
#: What annotations of a query are called: no field of a service has such a name.
PREFIX = "rows_of_"
BOX = "sealed_details"


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
    """The services of a queryset in its order, at most some hundred; one query."""
    names = [name for name in _annotations() if cities or name != "cities"]
    annotations = {PREFIX + name: _annotations()[name] for name in names}
    found = list(services.select_related("organization").annotate(**annotations))
    for service in found:
        # Where Django keeps what was prefetched: `service.phones.all()` reads it from there.
        service._prefetched_objects_cache = {
            name: _READ[name](loads(service.__dict__.pop(PREFIX + name)), service.pk)
            for name in names
        }
    return found


@functools.cache
def _annotations():
    """Relation -> its rows as JSON."""
    found = {name: JSONRows(relation_rows(name), *_columns(name)) for name in PARTS}
    for name, (through, side, columns) in LINKS.items():
        model = through._meta.get_field(side).related_model
        order = [f"{side}__{column}" for column in model._meta.ordering]
        links = through.objects.filter(service=OuterRef("pk")).order_by(*order)
        found[name] = JSONRows(links, *(f"{side}__{column}" for column in columns))
    return found | {"sites": sites_with(PLACE)}


def _columns(name):
    """The columns of a relation; where some of them may be sealed, their box first."""
    return (BOX, *PARTS[name]) if issubclass(_model(name), SealedRow) else PARTS[name]


def _model(name):
    return getattr(Service, name).rel.related_model


def relation_rows(name):
    """A queryset of what hangs on the outer service, in the order of the relation."""
    column = getattr(Service, name).rel.field.name
    rows = _model(name)._base_manager.filter(**{column: OuterRef("pk")})
    return rows.order_by(*_model(name)._meta.ordering)


def sites_with(columns):
    """The sites of the outer service with columns of their places, for `sites_of`."""
    columns = (f"location__{name}" for name in (BOX, *columns))
    return JSONRows(relation_rows("sites").order_by("id"), "pk", *columns)


def _reader(name, columns):
    """What makes rows with these columns of lists."""
    row = namedtuple(name, columns)
    special = [(at, READERS[column]) for at, column in enumerate(columns) if column in READERS]

    def made(values, _service=None):
        for at, read_value in special:
            for one in values:
                one[at] = read_value(one[at])
        return Rows(map(row._make, values))

    return made


def _part_reader(name):
    made = _reader(name, PARTS[name])
    if not issubclass(_model(name), SealedRow):
        return made

    def with_boxes(values, service):
        boxes = [one.pop(0) for one in values]
        rows = zip(made(values), boxes, strict=True)
        return Rows(_Sealed(row, _model(name), box, service) if box else row for row, box in rows)

    return with_boxes


def sites_of(columns):
    """What makes the sites of a service of what `sites_with` these columns gives."""
    made = _reader("Place", columns)

    def with_places(values, _service=None):
        sites, boxes = [one.pop(0) for one in values], [one.pop(0) for one in values]
        places = [
            _Sealed(place, Location, box, place.pk) if box else place
            for place, box in zip(made(values), boxes, strict=True)
        ]
        return Rows(Site(id_of(pk), place) for pk, place in zip(sites, places, strict=True))

    return with_places


_READ = {name: _part_reader(name) for name in PARTS}
_READ |= {name: _reader(name, columns) for name, (*_t, columns) in LINKS.items()}
_READ["sites"] = sites_of(PLACE)
