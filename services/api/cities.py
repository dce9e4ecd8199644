"""The city that a request names."""

from services.api.problems import Problem
from services.models import City


def city_of(slug):
    """The city with its country; 404 that names those there are. One query, two without it."""
    city = City.objects.select_related("country").filter(slug=slug).first()
    if city is None:
        known = City.objects.values_list("slug", flat=True)
        raise Problem(404, "There is no such city here.", field="city", allowed=known)
    return city
