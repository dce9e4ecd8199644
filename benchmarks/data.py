"""A large directory by seed: invented services with as much behind each as the shipped ones have."""

import random
import uuid

from django.utils import timezone

from services import changes, search
from services.ids import stable_id
from services.models import (
    City,
    Country,
    Criterion,
    Location,
    Mark,
    Need,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
    Source,
    TargetGroup,
)

SEED = 7
AT_ONCE = 2000
WORDS = [
    "quay",
    "harbour",
    "lane",
    "refuge",
    "centre",
    "line",
    "house",
    "advice",
    "care",
    "help",
    "desk",
    "night",
    "clinic",
]


def fill(number, slug="benchtown"):
    """A city with so many services; needs the taxonomy, which `load_cities` brings."""
    pick = random.Random(SEED)
    country = Country.objects.get_or_create(code="BE")[0]
    city = City.objects.create(
        slug=slug, country=country, timezone="Europe/Brussels", languages=["fr", "nl"],
        latitude=50.85, longitude=4.35,
    )  # fmt: skip
    city.translations.create(language_code="en", name=slug.title())
    for start in range(0, number, AT_ONCE):
        _some(pick, city, range(start, min(start + AT_ONCE, number)))
    return city


def _some(pick, city, numbers):
    organizations = [
        Organization(id=stable_id("bench-organization", n), name=f"Runner {n}") for n in numbers
    ]
    Organization.objects.bulk_create(organizations)
    services = [_service(pick, n, one) for n, one in zip(numbers, organizations, strict=True)]
    Service.objects.bulk_create(services)
    _link(pick, city, services)
    _describe(pick, services)
    _place(pick, services)
    pks = [service.pk for service in services]
    search.rebuild(Service.objects.filter(pk__in=pks))
    changes.record(pks)


def _service(pick, number, organization):
    return Service(
        id=stable_id("bench-service", number),
        slug=f"bench-{number}",
        organization=organization,
        official_name=_words(pick, 3),
        country_id="BE",
        status="published",
        email=f"desk{number}@example.org",
        website=f"https://example.org/{number}",
        how_to_get_in=pick.choice(Service.WayIn.values),
        opening_hours=pick.choice(["Mo-Fr 09:00-17:00", "24/7", "Mo,We 10:00-12:00,14:00-18:00"]),
        interpreter=pick.choice(["takes", "asks-first", ""]),
        cost=pick.choice(["free", "part", ""]),
        age_min=pick.choice([None, 12, 18]),
        last_modified=timezone.now(),
    )


def _words(pick, number):
    return " ".join(pick.choices(WORDS, k=number)).capitalize()


def _link(pick, city, services):
    needs, groups = list(Need.objects.all()), list(TargetGroup.objects.all())
    through = Service.cities.through
    through.objects.bulk_create(through(service=s, city=city) for s in services)
    through = Service.needs.through
    through.objects.bulk_create(
        through(service=s, need=n) for s in services for n in pick.sample(needs, 2)
    )
    through = Service.target_groups.through
    through.objects.bulk_create(
        through(service=s, targetgroup=pick.choice(groups)) for s in services
    )


def _describe(pick, services):
    words = Service._parler_meta.root_model
    words.objects.bulk_create(
        words(master=s, language_code=code, name=_words(pick, 3), summary=_words(pick, 20))
        for s in services
        for code in ("en", "fr")
    )
    Phone.objects.bulk_create(
        Phone(service=s, number=f"+32 2 555 {pick.randrange(10**4):04}", position=n, note="desk")
        for s in services
        for n in range(2)
    )
    Criterion.objects.bulk_create(
        Criterion(service=s, code=code, stance=pick.choice(Service.Stance.values))
        for s in services
        for code in pick.sample(Criterion.Code.values, 3)
    )
    ServiceLanguage.objects.bulk_create(
        ServiceLanguage(service=s, tag=t) for s in services for t in pick.sample(TAGS, 2)
    )
    Source.objects.bulk_create(
        Source(service=s, publisher="Gazette", url="https://example.org/") for s in services
    )
    Mark.objects.bulk_create(Mark(service=s, kind="verify", text="To do.") for s in services)


TAGS = ["en", "fr", "nl", "ar", "ti", "so", "uk"]


def _place(pick, services):
    places = [
        Location(
            id=uuid.UUID(int=pick.getrandbits(128), version=4),
            street=f"{_words(pick, 1)} street {pick.randrange(200)}",
            postal_code="1000",
            town="Benchtown",
            latitude=50.8 + pick.random() / 10,
            longitude=4.3 + pick.random() / 10,
        )
        for _service in services
    ]
    Location.objects.bulk_create(places)
    ServiceAtLocation.objects.bulk_create(
        ServiceAtLocation(service=s, location=p) for s, p in zip(services, places, strict=True)
    )
