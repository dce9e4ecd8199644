"""The page on which anybody says that something is wrong with a listing."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from services.cities import city_and_places
from services.names import names
from services.reporting import limits
from services.reporting.forms import ReportForm
from services.reporting.report import report as note
from services.roles import Power, standing_of
from services.views import listing_in


@require_http_methods(["GET", "HEAD", "POST"])
def report(request, city, service):
    """Two taps: what is wrong, and send. 404 where the listing's own page is 404 too."""
    city, _places = city_and_places(city)
    audience = standing_of(request).page_audience(city)
    listing = listing_in(city, service, audience)
    form = ReportForm(request.POST if request.method == "POST" else None)
    status, too_many = (400 if form.errors else 200), False
    if form.is_valid():
        too_many = not limits.has_room(request)
        if not too_many:
            note(listing.id, form.cleaned_data["kind"], _worker(request, city))
            return _see_other(reverse("reported", args=[city.slug]))
        status = 429
    context = {
        "city": city,
        "city_name": names(city).city,
        "listing": listing,
        "audience": audience,
        "form": form,
        "too_many": too_many,
        "counts_more": _worker(request, city) is not None,
    }
    return render(request, "reporting/report.html", context, status=status)


@require_safe
def reported(request, city):
    """Thanks: the same whatever followed, and without the listing, which may be gone."""
    city, _places = city_and_places(city)
    context = {
        "city": city,
        "city_name": names(city).city,
        "audience": standing_of(request).page_audience(city),
        "has_plan": settings.GUIDE_COOKIE in request.COOKIES,
    }
    return render(request, "reporting/reported.html", context)


def _worker(request, city):
    """The user whose report weighs more: signed in, vetted, and of this city."""
    return request.user if standing_of(request).may(Power.READ, city) else None


def _see_other(address):
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
