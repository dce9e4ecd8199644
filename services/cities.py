"""Finding a city by its address, and speaking its language where nobody chose one."""

from django.shortcuts import get_object_or_404

from services import speaking
from services.models import City, Place
from services.prepared import Prepared

_SPOT = ("slug", "name", "latitude", "longitude")
_SPOTS = Prepared(
    Place,
    lambda slug: Place.objects.filter(city__slug=slug).order_by("name", "pk").values_list(*_SPOT),
)


def city_and_places(slug):
    """The city with its country, and the spots to measure from, by name; two queries; or 404."""
    city = get_object_or_404(City.objects.select_related("country"), slug=slug)
    speaking.settle(city)
    return city, places_of(city)


def places_of(city):
    """The spots of a city to measure from, by name; one query."""
    rows = _SPOTS.rows(city.slug)
    return [Place(city=city, **dict(zip(_SPOT, row, strict=True))) for row in rows]
