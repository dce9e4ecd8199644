"""Which rows a person may edit or know of in the back office: the one queryset scope.

Administration, office pages, autocompletes, spreadsheets and history all start here.
"""

from django.db.models import Exists, OuterRef, Q

from services.models import City, Location, Organization, Service, ServiceAtLocation
from services.roles import Power
from services.visibility import Visibility


def editable(standing, city=None):
    """Every `Service`, in whatever state, that this person may edit (in this city, if given).

    A city's own services by its editors, national ones by the editors of the country's cities,
    European ones by city administrators and by the network's. What is sealed as a whole exists
    only for administrators of its city.
    """
    wanted = Service.objects.all() if city is None else Service.objects.serving(city)
    return wanted.filter(_with(standing, Power.EDIT)).filter(
        ~Q(visibility=Visibility.SEALED) | _with(standing, Power.SEALED)
    )


def _with(standing, power):
    cities = standing.cities_with(power)
    links = City.services.through.objects.filter(service_id=OuterRef("pk"), city_id__in=cities)
    condition = Q(Exists(links)) if cities else Q(pk__in=[])
    countries = standing.countries_with(power)
    condition = Q(reach=Service.Reach.CITY) & condition
    condition |= Q(reach=Service.Reach.NATIONAL, country__in=countries)
    if standing.cities_with(Power.SEALED) or (standing.network and power is not Power.SEALED):
        condition |= Q(reach=Service.Reach.EUROPEAN)
    return condition


def releasable(standing, city):
    """Services of a city whose holds this person may know of: their own to edit, and the network's.

    The network signs where a city has too few people; what is sealed as a whole it knows nothing of.
    """
    if standing.may(Power.EDIT, city):
        return editable(standing, city)
    if standing.network:
        return Service.objects.serving(city).exclude(visibility=Visibility.SEALED)
    return Service.objects.none()


def sees_sealed(standing, service):
    """Whether this person may read the sealed fields and places of a service they may edit."""
    return Service.objects.filter(_with(standing, Power.SEALED), pk=service.pk).exists()


def locations(standing):
    """Places of services that this person may edit; sealed ones only where they may see them."""
    sites = ServiceAtLocation.objects.filter(location=OuterRef("pk"))
    of_theirs = sites.filter(service__in=editable(standing))
    of_sealed = sites.filter(service__in=Service.objects.filter(_with(standing, Power.SEALED)))
    return Location.objects.filter(Exists(of_theirs)).filter(
        ~Q(visibility=Visibility.SEALED) | Exists(of_sealed)
    )


def organizations(standing):
    """Organisations that this person may choose for a listing: all but those of sealed services alone."""
    services = Service.objects.filter(organization=OuterRef("pk"))
    hidden = Exists(services) & ~Exists(services.exclude(visibility=Visibility.SEALED))
    return Organization.objects.filter(
        ~hidden | Exists(editable(standing).filter(organization=OuterRef("pk")))
    )


def cities(standing):
    """Cities whose office this person may open."""
    return City.objects.all() if standing.network else City.objects.filter(pk__in=standing.roles)


def sealed_seen(standing):
    """Every `Service` whose sealed fields and places this person may read."""
    return Service.objects.filter(_with(standing, Power.SEALED))
