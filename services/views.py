"""The pages of the directory: cities, one city, its services, one service."""

from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from services.bits import numbers
from services.browse import Browse
from services.cities import city_and_places
from services.directory import directory_of
from services.fitting import opening_of
from services.keeping import shown
from services.listing_page import ListingPage
from services.map import city_map, on_map
from services.models import City, Service
from services.names import names
from services.ordering import by_name
from services.roles import standing_of

#: Lines on the page of a city: enough to start with, few enough to read.
ALWAYS_OPEN = 4
#: What somebody calls for who does not know yet what is needed, the first first.
FIRST_CALLS = ("violence-support", "helpline")


@require_safe
def home(request):
    """Choose a city."""
    cities = City.objects.prefetch_related("translations", "country__translations")
    return render(request, "services/home.html", {"cities": cities})


@require_safe
def city(request, city):
    """Start the guide, look through the services, or call at once."""
    city, _places = city_and_places(city)
    audience = standing_of(request).page_audience(city)
    context = {
        "city": city,
        "city_name": names(city).city,
        "emergency": city.country.emergency_numbers,
        "lines": _always_open(directory_of(city, audience), get_language()),
        "audience": audience,
    }
    return render(request, "services/city.html", context)


@require_safe
def services(request, city):
    """Look through the services of a city; 400 where a parameter cannot be read."""
    city, places = city_and_places(city)
    words = names(city)
    audience = standing_of(request).page_audience(city)

    def searched():
        return Service.objects.visible_to(audience).serving(city)

    here = directory_of(city, audience)
    browse = Browse(city, places, here, words, request.GET, searched, get_language())
    context = {"city": city, "city_name": words.city, "browse": browse, "audience": audience}
    if request.GET.get("view") == "map":
        context |= {"map_wanted": True, "map": _map(city, browse, places)}
    status = 400 if browse.errors else 200
    with timezone.override(ZoneInfo(city.timezone)):
        return render(request, "services/service_list.html", context, status=status)


@require_safe
def service(request, city, service):
    """Everything about one service; 404 where this city cannot use it or may not know of it."""
    city, places = city_and_places(city)
    words = names(city)
    audience = standing_of(request).page_audience(city)
    listing = listing_in(city, service, audience)
    # What a device fetches to keep has been shown to nobody.
    if request.method == "GET" and request.headers.get("Purpose") != "prefetch":
        shown.note([listing.id])
    page = ListingPage(listing, places, words)
    context = {
        "city": city,
        "city_name": words.city,
        "listing": listing,
        "page": page,
        "audience": audience,
    }
    with timezone.override(ZoneInfo(city.timezone)):
        return render(request, "services/service_detail.html", context)


def listing_in(city, slug, audience):
    """The `Listing` that has this address in a city; 404 where the audience may not know of it."""
    here = directory_of(city, audience)
    sketch = here.with_slug(slug)
    found = here.listings([sketch.id], get_language()) if sketch else {}
    if not found:
        raise Http404
    return found[sketch.id]


def _map(city, browse, places):
    return city_map(
        city, browse.listings([one for one in browse.found if on_map(one, city)]), places
    )


def _always_open(here, language):
    """Lines that answer day and night, those for anybody first."""
    now = timezone.now()
    first = (here.sketches[n] for n in numbers(here.sets.of("need", FIRST_CALLS)[0]))
    first = (one for one in first if one.has_phones and not one.for_professionals)
    always = (one for one in first if opening_of(one, now).always)
    chosen = [one.id for one in sorted(always, key=lambda one: _call_order(one, language))]
    found = here.listings(chosen[:ALWAYS_OPEN], language)
    return [found[pk] for pk in chosen[:ALWAYS_OPEN] if pk in found]


def _call_order(sketch, language):
    rank = next(i for i, need in enumerate(FIRST_CALLS) if need in sketch.needs)
    return rank, sketch.reach == "european", *by_name(sketch, language)
