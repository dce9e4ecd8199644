"""/network/requests/ and /network/cities/new/: the network decides, and opens cities."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from services import gazetteer, office
from services.joining import asking, opening
from services.joining.forms import CityForm
from services.joining.views import chosen, search
from services.models import JoinRequest

#: How many decided requests the list still shows.
DECIDED_SHOWN = 20
State = JoinRequest.State

office.add_network_link(gettext_lazy("Requests to join"), "join-requests", 20)
office.add_network_link(gettext_lazy("Open a city"), "city-new", 30)


@require_safe
@office.requires_network
def requests(request):
    """What waits for an answer, and what was answered lately."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires_network
def accept(request, pk):
    """Look at a request and the city it would open; by POST accept it."""
    asked = get_object_or_404(JoinRequest, pk=pk)
    if asked.state != State.NEW:
        return _decided(request)
    spot = gazetteer.by_id(asked.geoname_id)
    if spot is None:
        raise Http404

    def open_it(values):
        return opening.accept(asked.pk, spot, values, request.user)

    return _open(request, spot, open_it, asked=asked)


@require_POST
@office.requires_network
def decline(request, pk):
    """Say no, by mail."""
    try:
        asked = asking.decide(pk, State.DECLINED, request.user)
    except JoinRequest.DoesNotExist as error:
        raise Http404 from error
    except asking.DecidedError:
        return _decided(request)
    messages.success(request, _("%(city)s: declined, and told by mail.") % {"city": asked})
    return redirect("join-requests")


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires_network
def new_city(request):
    """Open a city that nobody asked for: name it, choose it, say the rest."""
    spot = chosen(request)
    if spot is None:
        status = 400 if request.method == "POST" else 200
        context = search(request) | {"is_network": True}
        return office.network_page(
            request, "joining/new_city.html", context, status=status, here="city-new"
        )

    def open_it(values):
        return opening.open_city(spot, values, request.user)

    return _open(request, spot, open_it)


def _open(request, spot, open_it, asked=None):
    """The form of a new city, or what came of it."""
    known = opening.known_city(spot)
    if request.method != "POST":
        return _form(request, spot, CityForm(spot, initial=_first_guess(spot)), asked, known)
    form = CityForm(spot, request.POST)
    if known or not form.is_valid():
        return _form(request, spot, form, asked, known, status=409 if known else 400)
    try:
        city = open_it(form.values)
    except asking.DecidedError:
        return _decided(request)
    except IntegrityError:
        # Somebody opened it, or took its address, between the question and the answer.
        form.add_error("slug", _("Another city has this address. Choose a different one."))
        return _form(request, spot, form, asked, opening.known_city(spot), status=409)
    said = _("%(city)s is open as a sample. Now invite its first administrators.")
    messages.success(request, said % {"city": spot.name})
    return redirect("readiness", city.slug)


def _first_guess(spot):
    return {
        "slug": opening.free_slug(spot),
        "timezone": spot.timezone,
        "languages": ", ".join(gazetteer.languages_of(spot.country)),
        "name_en": spot.name,
        "centre": True,
    }


def _form(request, spot, form, asked, known, status=200):
    context = {"spot": spot, "form": form, "asked": asked, "known": known}
    here = "join-requests" if asked else "city-new"
    return office.network_page(request, "joining/open.html", context, status=status, here=here)


def _list(request, status=200, **more):
    waiting = JoinRequest.objects.filter(state=State.NEW).order_by("created_at")
    decided = JoinRequest.objects.exclude(state=State.NEW).select_related("city")
    context = {"waiting": waiting, "decided": decided.order_by("-decided_at")[:DECIDED_SHOWN]}
    return office.network_page(
        request, "joining/requests.html", context | more, status=status, here="join-requests"
    )


def _decided(request):
    """Somebody else was quicker, or the button was pressed twice."""
    return _list(request, status=409, was_decided=True)
