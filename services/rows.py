"""Services with everything a projection reads, in one query, without a model for each of its thousand rows.

`read` gives what `ServiceQuerySet.with_everything` gives. It leaves plain rows where that would
leave models, which takes a third of the time for a page of the API.
"""

import functools
from collections import namedtuple

from django.db.models import OuterRef

from services.json_rows import JSONRows, id_of, loads, moment, value_of
from services.models import Service

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
            name: _READ[name](loads(service.__dict__.pop(PREFIX + name))) for name in names
        }
    return found


@functools.cache
def _annotations():
    """Relation -> its rows as JSON."""
    found = {name: JSONRows(relation_rows(name), *PARTS[name]) for name in PARTS}
    for name, (through, side, columns) in LINKS.items():
        model = through._meta.get_field(side).related_model
        order = [f"{side}__{column}" for column in model._meta.ordering]
        links = through.objects.filter(service=OuterRef("pk")).order_by(*order)
        found[name] = JSONRows(links, *(f"{side}__{column}" for column in columns))
    sites = relation_rows("sites").order_by("id")
    columns = ("pk", *(f"location__{name}" for name in PLACE))
    return found | {"sites": JSONRows(sites, *columns)}


def relation_rows(name):
    """A queryset of what hangs on the outer service, in the order of the relation."""
    relation = getattr(Service, name)
    model, column = relation.rel.related_model, relation.rel.field.name
    rows = model._base_manager.filter(**{column: OuterRef("pk")})
    return rows.order_by(*model._meta.ordering)


def _reader(name, columns):
    """What makes rows with these columns of lists."""
    row = namedtuple(name, columns)
    special = [(at, READERS[column]) for at, column in enumerate(columns) if column in READERS]

    def made(values):
        for at, read_value in special:
            for one in values:
                one[at] = read_value(one[at])
        return Rows(map(row._make, values))

    return made


_place = _reader("Place", PLACE)


def _read_sites(values):
    places = _place([one[1:] for one in values])
    return Rows(Site(id_of(one[0]), place) for one, place in zip(values, places, strict=True))


_READ = {name: _reader(name, columns) for name, columns in PARTS.items()}
_READ |= {name: _reader(name, columns) for name, (*_t, columns) in LINKS.items()}
_READ["sites"] = _read_sites
