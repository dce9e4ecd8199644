"""Finding a city by its address, and speaking its language where nobody chose one."""

from django.shortcuts import get_object_or_404

from services import speaking
from services.models import City, Place


def city_and_places(slug):
    """The city with its country, and the spots to measure from; one query, two without spots; or 404."""
    places = list(Place.objects.filter(city__slug=slug).select_related("city__country"))
    if places:
        city = places[0].city
    else:
        city = get_object_or_404(City.objects.select_related("country"), slug=slug)
    speaking.settle(city)
    return city, places
