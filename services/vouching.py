"""What the confirmations of a service vouch for, so that nothing overwritten stays confirmed."""

import contextlib

from django.utils import timezone

from services.models import Confirmation, Service

Group = Confirmation.FieldGroup

FIELDS = {
    Group.CONTACT: ("email", "website", "how_to_get_in"),
    Group.HOURS: ("opening_hours",),
    Group.ACCEPTANCE: (
        "age_min",
        "age_max",
        "for_minors_only",
        "for_professionals",
        "for_people_who_use_violence",
    ),
    Group.CAPACITY: ("capacity", "capacity_until"),
}
#: Fields that say nothing about the service itself.
BOOKKEEPING = ("status", "held", "search_text", "loaded_from", "last_modified", "sealed_details")
_ELSEWHERE = {*BOOKKEEPING, *(name for names in FIELDS.values() for name in names)}
#: A field that is named nowhere else belongs to everything else.
FIELDS[Group.REST] = tuple(
    field.attname for field in Service._meta.fields if field.name not in _ELSEWHERE
)
WORDS = {
    Group.CONTACT: ("way_in",),
    Group.HOURS: ("hours_note",),
    Group.REST: ("name", "summary", "cost_note"),
}
PLACE = ("kind", "street", "postal_code", "town", "note", "latitude", "longitude")


@contextlib.contextmanager
def dropping_overwritten(pk):
    """Remove the confirmations of a service for each group that the block changes.

    Costs a query where nothing is confirmed, else about two dozen.
    """
    if not Confirmation.objects.filter(service=pk).exists():
        yield
        return
    before = _by_group(pk)
    yield
    after = _by_group(pk)
    changed = [group for group in Group if before[group] != after[group]]
    Confirmation.objects.filter(service=pk, field_group__in=changed).delete()


def _by_group(pk):
    """All that each group of a service says, in a form that can be compared."""
    service = Service.objects.with_everything().get(pk=pk)
    parts = _parts(service)
    return {
        group: (
            [getattr(service, name) for name in FIELDS[group]],
            _words(service, WORDS.get(group, ())),
            parts.get(group),
        )
        for group in Group
    }


def _words(service, names):
    """What was written, by language: how it is translated says nothing new about the service."""
    words = {row.language_code: row for row in service.translations.all()}
    return {
        code: [getattr(row, name) for name in names if name not in row.origins]
        for code, row in words.items()
        if any(name not in row.origins for name in names)
    }


def _parts(service):
    phones = service.phones.all()
    places = [site.location for site in service.sites.all()]
    return {
        Group.CONTACT: (
            [(phone.number, phone.note) for phone in phones],
            [[getattr(place, name) for name in PLACE] for place in places],
        ),
        Group.HOURS: {
            (phone.number, phone.opening_hours) for phone in phones if phone.opening_hours
        },
        Group.ACCEPTANCE: (
            {(c.code, c.stance, c.note, c.limit) for c in service.criteria.all()},
            {group.pk for group in service.target_groups.all()},
        ),
        Group.REST: (
            {spoken.tag for spoken in service.spoken.all()},
            {need.pk for need in service.needs.all()},
        ),
    }


def reached(service_id, by, how):
    """Note that somebody could be reached, so that the contact is right; once a day for each source.

    To the day and no closer, and without a change that followers are told of: else the moment at
    which a listing changed would tell that somebody was helped there just now. Pages show it within
    the hour, when directories are read anew.
    """
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    noted = {"service_id": service_id, "field_group": Group.CONTACT, "by": by}
    if not Confirmation.objects.filter(**noted, confirmed_at__gte=today).exists():
        # In bulk no signal is sent: nothing else of the listing moves.
        Confirmation.objects.bulk_create([Confirmation(**noted, how=how, confirmed_at=today)])
