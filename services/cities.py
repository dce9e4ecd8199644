"""Finding a city by its address."""

from django.shortcuts import get_object_or_404

from services.models import City, Place


def city_and_places(slug):
    """The city with its country, and the spots to measure from; one query, two without spots; or 404."""
    places = list(Place.objects.filter(city__slug=slug).select_related("city__country"))
    if places:
        return places[0].city, places
    return get_object_or_404(City.objects.select_related("country"), slug=slug), []
