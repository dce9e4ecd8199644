"""Where a listing is: a pin on the city's map, or its coordinates."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from services import office
from services.acting import Way, acting
from services.distance import great_circle_km
from services.keeping.finding import editable_or_404, is_secret, open_places
from services.keeping.forms import PlaceForm
from services.map import pin_map
from services.roles import Power

#: A pin farther from the city than this is a slip: latitude and longitude exchanged, a digit too many.
FARTHEST_KM = 150


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires(Power.EDIT)
def place(request, city, pk):
    """Put a pin where a listing's place is; refused (403) where the place is kept secret."""
    service = editable_or_404(request, city, pk)
    if is_secret(service):
        context = {"service": service}
        return office.page(request, "office/keeping/place_refused.html", city, context, status=403)
    places = open_places(request, service)
    chosen = _chosen(request, places)
    if request.method != "POST" or chosen is None:
        status = 200 if request.method != "POST" else 409
        return _page(request, city, service, places, chosen, _form_of(chosen), status=status)
    form = PlaceForm(request.POST)
    if form.is_valid():
        _refuse_far(form, city)
    if request.POST.get("do") in ("closer", "wider") or form.errors:
        status = 400 if form.errors else 200
        return _page(request, city, service, places, chosen, form, status=status)
    with acting(request.user, Way.FORM):
        _save(chosen, form.cleaned_data)
    messages.success(request, _("The place of %(name)s is saved.") % {"name": service})
    return redirect(f"{request.path}?at={chosen.pk}")


def _chosen(request, places):
    """The place meant, of those of the listing; the first where none is named."""
    wanted = request.POST.get("at") or request.GET.get("at")
    if not wanted:
        return places[0] if places else None
    found = next((one for one in places if str(one.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _form_of(chosen):
    if chosen is None or chosen.latitude is None:
        return PlaceForm()
    return PlaceForm(initial={"latitude": chosen.latitude, "longitude": chosen.longitude})


def _save(location, point):
    if (location.latitude, location.longitude) == (point["latitude"], point["longitude"]):
        return
    location.latitude, location.longitude = point["latitude"], point["longitude"]
    location.save()


def _refuse_far(form, city):
    point = form.cleaned_data["latitude"], form.cleaned_data["longitude"]
    if city.latitude is None:
        return
    distance = great_circle_km((city.latitude, city.longitude), point)
    if distance > FARTHEST_KM:
        words = {"km": round(distance), "city": city}
        form.add_error(None, _("This is %(km)s km from %(city)s: check both numbers.") % words)


def _page(request, city, service, places, chosen, form, *, status):
    closer = request.POST.get("do") == "closer"
    point = _point(form)
    context = {
        "service": service,
        "places": places,
        "chosen": chosen,
        "form": form,
        "closer": closer,
        "map": pin_map(point, list(city.places.all()), closer=closer),
        "shared": chosen is not None and chosen.sites.count() > 1,
    }
    return office.page(request, "office/keeping/place.html", city, context, status=status)


def _point(form):
    """Where the pin stands, if anywhere; never off the map's edge of the world."""
    values = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    return (values["latitude"], values["longitude"]) if values else None
