"""The places of a service that is there: written where they differ, and never opened."""

from django.db import transaction

from services.models import Location, ServiceAtLocation
from services.saving import write
from services.visibility import Visibility


def change_location(known, place, where):
    """Bring a place up to date; whether it was not. It is never shown more widely.

    One that is sealed, or of which nothing is said, is left as it is.
    """
    is_sealed = known.visibility == Visibility.SEALED and known.kind == Location.Kind.PHYSICAL
    values = place.values | {"visibility": _narrower(known.visibility, place.values["visibility"])}
    is_same = all(getattr(known, name) == value for name, value in values.items())
    if is_sealed or is_same or place.fixed or place.withheld:
        return False
    with transaction.atomic():
        return write(Location, {"pk": known.pk}, values, where)[1]


def _narrower(*visibilities):
    return max(visibilities, key=list(Visibility.values).index)


def change_places(service, wanted, whole, where):
    """Bring the places of a service up to date; whether they were not.

    With `whole`, one that an export would have named is taken away if the row does not name it.
    """
    known = {site.pk: site for site in service.sites.select_related("location")}
    changed = [
        _change_place(service, place, known.get(place.site), where) for place in wanted.places
    ]
    named = {place.site for place in wanted.places}
    gone = [site for pk, site in known.items() if whole and pk not in named]
    gone = [site for site in gone if _was_seen(site, wanted)]
    for site in gone:
        site.delete()
    return any(changed) or bool(gone)


def _change_place(service, place, site, where):
    if site is None:
        _add_place(service, place, where)
        return True
    is_there = place.location == site.location_id
    return is_there and change_location(site.location, place, where)


def _add_place(service, place, where):
    known = Location.objects.filter(pk=place.location).first()
    if known is None:
        write(Location, {"pk": place.location}, place.values, where)
    else:
        change_location(known, place, where)
    site = {"service_id": service.pk, "location_id": place.location}
    write(ServiceAtLocation, {"pk": place.site}, site, where)


def _was_seen(site, wanted):
    """Whether an export of this kind would have named a site of an open service."""
    if wanted.values["confidential"]:
        return False
    place = site.location
    return place.visibility == Visibility.PUBLIC or place.kind == Location.Kind.VIRTUAL
