"""The listing that an address of a city's office names, for somebody who may edit it there."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language

from services import scopes
from services.cities import city_and_places
from services.listing_page import ListingPage
from services.models import Location
from services.names import names
from services.projection import project
from services.visibility import Audience, Visibility


def editable_or_404(request, city, pk):
    """The service, with everything, if this person may edit it in this city; else it does not exist."""
    services = scopes.editable(request.standing, city).with_everything()
    return get_object_or_404(services, pk=pk)


def own_audience(request, service):
    """As whom they read a listing that they may edit; one query."""
    sealed = scopes.sees_sealed(request.standing, service)
    return Audience.ADMINISTRATOR if sealed else Audience.PROFESSIONAL


def listing_of(service, city, audience):
    """The `Listing` of a service, in whatever state it is, as an audience sees it; no query."""
    return project(
        service,
        audience=audience,
        language=get_language(),
        timezone=city.timezone,
        now=timezone.now(),
    )


def page_of(service, city, audience):
    """The `ListingPage` that this audience has, or would have once it is published; three queries."""
    _city, places = city_and_places(city.slug)
    return ListingPage(listing_of(service, city, audience), places, names(city))


def is_secret(service):
    """Whether any of its places is kept from those who are not administrators; no query."""
    places = [site.location for site in service.sites.all()]
    return service.confidential or any(
        place.confidential or place.visibility == Visibility.SEALED for place in places
    )


def open_places(request, service):
    """The buildings of a service that this person may put on a map; none of a secret one."""
    if is_secret(service):
        raise Http404
    mine = scopes.locations(request.standing).filter(kind=Location.Kind.PHYSICAL)
    return list(mine.filter(sites__service=service).exclude(visibility=Visibility.SEALED))
