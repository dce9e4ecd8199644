"""`services` and `services.geojson`: a city's services, filtered as the page of services filters them."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone, translation
from rest_framework import serializers

from services.api.answers import GEOJSON, answer, page
from services.api.base import ApiView, SearchView
from services.api.bodies import service_body
from services.api.parameters import PER_PAGE, UUID, Flag, Paged, Parameters
from services.api.problems import Problem
from services.api.store import entries, listing_of
from services.browse import Browse
from services.directory import listings
from services.filters import ORDERS, STATUSES, YES_NO
from services.fitting import opening_of
from services.models import City, Service
from services.names import names

#: Names that only our own parameters have; all others are those of the page of services.
OWN = ("city", "facets", "per_page", "page")


def _codes(choices):
    return [code for code, _label in choices]


class Filters(Parameters):
    """The filters of the page of services, by the same names."""

    city = serializers.SlugField(help_text="Which city: its `slug` in `cities`.")
    need = serializers.ListField(child=serializers.CharField(), required=False)
    group = serializers.ListField(child=serializers.CharField(), required=False)
    language = serializers.ListField(child=serializers.CharField(), required=False)
    access = serializers.ListField(child=serializers.CharField(), required=False)
    status = serializers.ChoiceField(choices=_codes(STATUSES), required=False)
    step_free = serializers.ChoiceField(choices=_codes(YES_NO), required=False)
    open_now = serializers.ChoiceField(choices=_codes(YES_NO), required=False)
    open_at = serializers.CharField(required=False)
    search = serializers.CharField(required=False, max_length=200)
    near = serializers.CharField(required=False, max_length=60)
    radius_km = serializers.CharField(required=False, max_length=12)
    order = serializers.ChoiceField(choices=_codes(ORDERS), required=False)


class ServicesQuery(Paged, Filters):
    facets = Flag(default=True, help_text="With how many each choice of a filter would leave.")


class CityView(SearchView):
    """A view of the services of a city as a reader may know of them."""

    def browse(self, values):
        """The `Browse` of the page of services for these values; raises a `Problem`."""
        city = _city(values["city"])
        self.city = city
        audience = self.reader.audience_in(city)
        queryset = Service.objects.visible_to(audience).serving(city)
        known = listings(city, audience, translation.get_language())
        places = list(city.places.all())
        found = Browse(city, places, known, names(city), _filters(values), queryset)
        for name, errors in found.form.errors.as_data().items():
            raise _refusal(name, errors[0], found.form.fields[name])
        return found


def _city(slug):
    city = City.objects.select_related("country").filter(slug=slug).first()
    if city is None:
        known = City.objects.values_list("slug", flat=True)
        raise Problem(404, "There is no such city here.", field="city", allowed=known)
    return city


def _filters(values):
    """The values as the page has them in its address."""
    pairs = [
        (name, one)
        for name, value in values.items()
        if name not in OWN
        for one in (value if isinstance(value, list) else [value])
    ]
    return QueryDict(urlencode(pairs))


def _refusal(name, error, field):
    """Two values that do not go together are a conflict; each by itself could be read."""
    choices = [code for code, _label in getattr(field, "choices", ())]
    return Problem(
        409 if error.code == "needs_place" else 400,
        f"“{name}” cannot be used.",
        field=name,
        detail=" ".join(error.messages),
        allowed=["near"] if error.code == "needs_place" else choices or None,
    )


class ServicesView(CityView):
    """The services of a city that pass the filters, best first."""

    parameters = ServicesQuery

    def reply(self, values):
        browse = self.browse(values)
        number, per_page = values["page"], values.get("per_page") or PER_PAGE
        start = (number - 1) * per_page
        contents = [_found(browse, one) for one in browse.found[start : start + per_page]]
        body = page(contents, browse.count, number, per_page)
        if values["facets"]:
            body["facets"] = [_facet(one) for one in browse.facets]
        return answer(self.request, body)


def _found(browse, listing):
    """A listing that passes, with how it does."""
    result = browse.result(listing)
    return service_body(
        listing,
        result.opening,
        distance_km=result.distance_km,
        fits=result.fits,
        asks=result.asks,
    )


def _facet(facet):
    """What each choice would leave: `takes` surely, `asks_first` perhaps."""
    return {
        "code": facet.code,
        "title": str(facet.label),
        "choices": [
            {
                "parameter": choice.parameter,
                "value": choice.value,
                "title": str(choice.label),
                "takes": choice.takes,
                "asks_first": choice.asks,
                "chosen": choice.chosen,
            }
            for choice in (*facet.shown, *facet.folded)
        ],
    }


class GeoJSONView(CityView):
    """The same services as points, of those whose place everybody may know where it is."""

    parameters = Filters

    def reply(self, values):
        browse = self.browse(values)
        on_map = [one for one in browse.found if _point(one)]
        features = [_feature(browse, one) for one in on_map]
        body = {
            "type": "FeatureCollection",
            "features": features,
            "without_place": browse.count - len(features),
        }
        return answer(self.request, body, GEOJSON)


class ServiceView(ApiView):
    """One service, whatever its city; unknown and withheld ones answer alike."""

    def reply(self, values, pk):
        if not UUID.match(pk):
            raise _unknown()
        reader, words = self.reader, self.words
        (entry,) = entries(Service.objects.readable_by(reader).filter(pk=pk), reader) or [None]
        if entry is None:
            raise _unknown()
        service = Service.objects.with_everything(cities=True).get(pk=entry.service)
        now = timezone.now()
        listing = listing_of(service, entry.audience, words, now)
        return answer(self.request, service_body(listing, opening_of(listing, now)))


def _unknown():
    return Problem(404, "There is no such service.", field="id")


def _feature(browse, listing):
    return {
        "type": "Feature",
        "id": listing.id,
        "geometry": {"type": "Point", "coordinates": _point(listing)},
        "properties": _found(browse, listing),
    }


def _point(listing):
    """[longitude, latitude] of a place that may be shown; never of a confidential listing."""
    place = listing.place
    if listing.confidential or place is None or not place.has_coordinates:
        return None
    return [place.longitude, place.latitude]
