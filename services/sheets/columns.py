"""The columns of a sheet, in the order in which somebody reads a listing."""

from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from services.models import Confirmation, Criterion, Service
from services.sheets import values
from services.visibility import Visibility

Group = Confirmation.FieldGroup


@dataclass(frozen=True)
class Column:
    """A column: its header, kind of cell, what it is about, and what its confirmation vouches for.

    `part` says where it is kept: on the service itself (`field`), among its texts, phones, criteria,
    links or its place; `key` which of them. A `fixed` one can be read and not changed.
    """

    name: str
    label: str
    kind: object
    part: str
    key: str = ""
    group: str = Group.REST
    sealed: bool = False
    fixed: bool = False


TEXT = values.Text()
NAME = values.Text(200)


def _own(name, label, kind, group=Group.REST, key="", **more):
    return Column(name, label, kind, "field", key or name, group, **more)


def _place(prefix, sealed):
    part = "sealed_place" if sealed else "place"
    for name, label, sealed_label, kind in (
        ("street", _("street and number"), _("street of the sealed place"), values.Text(300)),
        ("postal_code", _("postal code"), _("postal code of the sealed place"), values.Text(20)),
        ("town", _("town"), _("town of the sealed place"), values.Text(120)),
        ("latitude", _("latitude"), _("latitude of the sealed place"), values.Degrees(90)),
        ("longitude", _("longitude"), _("longitude of the sealed place"), values.Degrees(180)),
    ):
        label = sealed_label if sealed else label
        yield Column(prefix + name, label, kind, part, name, Group.CONTACT, sealed=sealed)


PLACE = ("street", "postal_code", "town", "latitude", "longitude")
STANCE = values.Choice(
    Service.Stance, yes=Service.Stance.TAKES.value, no=Service.Stance.DOES_NOT_TAKE.value
)
PHONES = values.Phones()

COLUMNS = (
    Column("id", _("id"), NAME, "id", fixed=True),
    Column("slug", _("address in the site"), NAME, "field", "slug", fixed=True),
    Column("texts_in", _("language of the texts in this file"), NAME, "texts_in", fixed=True),
    _own("organisation", _("organisation"), values.Organisation()),
    _own("official_name", _("official name"), NAME),
    _own("language", _("language of the official name"), values.Tag(), key="official_language"),
    Column("name", _("name"), NAME, "words", "name"),
    Column("summary", _("summary"), TEXT, "words", "summary"),
    Column(
        "status", _("status"), values.Choice(Service.Status, default="draft"), "field", "status", ""
    ),
    _own("visibility", _("who may know of it"), values.Choice(Visibility, default="public")),
    _own("confidential", _("confidential place"), values.YesNo()),
    _own("reach", _("reach"), values.Choice(Service.Reach, default="city"), fixed=True),
    Column("needs", _("needs"), values.Codes("needs"), "links", "needs"),
    Column(
        "groups",
        _("target groups"),
        values.Codes("groups"),
        "links",
        "target_groups",
        Group.ACCEPTANCE,
    ),
    Column("phones", _("phones for everyone"), PHONES, "phones", "public", Group.CONTACT),
    Column(
        "phones_professional",
        _("phones for vetted workers"),
        PHONES,
        "phones",
        "professional",
        Group.CONTACT,
    ),
    _own("email", _("e-mail"), values.EMAIL, Group.CONTACT),
    _own("website", _("website"), values.Link(), Group.CONTACT),
    _own("how_to_get_in", _("how to get in"), values.Choice(Service.WayIn), Group.CONTACT),
    Column(
        "way_in",
        _("how to reach it without phone or e-mail"),
        TEXT,
        "words",
        "way_in",
        Group.CONTACT,
    ),
    _own("opening_hours", _("opening hours"), values.HOURS, Group.HOURS),
    Column("hours_note", _("about the hours"), TEXT, "words", "hours_note", Group.HOURS),
    Column("languages", _("languages on staff"), values.Languages(), "languages"),
    _own("interpreter", _("interpreter on request"), STANCE),
    _own("cost", _("cost"), values.Choice(Service.Cost)),
    Column("cost_note", _("about the cost"), TEXT, "words", "cost_note"),
    _own("age_min", _("youngest age"), values.Age(), Group.ACCEPTANCE),
    _own("age_max", _("oldest age"), values.Age(), Group.ACCEPTANCE),
    _own("for_minors_only", _("only for under-18s"), values.YesNo(), Group.ACCEPTANCE),
    _own("for_professionals", _("only for professionals"), values.YesNo(), Group.ACCEPTANCE),
    _own(
        "for_people_who_use_violence",
        _("only for people who use violence"),
        values.YesNo(),
        Group.ACCEPTANCE,
    ),
    *(
        Column(
            f"takes_{code.replace('-', '_')}",
            format_lazy("{}: {}", _("criterion"), label),
            STANCE,
            "criteria",
            code,
            Group.ACCEPTANCE,
        )
        for code, label in Criterion.Code.choices
    ),
    _own(
        "capacity",
        _("free places"),
        values.Choice(Service.Capacity, default="unknown"),
        Group.CAPACITY,
    ),
    _own("capacity_until", _("free places known until"), values.Moment(), Group.CAPACITY),
    *_place("", sealed=False),
    _own("professional_note", _("note for vetted workers"), TEXT),
    Column(
        "phones_sealed",
        _("phones for administrators"),
        PHONES,
        "phones",
        "sealed",
        Group.CONTACT,
        sealed=True,
    ),
    *_place("sealed_", sealed=True),
    Column(
        "sealed_website",
        _("website of a confidential service"),
        values.Link(),
        "sealed_field",
        "website",
        Group.CONTACT,
        sealed=True,
    ),
    _own("sealed_note", _("note for administrators of the city"), TEXT, sealed=True),
)
BY_NAME = {column.name: column for column in COLUMNS}
#: What a new listing cannot do without.
REQUIRED = ("organisation", "name", "needs")


def seen_by(sees_sealed):
    """The columns of somebody's sheet."""
    return [column for column in COLUMNS if sees_sealed or not column.sealed]
