"""`services` and `services.geojson`: a city's services, filtered as the page of services filters them."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone, translation

from services.api import examples, shapes, states
from services.api.answers import GEOJSON, answer, page
from services.api.base import ApiView, SearchView
from services.api.bodies import service_body
from services.api.cities import city_of
from services.api.parameters import (
    PER_PAGE,
    SLUG,
    UUID,
    Choice,
    Codes,
    Flag,
    Number,
    Paged,
    Parameters,
    SearchText,
    Slug,
    Text,
    Time,
)
from services.api.problems import Problem
from services.api.store import entries, listing_of
from services.browse import Browse
from services.cities import places_of
from services.directory import directory_of
from services.filters import EARTH_KM, NEAREST_KM, ORDERS, STATUSES
from services.fitting import opening_of
from services.languages import NAMES
from services.models import City, Service
from services.names import names
from services.search import normalise

#: Names that only our own parameters have; all others are those of the page of services.
OWN = ("city", "facets", "per_page", "page")


def _codes(choices):
    return [code for code, _label in choices]


class Near(Text):
    """A place of the city by its `slug`, or a latitude and longitude with a comma between."""

    pattern = (
        rf"{SLUG}|-?(90(\.0{{1,12}})?|[1-8]?[0-9](\.[0-9]{{1,12}})?)"
        r",-?(180(\.0{1,12})?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,12})?)"
    )


class Filters(Parameters):
    """The filters of the page of services, by the same names. Which codes there are says `names`."""

    city = Slug(help_text="Which city: its `slug` in `cities`.")
    need = Codes(
        lambda: names().needs, required=False, help_text="Helps with one of these `needs`."
    )
    group = Codes(
        lambda: names().groups,
        required=False,
        help_text="Made for one of these `target-groups`, takes them, or perhaps does.",
    )
    language = Codes(
        lambda: NAMES,
        required=False,
        help_text="Somebody speaks one of these languages, or an interpreter can be asked for.",
    )
    access = Codes(
        lambda: Service.WayIn.values, required=False, help_text="One of these is the way in."
    )
    status = Choice(
        choices=_codes(STATUSES),
        required=False,
        help_text="Papers of the person; leaves what takes them and what does not say.",
    )
    step_free = Flag(required=False, help_text="Leaves out what has steps for sure.")
    open_now = Flag(required=False, help_text="Open at this moment.")
    open_at = Time(
        required=False,
        help_text="Open at this moment; without an offset it is on the clock of the city.",
    )
    search = SearchText(
        required=False, help_text="Words in names, summaries, needs, languages and streets."
    )
    near = Near(
        required=False,
        help_text="Where to measure from: a place of the city by its `slug`, or `50.84,4.35`.",
    )
    radius_km = Number(
        required=False,
        min_value=float(NEAREST_KM),
        max_value=EARTH_KM,
        help_text="Leaves out what is farther from `near`. What has no place to show stays.",
    )
    order = Choice(
        choices=_codes(ORDERS),
        required=False,
        help_text="`best` unless `near` is said, then `nearest`, which needs it.",
    )


class ServicesQuery(Paged, Filters):
    facets = Flag(default=True, help_text="With how many each choice of a filter would leave.")


class CityView(SearchView):
    """A view of the services of a city as a reader may know of them."""

    refuses = (404, 409)
    request_examples = examples.SEARCH
    about = (
        "Values of one filter widen, filters narrow. What asks first or does not say stays: unknown "
        "is not no. What does not go together is a conflict (409), such as `radius_km` without `near`."
    )

    #: It says whether doors are open.
    lasts = states.MINUTE

    def state(self, values):
        return states.of_city(values, self.reader, self.request)

    def browse(self, values):
        """The `Browse` of the page of services for these values; raises a `Problem`."""
        city = values["city"] if isinstance(values["city"], City) else city_of(values["city"])
        self.city = city
        audience = self.reader.audience_in(city)
        nothing = _looks_for_nothing(values)

        def searched():
            return Service.objects.visible_to(audience).serving(city)

        here, language = directory_of(city, audience), translation.get_language()
        places = places_of(city)
        found = Browse(city, places, here, names(city), _filters(values), searched, language)
        if nothing:
            found.filters.pass_none()
        for name, errors in found.form.errors.as_data().items():
            raise _refusal(name, errors[0], found.form.fields[name], places)
        return found


def _looks_for_nothing(values):
    """Whether a search holds signs alone, which are nowhere; taken off then."""
    searched = values.get("search", "")
    if not searched.strip() or normalise(searched):
        return False
    del values["search"]
    return True


def _filters(values):
    """The values as the page has them in its address."""
    pairs = [
        (name, str(one).lower() if isinstance(one, bool) else one)
        for name, value in values.items()
        if name not in OWN
        for one in (value if isinstance(value, list) else [value])
    ]
    return QueryDict(urlencode(pairs))


def _refusal(name, error, field, places):
    """Two values that do not go together are a conflict; an unknown place is not found."""
    title = f"“{name}” cannot be used."
    detail = " ".join(error.messages)
    if error.code == "needs_place":
        return Problem(409, title, field=name, detail=detail, allowed=["near"])
    if name == "near":
        known = [place.slug for place in places]
        return Problem(404, title, field=name, detail=detail, allowed=known)
    choices = _codes(getattr(field, "choices", ()))
    return Problem(400, title, field=name, detail=detail, allowed=choices or None)


class ServicesView(CityView):
    """The services of a city that pass the filters, best first."""

    parameters = ServicesQuery
    returns = shapes.LISTINGS
    answer_examples = staticmethod(examples.listings)

    def reply(self, values):
        browse = self.browse(values)
        number, per_page = values["page"], values.get("per_page") or PER_PAGE
        start = (number - 1) * per_page
        shown = browse.listings(browse.found[start : start + per_page])
        contents = [_found(browse, one) for one in shown]
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
    """The same services as points, of those whose place everybody may know."""

    parameters = Filters
    returns = shapes.LISTINGS_ON_MAP
    media = (GEOJSON,)
    answer_examples = staticmethod(examples.on_map)

    def reply(self, values):
        browse = self.browse(values)
        on_map = browse.listings([one for one in browse.found if _point(one)])
        features = [_feature(browse, one) for one in on_map]
        body = {
            "type": "FeatureCollection",
            "features": features,
            "without_place": browse.count - len(features),
        }
        return answer(self.request, body, GEOJSON)


class ServiceView(ApiView):
    """One service, whatever its city; unknown and withheld ones answer alike."""

    returns = shapes.LISTING
    answer_examples = staticmethod(examples.listing)

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
