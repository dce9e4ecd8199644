"""Beginning and ending a request of the guide: the city, what the device holds, its next half hour."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import translation

from referrals import answers, guide
from referrals.beside import NOTHING
from services import speaking
from services.models import City
from services.roles import standing_of


class SeeOther(HttpResponseRedirect):
    """Go on with a GET, so that reloading sends no answer twice."""

    status_code = 303


def city_or_404(slug):
    """Costs two queries: the city with its country, and its names. Settles the page's language."""
    cities = City.objects.select_related("country").prefetch_related("translations")
    city = get_object_or_404(cities, slug=slug)
    speaking.settle(city)
    return city


def visit(request, city):
    """The `Visit` of what the device holds."""
    audience = standing_of(request).page_audience(city)
    beside = answers.read_beside(request, city)
    return visit_with(city, answers.read(request, city), audience, beside)


def visit_with(city, given, audience, beside):
    """The `Visit` of these answers."""
    return guide.visit(city, given, translation.get_language(), audience, beside)


def context(seen, **more):
    """What every page of the guide is given."""
    return {"city": seen.city, "audience": seen.audience} | more


def remember(response, seen):
    """Renew the idle time of what is on the device; where there is nothing, set nothing."""
    if seen.answers or seen.beside != NOTHING:
        answers.write(response, seen.city, seen.answers, seen.beside)
    return response
