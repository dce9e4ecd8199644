"""The page that keeps a city on a device, what it fetches for that, and the worker's program."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from referrals.notices import emergency_lines
from referrals.offline.stock import fingerprint, stock_of
from referrals.planning import public_listings
from referrals.sheet.page import clock_of
from referrals.visiting import city_or_404

WORKER = (Path(__file__).parent / "worker.js").read_bytes()


@require_safe
def offline(request, city):
    """What would be kept, for how long and who could see it; the same for every reader."""
    city = _city_to_keep(city)
    language = get_language()
    facts = _first_steps(city) | {
        "fingerprint": fingerprint(city, language),
        "count": len(public_listings(city, language)),
    }
    response = render(request, "referrals/offline/offline.html", facts)
    # Of all workers this one: without a scheme, which is that of the page.
    response._csp_replace = {"worker-src": [f"{request.get_host()}{reverse('offline-worker')}"]}
    return response


@require_safe
def no_line(request, city):
    """What a device shows in the place of a page that it has not kept."""
    city = _city_to_keep(city)
    return render(request, "referrals/offline/no_line.html", _first_steps(city))


@require_safe
def to_keep(request, city):
    """The list of what to keep, as JSON; what each entry means stands in `stock_of`."""
    return JsonResponse(stock_of(_city_to_keep(city), get_language()))


@require_safe
def worker(request):
    """The program that shows what is kept. Served even where nothing may be kept: it also forgets."""
    return HttpResponse(WORKER, content_type="text/javascript; charset=utf-8")


def _city_to_keep(slug):
    if not settings.OFFLINE_DAYS:
        raise Http404
    return city_or_404(slug)


def _first_steps(city):
    return {"city": city, "clock": clock_of(city), "emergency_lines": emergency_lines(city)}
