"""Beginning and ending a request of the guide: the city, what the device holds, its next half hour."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404

from referrals import answers, guide
from referrals.beside import NOTHING
from referrals.city_guide import CityGuide
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


def guide_of(request, city):
    """The guide of a `City`, as whoever asks may see it."""
    return CityGuide(city, standing_of(request).page_audience(city))


def city_guide(request, city):
    """The guide of the city with this slug, as whoever asks may see it; or 404."""
    return guide_of(request, city_or_404(city))


def visit(request, here):
    """The `Visit` of what the device holds for this guide."""
    beside = answers.read_beside(request, here.city, here.jar)
    return visit_with(here, answers.read(request, here.city, here.jar), beside)


def visit_with(here, given, beside):
    """The `Visit` of these answers."""
    return guide.visit(here, given, beside)


def context(seen, **more):
    """What every page of the guide is given."""
    return {"city": seen.city, "audience": seen.audience, "guide": seen.guide} | more


def remember(response, seen):
    """Renew the idle time of what is on the device; where there is nothing, set nothing."""
    if seen.answers or seen.beside != NOTHING:
        answers.write(response, seen.city, seen.answers, seen.beside, seen.guide.jar)
    return response
