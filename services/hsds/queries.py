"""Which services and sites a request of HSDS asks for. Parameters narrow, one after the other."""

from django.db.models import Exists, OuterRef, Q

from services.distance import great_circle_km
from services.hsds import vocabulary as words
from services.hsds.record import ADULT
from services.hsds.schedules import weekly
from services.models import City, Criterion, Location, Need, Phone, Service, ServiceAtLocation
from services.models.listings import serves, shows_place
from services.search import matching, normalise
from services.visibility import ANYBODY, Visibility


def services(reader, values, vocabulary):
    """The services that a reader may know of and that fit the values of `ServicesQuery`.

    Its `city` is one by now, not its address.
    """
    found = Service.objects.readable_by(reader)
    for name, narrow in _NARROW.items():
        if values.get(name) not in (None, ""):
            found = found.filter(narrow(values[name], vocabulary))
    times = [values.get(name) for name in ("day", "start_time", "end_time")]
    if any(times):
        found = found.filter(pk__in=_opening(found, *times))
    return found


def sites(reader, values, vocabulary):
    """The services at their places that fit the values of `SitesQuery`."""
    narrowed = services(reader, values, vocabulary)
    found = ServiceAtLocation.objects.readable_by(reader, services=narrowed)
    if values.get("postcode"):
        found = _around(found, reader, values["postcode"], values.get("proximity"))
    return found


def _searched(text, _vocabulary):
    """Without a word to look for, everything; with signs alone, nothing."""
    if not text.strip():
        return Q()
    return matching(text) if normalise(text) else Q(pk=None)


def _with_term(term_id, vocabulary):
    term = vocabulary.terms.get(str(term_id).lower())
    return _filed(term.taxonomy.code, term) if term else Q(pk=None)


def _with_taxonomy(taxonomy_id, vocabulary):
    wanted = str(taxonomy_id).lower()
    known = next((one for one in vocabulary.taxonomies if one.id == wanted), None)
    return _filed(known.code) if known else Q(pk=None)


def _filed(taxonomy, term=None):
    """The condition that a service is filed under a term, or under any of a taxonomy."""
    code = term.code if term else None
    return {
        words.NEEDS: lambda: _link(Service.needs.through, **_need(code)),
        words.GROUPS: lambda: _link(Service.target_groups.through, **_only("targetgroup", code)),
        words.CRITERIA: lambda: _link(Criterion, **_only("code", code)),
        words.WAYS_IN: lambda: Q(how_to_get_in=code) if code else ~Q(how_to_get_in=""),
        words.REACH: lambda: Q(reach=code) if code else Q(),
        words.CONFIDENTIALITY: _confidential,
    }[taxonomy]()


def _only(name, code):
    return {name: code} if code else {}


def _need(code):
    """A stage of the pathway stands for the needs under it."""
    if code in Need.Stage.values:
        return {"need__stage": code}
    return _only("need", code)


def _link(model, **conditions):
    return Q(Exists(model.objects.filter(service=OuterRef("pk"), **conditions)))


def _confidential():
    return Q(confidential=True) | _link(ServiceAtLocation, location__confidential=True)


def _in_city(city, _vocabulary):
    return serves([city.pk], [city.country_id])


def _up_to(age, _vocabulary):
    minors = Q(age_max__isnull=True, for_minors_only=True)
    return Q(age_max__lte=age) | (minors if age >= ADULT - 1 else Q(pk=None))


_NARROW = {
    "search": _searched,
    "taxonomy_term_id": _with_term,
    "taxonomy_id": _with_taxonomy,
    "organization_id": lambda pk, _vocabulary: Q(organization=pk),
    "modified_after": lambda moment, _vocabulary: Q(last_modified__gte=moment),
    "city": _in_city,
    "minimum_age": lambda age, _vocabulary: Q(age_min__gte=age),
    "maximum_age": _up_to,
}


def _opening(services, day, start, end):
    """Ids of the services with an opening on a day, from a time, until a time; two queries."""
    lines = Phone.objects.filter(visibility=Visibility.PUBLIC).exclude(opening_hours="")
    of_line = {}
    for pk, hours in lines.order_by("-position", "-pk").values_list("service", "opening_hours"):
        of_line[pk] = hours
    return [
        pk
        for pk, hours in services.values_list("pk", "opening_hours")
        if any(_fits(opening, day, start, end) for opening in weekly(hours or of_line.get(pk)))
    ]


def _fits(opening, day, start, end):
    return (
        (not day or day in opening.days)
        and (not start or opening.opens >= start)
        and (not end or (start_before_end(opening) and opening.closes <= end))
    )


def start_before_end(opening):
    """Whether an opening ends on the day it begins."""
    return opening.opens < opening.closes


def _around(sites, reader, postcode, metres):
    """Sites for people of a postcode: near its middle, or else of services that serve its city.

    Where a postcode is, the public places in it tell; one without any is not known.
    """
    known = ServiceAtLocation.objects.readable_by(ANYBODY).filter(
        shows_place(ANYBODY),
        location__postal_code__iexact=postcode.strip(),
        location__kind=Location.Kind.PHYSICAL,
    )
    if metres is None:
        of_it = City.objects.filter(services__sites__in=known).distinct()
        cities = list(of_it.values_list("pk", "country_id"))
        if not cities:
            return sites.none()
        return sites.filter(serves(*zip(*cities, strict=True), prefix="service__"))
    points = known.filter(location__latitude__isnull=False)
    middle = _middle(points.values_list("location__latitude", "location__longitude"))
    if middle is None:
        return sites.none()
    return sites.filter(pk__in=_near(sites.filter(shows_place(reader)), middle, metres / 1000))


def _middle(points):
    points = list(points)
    if not points:
        return None
    return tuple(sum(values) / len(points) for values in zip(*points, strict=True))


def _near(sites, middle, km):
    """Ids of those sites, all with a place that may be shown, that are within a distance."""
    rows = sites.filter(location__latitude__isnull=False)
    return [
        pk
        for pk, *point in rows.values_list("pk", "location__latitude", "location__longitude")
        if great_circle_km(middle, point) <= km
    ]
