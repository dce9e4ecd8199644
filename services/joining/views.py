"""/join/: name a city, choose it from a list, say who asks."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from services import gazetteer, limits
from services.joining import asking, opening
from services.joining.forms import AskingForm

#: Names that an address may look up for each request that it may make.
SEARCHES_EACH = 20


@require_http_methods(["GET", "HEAD", "POST"])
def join(request):
    """The page of each step; by POST a request, answered alike whether it is the first or not."""
    spot = chosen(request)
    if request.method == "POST":
        return _ask(request, spot)
    if _is_search(request) and _too_often(request, "join-search", SEARCHES_EACH):
        return render(request, "joining/too_often.html", status=429)
    if spot:
        return _form(request, spot, AskingForm())
    return render(request, "joining/search.html", search(request))


@require_safe
def sent(request):
    """What happens now; the same for everybody."""
    return render(request, "joining/sent.html")


def chosen(request):
    """The `Spot` that was chosen, or None."""
    number = (request.POST if request.method == "POST" else request.GET).get("city", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= 9
    return gazetteer.by_id(int(number)) if is_number else None


def search(request):
    """What the page of the search shows: the name typed, and the cities of that name."""
    name = request.GET.get("name", "").replace("\0", "")[: gazetteer.LONGEST]
    unknown = bool(request.GET.get("city") or request.POST.get("city"))
    return {"name": name, "found": gazetteer.search(name), "is_unknown": unknown}


def _is_search(request):
    return bool(request.GET.get("name") or request.GET.get("city"))


def _too_often(request, what, each=1):
    return limits.too_often(request, what, settings.JOIN_REQUESTS_PER_HOUR * each)


def _ask(request, spot):
    if _too_often(request, "join"):
        return render(request, "joining/too_often.html", status=429)
    if spot is None:
        return render(request, "joining/search.html", search(request), status=400)
    form = AskingForm(request.POST)
    known = opening.known_city(spot)
    if known or not form.is_valid():
        return _form(request, spot, form, status=409 if known else 400)
    asking.ask(spot, form.cleaned_data, get_language())
    return redirect("join-sent")


def _form(request, spot, form, status=200):
    context = {"spot": spot, "form": form, "known": opening.known_city(spot)}
    return render(request, "joining/form.html", context, status=status)
