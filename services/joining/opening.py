"""Open a city from the gazetteer: as a sample, with a pathway that ends at an emergency number."""

from django.db import transaction
from django.utils.text import slugify

from services import gazetteer
from services.acting import Way, acting
from services.distance import great_circle_km
from services.ids import stable_id
from services.joining import asking, emergency
from services.models import (
    City,
    Country,
    JoinRequest,
    Location,
    Mark,
    Need,
    Organization,
    Place,
    Service,
    ServiceAtLocation,
)
from services.search import normalise

#: A city of the network this near, by one of the same names, is the same city.
SAME_WITHIN_KM = 25
#: What the emergency number is for; the stage is for a taxonomy that is not loaded yet.
EMERGENCY_NEEDS = ("emergency", "urgent-medical")


def known_city(spot):
    """The city of the network that is this spot, or None. Two queries."""
    known = City.objects.filter(geoname_id=spot.id).first()
    if known:
        return known
    names = {normalise(name) for name in (spot.name, *spot.names)}
    for city in City.objects.filter(country=spot.country).prefetch_related("translations"):
        same = names & {normalise(row.name) for row in city.translations.all()}
        if same and _is_near(city, spot):
            return city
    return None


def _is_near(city, spot):
    """A city without coordinates may be anywhere in its country."""
    if city.latitude is None:
        return True
    here, there = (city.latitude, city.longitude), (spot.latitude, spot.longitude)
    return great_circle_km(here, there) <= SAME_WITHIN_KM


def free_slug(spot):
    """An address for the city that no other has, or its name with the country."""
    slug = slugify(spot.name) or f"city-{spot.id}"
    if City.objects.filter(slug=slug).exists():
        return f"{slug}-{spot.country.lower()}"
    return slug


def needs_number(code):
    """Whether somebody must type the emergency number of this country."""
    country = Country.objects.filter(pk=code).first()
    known = country and country.emergency_numbers.get("any")
    return not (known or emergency.known_number(code))


def open_city(spot, values, user):
    """The new `City`, with its country, first place and emergency line: all of it or nothing.

    `values`: slug, timezone, languages, names (language -> name), number (where it must be
    said), centre (whether its centre is a place to measure from).
    """
    with transaction.atomic(), acting(user, Way.FORM):
        country = _country(spot.country, values["number"])
        city = City.objects.create(
            # As a file of listings knows it, so that one can be loaded into it.
            pk=stable_id("city", values["slug"]),
            slug=values["slug"],
            country=country,
            timezone=values["timezone"],
            languages=values["languages"],
            latitude=spot.latitude,
            longitude=spot.longitude,
            geoname_id=spot.id,
        )
        for language, name in values["names"].items():
            city.translations.create(language_code=language, name=name)
        if values["centre"]:
            _add_centre(city, spot)
        _ensure_emergency_line(country)
    return city


def accept(pk, spot, values, user):
    """Decide a request and open its city, both or neither; raises what `asking.decide` raises."""
    with transaction.atomic():
        asking.decide(pk, JoinRequest.State.ACCEPTED, user)
        city = open_city(spot, values, user)
        JoinRequest.objects.filter(pk=pk).update(city=city)
    return city


def _country(code, typed):
    country, made = Country.objects.get_or_create(pk=code)
    if made:
        country.translations.create(language_code="en", name=gazetteer.country_name(code))
    if not country.emergency_numbers.get("any"):
        number = emergency.known_number(code) or typed
        country.emergency_numbers = country.emergency_numbers | {"any": number}
        country.save()
    return country


def _add_centre(city, spot):
    Place.objects.create(
        city=city,
        slug="centre",
        name=spot.name,
        latitude=spot.latitude,
        longitude=spot.longitude,
    )


def _ensure_emergency_line(country):
    """A line for the whole country, where there is none: every plan must end at somebody."""
    alarms = Service.objects.filter(
        needs="emergency", reach=Service.Reach.NATIONAL, country=country
    )
    if alarms.filter(status=Service.Status.PUBLISHED).exists():
        return
    number, name = country.emergency_numbers["any"], gazetteer.country_name(country.pk)
    organization, _made = Organization.objects.get_or_create(
        name=f"Emergency call centres of {name}"
    )
    service = Service.objects.create(
        slug=_free_service_slug(f"{country.pk.lower()}-{slugify(number)}"),
        organization=organization,
        official_name=number,
        reach=Service.Reach.NATIONAL,
        country=country,
        how_to_get_in=Service.WayIn.CALL_FIRST,
        opening_hours="24/7",
        cost=Service.Cost.FREE,
    )
    service.translations.create(
        language_code="en",
        name=f"Emergency number {number}",
        summary="Call when a life is at risk.",
    )
    service.needs.set(_need(code) for code in EMERGENCY_NEEDS)
    service.phones.create(number=number)
    site = Location.objects.create(kind=Location.Kind.VIRTUAL)
    ServiceAtLocation.objects.create(service=service, location=site)
    _say_whence(service, number)
    service.status = Service.Status.PUBLISHED
    service.save()


def _free_service_slug(slug):
    taken = Service.objects.filter(slug=slug).exists()
    return f"{slug}-emergency" if taken else slug


def _need(code):
    return Need.objects.get_or_create(code=code, defaults={"stage": Need.Stage.PROTECTION})[0]


def _say_whence(service, number):
    if number == emergency.known_number(service.country_id):
        service.sources.create(**emergency.SOURCE)
    else:
        text = "Typed by an administrator of the network: check the number and its hours."
        service.marks.create(kind=Mark.Kind.VERIFY, text=text)
