"""The frame of the back office: who may open a page, what stands in its menu, what is to do today.

Each part of the office adds its links and tasks when its app is ready; this module knows none of them.
"""

import functools
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services import speaking
from services.models import City
from services.names import names
from services.roles import Power, standing_of

#: Where a person adds the second factor that their role asks for.
SECOND_FACTOR_PAGE = "mfa_index"


@dataclass(frozen=True)
class Link:
    """An entry of the menu of a city's office: a route that takes the city's slug."""

    label: str
    route: str
    power: Power
    position: int = 50


@dataclass(frozen=True)
class Task:
    """Something to do today: the smaller `position`, the more urgent."""

    text: str
    address: str
    count: int = 0
    position: int = 50


_links, _network_links, _tasks, _network_tasks = [], [], [], []


def add_link(label, route, power, position=50):
    """Put a route, which takes a city's slug, into the menu of every city's office."""
    _links.append(Link(label, route, power, position))


def add_network_link(label, route, position=50):
    """Put a route without arguments into the menu of network administrators."""
    _network_links.append(Link(label, route, Power.CITY, position))


def add_tasks(find):
    """`find(request, city)` yields the `Task`s of one part; `request.standing` says for whom."""
    _tasks.append(find)


def add_network_tasks(find):
    """`find(request)` yields the `Task`s of one part for network administrators."""
    _network_tasks.append(find)


def network_tasks(request):
    """Every task of the network, the most urgent first."""
    return _in_order(task for find in _network_tasks for task in find(request))


def tasks(request, city):
    """Every task of today, the most urgent first."""
    return _in_order(task for find in _tasks for task in find(request, city))


def _in_order(found):
    return sorted(found, key=lambda task: (task.position, -task.count))


def requires(power):
    """A view of a city's office: `view(request, city, …)` gets the `City` for its slug.

    Strangers sign in first; who lacks the second factor is sent to add it. A city where somebody has
    no role answers like one that never was (404); a role without the power is told so (403).
    """

    def decorate(view):
        @functools.wraps(view)
        def wrapped(request, city, *args, **kwargs):
            refusal = not_yet(request)
            if refusal:
                return refusal
            found = get_object_or_404(City.objects.select_related("country"), slug=city)
            if not request.standing.belongs_to(found):
                raise Http404
            speaking.settle(found)
            if not request.standing.may(power, found):
                return refused(request)
            return view(request, found, *args, **kwargs)

        return wrapped

    return decorate


def requires_network(view):
    """A page of the network's administrators; to everybody else with a role it does not exist."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        refusal = not_yet(request)
        if refusal:
            return refusal
        if not request.standing.network:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def not_yet(request):
    """Where somebody goes first who has not signed in, or lacks the second factor; else None."""
    request.standing = standing_of(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.standing.waits:
        return redirect(SECOND_FACTOR_PAGE)
    return None


def refused(request):
    """The page that says that one's role does not allow this (403)."""
    return render(request, "office/refused.html", status=403)


def page(request, template, city, context=None, *, status=200, here=""):
    """A page of a city's office; `here` is the route that the menu marks as the current one."""
    menu = [
        {
            "label": link.label,
            "address": reverse(link.route, args=[city.slug]),
            "here": link.route == here,
        }
        for link in sorted(_links, key=lambda link: link.position)
        if request.standing.may(link.power, city)
    ]
    frame = {
        "city": city,
        "city_name": names(city).city,
        "menu": menu,
        "standing": request.standing,
    }
    with timezone.override(ZoneInfo(city.timezone)):
        return render(request, template, frame | (context or {}), status=status)


def network_page(request, template, context=None, *, status=200, here=""):
    """A page of the network's office."""
    menu = [
        {"label": link.label, "address": reverse(link.route), "here": link.route == here}
        for link in sorted(_network_links, key=lambda link: link.position)
    ]
    frame = {"menu": menu, "city_name": _("All cities"), "standing": request.standing}
    return render(request, template, frame | (context or {}), status=status)
