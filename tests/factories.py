"""The smallest valid things, with invented names: a test states the one detail it is about.

city = make_city()
service = make_service(city, name="Lantern House", needs=["shelter"])
confidential = make_service(city, confidential=True, criteria={"women": "takes"})
"""

import contextlib
import datetime
import itertools

from django.db import connection
from django.utils import timezone

from services import bulk, history, search, versions
from services.models import (
    City,
    Confirmation,
    Country,
    Location,
    Mark,
    Need,
    Organization,
    PartnerKey,
    Phone,
    Place,
    Service,
    ServiceAtLocation,
    Source,
    TargetGroup,
)

#: Names that differ: letters alone, so that no search for a number finds one by chance.
_numbers = ("".join("bcdfghjklm"[int(digit)] for digit in str(n)) for n in itertools.count(1))

COUNTRY_NAMES = {"BE": "Belgium", "LU": "Luxembourg", "IT": "Italy", "SE": "Sweden"}

#: Who answers in these streets does not exist: the town is invented, its coordinates are in Brussels.
TOWN = "Harbourtown"


def make_country(code="BE"):
    """The country with this code, made on first use."""
    country, made = Country.objects.get_or_create(code=code)
    if made:
        _translate(country, "en", name=COUNTRY_NAMES.get(code, code))
    return country


def make_city(slug=None, *, name=None, country="BE", **fields):
    """A city; the country is made if it is not there yet."""
    slug = slug or f"city-{next(_numbers)}"
    defaults = {
        "timezone": "Europe/Brussels",
        "languages": ["fr", "nl"],
        "latitude": 50.8467,
        "longitude": 4.3525,
    }
    city = City.objects.create(slug=slug, country=make_country(country), **defaults | fields)
    _translate(city, "en", name=name or slug.replace("-", " ").title())
    return city


def make_place(city, name="Old Station", *, latitude=50.8455, longitude=4.3571, slug=None):
    """A public spot to measure from."""
    return Place.objects.create(
        city=city,
        slug=slug or name.lower().replace(" ", "-"),
        name=name,
        latitude=latitude,
        longitude=longitude,
    )


def make_need(code="shelter", *, stage="protection", name=None, **synonyms):
    """A need, made on first use; `make_need("shelter", fr=["centre d’accueil"])` adds synonyms."""
    need, made = Need.objects.get_or_create(code=code, defaults={"stage": stage})
    return _named_term(need, made, name, synonyms)


def make_group(code="women-girls", *, name=None, **synonyms):
    """A target group, made on first use."""
    group, made = TargetGroup.objects.get_or_create(code=code)
    return _named_term(group, made, name, synonyms)


def make_organization(name=None):
    """An organisation, one for each name."""
    return Organization.objects.get_or_create(name=name or f"Organisation {next(_numbers)}")[0]


def make_service(city=None, *, name=None, **kw):
    """A published service of a city, with one phone and a public place.

    Besides the model's own fields it takes: `organization`, `needs`, `groups`, `languages` (lists
    of names or codes), `criteria` ({code: stance}), `phones` (list of numbers, or of dicts),
    `place` (fields of a Location; None for no place), `sources`, `marks`, `confirmations` (lists
    of fields), `summary` and the other translated fields, `translations` ({language: fields}).
    A confidential, national or European service has no place unless one is given.
    """
    number = next(_numbers)
    name = name or f"Service {number}"
    parts = _taken_out(kw)
    service = Service(
        slug=kw.pop("slug", f"service-{number}"),
        official_name=kw.pop("official_name", name),
        organization=make_organization(parts["organization"] or f"Organisation {number}"),
        status=kw.pop("status", Service.Status.PUBLISHED),
        **_reach(city, kw),
        **kw,
    )
    needs = [make_need(code) for code in parts["needs"]]
    groups = [make_group(code) for code in parts["groups"]]
    with contextlib.nullcontext() if bulk.is_running() else _all_at_once(service):
        service.save()
        _describe(service, name, parts)
        if city and service.reach == Service.Reach.CITY:
            service.cities.add(city)
        service.needs.set(needs)
        service.target_groups.set(groups)
        _add_rows(service, parts)
        _add_place(service, parts["place"])
    return Service.objects.get(pk=service.pk)


@contextlib.contextmanager
def _all_at_once(service):
    """As an import writes: the text of the search, the change and the cities' versions once, at the end.

    Unlike what an import brings it has a first version of its own: tests ask for it by `history.settle`.
    """
    with versions.paused():
        yield
        search.rebuild([service])
    if connection.in_atomic_block:
        history._noted().loaded.discard(service.pk)


def make_key(level="public", cities=(), **fields):
    """(a partner's key, the text of it); good for a year unless `expiry_date` says otherwise."""
    in_a_year = timezone.now() + datetime.timedelta(days=365)
    defaults = {"name": f"Partner {next(_numbers)}", "expiry_date": in_a_year}
    key, plain = PartnerKey.objects.create_key(level=level, **defaults | fields)
    key.cities.set(cities)
    return key, plain


_PARTS = {
    "organization": None,
    "needs": ("shelter",),
    "groups": (),
    "languages": (),
    "criteria": {},
    "phones": ("+32 2 555 01 00",),
    "place": "default",
    "sources": (),
    "marks": (),
    "confirmations": (),
    "summary": "",
    "hours_note": "",
    "cost_note": "",
    "way_in": "",
    "translations": {},
}


def _taken_out(kw):
    return {name: kw.pop(name, default) for name, default in _PARTS.items()}


def _reach(city, kw):
    reach = kw.pop("reach", Service.Reach.CITY)
    country = kw.pop("country", city.country if city else make_country())
    return {"reach": reach, "country": None if reach == Service.Reach.EUROPEAN else country}


def _describe(service, name, parts):
    words = {f: parts[f] for f in ("summary", "hours_note", "cost_note", "way_in")}
    _translate(service, "en", name=name, **words)
    for language, fields in parts["translations"].items():
        _translate(service, language, **{"name": name} | fields)


def _add_rows(service, parts):
    for tag in parts["languages"]:
        service.spoken.create(tag=tag)
    for code, stance in parts["criteria"].items():
        fields = stance if isinstance(stance, dict) else {"stance": stance}
        service.criteria.create(code=code, **fields)
    for position, phone in enumerate(parts["phones"]):
        fields = phone if isinstance(phone, dict) else {"number": phone}
        Phone.objects.create(service=service, position=position, **fields)
    for model, key in ((Source, "sources"), (Mark, "marks"), (Confirmation, "confirmations")):
        for fields in parts[key]:
            model.objects.create(service=service, **fields)


def _add_place(service, place):
    no_place = service.confidential or service.reach != Service.Reach.CITY
    if place == "default":
        place = None if no_place else {"latitude": 50.84, "longitude": 4.35}
    if place is None:
        location = Location.objects.create(kind=Location.Kind.VIRTUAL)
    else:
        street = {"street": f"Quay Street {next(_numbers)}", "postal_code": "1000", "town": TOWN}
        location = Location.objects.create(**street | place)
    ServiceAtLocation.objects.create(service=service, location=location)


def _named_term(term, made, name, synonyms):
    if made or name:
        _translate(term, "en", name=name or term.code.replace("-", " ").capitalize())
    for language, words in synonyms.items():
        title = term.safe_translation_getter("name", any_language=True)
        _translate(term, language, name=title, synonyms=words)
    return term


def _translate(thing, language, **fields):
    thing.translations.update_or_create(language_code=language, defaults=fields)
