"""A directory of any size by seed: one invented city, and as many more as are wanted made of it in SQL.

Services of the copies differ in their ids, names, addresses and in two words of their search text;
what is behind each is as much as behind the shipped ones, but for the search text, which is cut to
`SEARCH_TEXT` characters: the trigram index of a million whole ones takes longer to build than all the rest.
"""

import random
import uuid

from django.db import connection
from django.utils import timezone

from services import changes, search
from services.ids import stable_id
from services.models import (
    Change,
    City,
    Confirmation,
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
SEARCH_TEXT = 500
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
HOURS = [
    f"{days} {opens:02}:00-{closes:02}:00"
    for days in ("Mo-Fr", "Mo-Sa", "Mo,We,Fr", "Tu,Th")
    for opens in (8, 9, 10, 13)
    for closes in (15, 17, 20)
] + ["24/7", ""]


def fill(number, slug="benchtown"):
    """A city with so many services; needs the taxonomy, which `load_cities` brings."""
    pick = random.Random(f"{SEED} {slug}")
    city = _city(slug)
    for start in range(0, number, AT_ONCE):
        _some(pick, city, range(start, min(start + AT_ONCE, number)))
    return city


def _city(slug):
    country = Country.objects.get_or_create(code="BE")[0]
    city = City.objects.create(
        slug=slug, country=country, timezone="Europe/Brussels", languages=["fr", "nl"],
        latitude=50.85, longitude=4.35,
    )  # fmt: skip
    city.translations.create(language_code="en", name=slug.title())
    return city


def _some(pick, city, numbers):
    organizations = [
        Organization(id=stable_id(f"bench-organization-{city.slug}", n), name=f"{city.slug} {n}")
        for n in numbers
    ]
    Organization.objects.bulk_create(organizations)
    services = [
        _service(pick, city.slug, n, one) for n, one in zip(numbers, organizations, strict=True)
    ]
    Service.objects.bulk_create(services)
    _link(pick, city, services)
    _describe(pick, services)
    _place(pick, services)
    pks = [service.pk for service in services]
    search.rebuild(Service.objects.filter(pk__in=pks))
    changes.record(pks)


def _service(pick, city, number, organization):
    return Service(
        id=stable_id(f"bench-service-{city}", number),
        slug=f"{city}-{number}",
        organization=organization,
        official_name=_words(pick, 3),
        country_id="BE",
        status="published",
        email=f"desk{number}@example.org",
        website=f"https://example.org/{number}",
        how_to_get_in=pick.choice(Service.WayIn.values),
        opening_hours=pick.choice(HOURS),
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
        Source(service=s, publisher="Gazette", url="https://example.org/", date="2026-10")
        for s in services
    )
    Mark.objects.bulk_create(Mark(service=s, kind="verify", text="To do.") for s in services)
    now = timezone.now()
    Confirmation.objects.bulk_create(
        Confirmation(service=s, field_group="contact", by="city", confirmed_at=now)
        for s in services
        if pick.random() < 0.3
    )


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


def copy(city, times, tell=lambda _done, _all: None):
    """So many more cities made of this one: `slug-1`, `slug-2`, … ; `tell(done, all)` after each table."""
    with _Copying(city, times) as copying:
        for done, table in enumerate(copying.tables, start=1):
            copying.copy(table)
            tell(done, len(copying.tables))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _new(column):
    """An id for the copy of a row: the same for the same row and copy."""
    return f"new_id({column}, copy.n)"


class _Copying:
    """Rows of one city copied in SQL, with the indexes taken away meanwhile."""

    def __init__(self, city, times):
        self.city, self.times = city.pk, times
        self._vendor = connection.vendor

    def __enter__(self):
        self._cursor = connection.cursor()
        if self._vendor == "sqlite":
            connection.connection.create_function("new_id", 2, _new_id, deterministic=True)
            self._run("PRAGMA foreign_keys = OFF")
        else:
            self._run("SET session_replication_role = replica")
            self._run(
                "CREATE OR REPLACE FUNCTION pg_temp.new_id(uuid, int) RETURNS uuid LANGUAGE sql"
                " IMMUTABLE AS $$ SELECT md5($1::text || $2::text)::uuid $$"
            )
            self._run("SET maintenance_work_mem = '1GB'")
            self._run("SET max_parallel_maintenance_workers = 2")
        self._indexes = self._take_indexes()
        self.tables = self._tables()
        return self

    def __exit__(self, *_error):
        for sql in self._indexes:
            self._run(sql)
        if self._vendor == "postgresql":
            self._run("SET session_replication_role = origin")
        self._cursor.close()

    def _run(self, sql, *values):
        self._cursor.execute(sql, values)
        return self._cursor.fetchall() if self._cursor.description else []

    def _take_indexes(self):
        """Drop the indexes that no constraint needs; what makes them again."""
        if self._vendor == "sqlite":
            rows = self._run(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > ''"
            )
        else:
            rows = self._run(
                "SELECT i.indexname, i.indexdef FROM pg_indexes i LEFT JOIN pg_constraint c"
                " ON c.conname = i.indexname WHERE i.schemaname = current_schema() AND c.oid IS NULL"
            )
        kept = [(name, sql) for name, sql in rows if "services_" in sql and "UNIQUE" not in sql]
        for name, _sql in kept:
            self._run(f'DROP INDEX "{name}"')
        return [sql for _name, sql in kept]

    def _tables(self):
        """Model or through table -> what differs in a copy, by column; in the order they are made."""
        of_service = {"service_id": _new("seed.service_id"), "id": None}
        word = "' town' || copy.n || ' '"
        parts = (Phone, Criterion, ServiceLanguage, Source, Mark, Confirmation)
        return {
            City: {
                "id": _new("seed.id"),
                "slug": "seed.slug || '-' || copy.n",
                "geoname_id": "NULL",
            },
            City._parler_meta.root_model: {
                "id": None,
                "master_id": _new("seed.master_id"),
                "name": "seed.name || ' ' || copy.n",
            },
            Organization: {"id": _new("seed.id"), "name": "seed.name || ' ' || copy.n"},
            Service: {
                "id": _new("seed.id"),
                "slug": "seed.slug || '-' || copy.n",
                "organization_id": _new("seed.organization_id"),
                "search_text": f"substr(seed.search_text, 1, {SEARCH_TEXT}) || {word}",
            },
            Service._parler_meta.root_model: {"id": None, "master_id": _new("seed.master_id")},
            Location: {"id": _new("seed.id")},
            Service.cities.through: of_service | {"city_id": _new("seed.city_id")},
            Service.needs.through: of_service,
            Service.target_groups.through: of_service,
            ServiceAtLocation: of_service
            | {"id": _new("seed.id"), "location_id": _new("seed.location_id")},
            Change: {
                "id": None,
                "service": _new("seed.service"),
                "number": "seed.number + copy.n * span.n",
                "public_number": "seed.public_number + copy.n * span.n",
            },
        } | dict.fromkeys(parts, of_service)

    def copy(self, model):
        changed = self.tables[model]
        columns = [
            f.column for f in model._meta.concrete_fields if changed.get(f.column, "") is not None
        ]
        values = [changed.get(name, f'seed."{name}"') for name in columns]
        names = ", ".join(f'"{name}"' for name in columns)
        self._run(
            f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(values)}'
            f' FROM "{model._meta.db_table}" AS seed, {self._copies()} AS copy,'
            f" (SELECT COALESCE(MAX(number), 0) AS n FROM services_change) AS span"
            # One city after the other, as cities come: their rows lie beside each other.
            f" WHERE {self._of_city(model)} ORDER BY copy.n".replace("new_id(", self._new_id),
            *([self._key(self.city)] if "%s" in self._of_city(model) else []),
        )
        if model is Change:
            last = self._run("SELECT MAX(number), MAX(public_number) FROM services_change")[0]
            self._run("UPDATE services_changecounter SET last = %s, last_public = %s", *last)

    @property
    def _new_id(self):
        return "new_id(" if self._vendor == "sqlite" else "pg_temp.new_id("

    def _key(self, pk):
        return pk.hex if self._vendor == "sqlite" else pk

    def _copies(self):
        if self._vendor == "postgresql":
            return f"(SELECT n FROM generate_series(1, {self.times}) AS series(n))"
        return (
            "(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series"
            f" WHERE n < {self.times}) SELECT n FROM series)"
        )

    def _of_city(self, model):
        links = "(SELECT service_id FROM services_service_cities WHERE city_id = %s)"
        column = {
            City: "id = %s",
            City._parler_meta.root_model: "master_id = %s",
            Service: f"id IN {links}",
            Service._parler_meta.root_model: f"master_id IN {links}",
            Change: f"service IN {links}",
            Organization: f"id IN (SELECT organization_id FROM services_service WHERE id IN {links})",
            Location: "id IN (SELECT location_id FROM services_serviceatlocation"
            f" WHERE service_id IN {links})",
            Service.cities.through: "city_id = %s",
        }.get(model, f"service_id IN {links}")
        return f"seed.{column}"


def _new_id(text, number):
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{text} {number}").hex
