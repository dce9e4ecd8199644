"""The directory as files of HSDS. Starts from `readable_by`, and writes what `project` lets out.

The same directory gives the same bytes, as long as the clock of a city does not change between
winter and summer: `opens_at` names the offset of the day.
"""

import csv
import io
import shutil
import tempfile
import zipfile
from contextlib import ExitStack
from pathlib import Path

import orjson
from django.utils import timezone
from django.utils.translation import override

from services.api.store import listing_of
from services.hsds import record, vocabulary
from services.hsds.tables import TABLES, cells, descriptor, rows_of
from services.models import City, Service
from services.visibility import ANYBODY, Audience, Reader, Visibility

LANGUAGE = "en"
#: Services read at once: what an export keeps in memory.
AT_ONCE = 200
#: The first moment a zip file can name: when it was made would differ each time.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def reader_of(audience, city=None):
    """Somebody who reads one city, or every city, as this audience."""
    if audience is Audience.PUBLIC:
        return ANYBODY
    cities = [city] if city else list(City.objects.all())
    return Reader(
        audience,
        frozenset(one.pk for one in cities),
        frozenset(one.country_id for one in cities),
    )


def services(reader, city=None):
    """Each service that a reader may know of, of one city or of all, as a nested HSDS object.

    Ordered by id; memory does not grow, and queries are about a dozen for 200 services.
    """
    found = Service.objects.readable_by(reader)
    if city:
        found = found.filter(pk__in=Service.objects.serving(city).values("pk"))
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    words, now = vocabulary.vocabulary(LANGUAGE), timezone.now()
    for start in range(0, len(ids), AT_ONCE):
        chunk = found.with_everything(cities=True).filter(pk__in=ids[start : start + AT_ONCE])
        for service in chunk.order_by("pk"):
            with override(LANGUAGE):
                yield nested(service, _audience(reader, service), words, now)


def nested(service, audience, words, now):
    """One service, read with everything and its cities, as an audience may see it.

    What not everybody may see is marked, so that whoever reads it back knows.
    """
    seen = listing_of(service, audience, words, now)
    whole = record.service(seen, words)
    if audience is not Audience.PUBLIC:
        _mark(whole, service, seen, listing_of(service, Audience.PUBLIC, words, now))
    return whole


def _audience(reader, service):
    cities = {city.pk for city in service.cities.all()}
    return reader.audience_of(service.reach, service.country_id, cities)


def _mark(whole, service, seen, by_all):
    """Say what is for professionals: the service, phones and places that not everybody sees."""
    narrow = {"visibility": Visibility.PROFESSIONAL.value}
    if service.visibility != Visibility.PUBLIC:
        whole["waymark"] |= narrow
    public = list(by_all.phones)
    for phone, line in zip(whole.get("phones", ()), seen.phones, strict=True):
        if line in public:
            public.remove(line)
        else:
            phone |= narrow
    open_to_all = {site.id for site in by_all.sites if site.place}
    of_site = {site["id"]: site["location"] for site in whole.get("service_at_locations", ())}
    for site in seen.sites:
        if site.place and site.id not in open_to_all:
            of_site[site.id] |= narrow


def as_json(found):
    """A page of HSDS with all of it, in pieces of bytes."""
    number = 0
    yield b'{"contents":['
    for number, service in enumerate(found, 1):
        yield (b",\n" if number > 1 else b"\n") + orjson.dumps(service)
    about = {
        "total_items": number,
        "total_pages": 1,
        "page_number": 1,
        "size": number,
        "first_page": True,
        "last_page": True,
        "empty": number == 0,
    }
    yield b"\n]," + orjson.dumps(about)[1:] + b"\n"


def as_lines(found):
    """One service a line, in pieces of bytes."""
    for service in found:
        yield orjson.dumps(service) + b"\n"


def write_package(found, path):
    """Write a zip file with a CSV for each table and `datapackage.json`."""
    with tempfile.TemporaryDirectory() as folder:
        _write_tables(found, Path(folder))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            _pack(package, "datapackage.json", io.BytesIO(_described()))
            for table in TABLES.values():
                with (Path(folder) / table.path).open("rb") as file:
                    _pack(package, table.path, file)


def _described():
    return orjson.dumps(descriptor(), option=orjson.OPT_INDENT_2)


def _pack(package, name, file):
    with package.open(zipfile.ZipInfo(name, NO_TIME), "w", force_zip64=True) as entry:
        shutil.copyfileobj(file, entry)


def _write_tables(found, folder):
    with ExitStack() as files:
        writers = {}
        for table in TABLES.values():
            file = files.enter_context(
                (folder / table.path).open("w", encoding="utf-8", newline="")
            )
            writers[table.name] = csv.writer(file, lineterminator="\n")
            writers[table.name].writerow(column.name for column in table.columns)
        written = set()
        for table, row in _rows(found):
            # Organisations, places and units are shared by services.
            if (table, row["id"]) not in written:
                written.add((table, row["id"]))
                writers[table].writerow(cells(TABLES[table], row))


def _rows(found):
    words = vocabulary.vocabulary(LANGUAGE)
    yield from (("taxonomy", record.taxonomy(one)) for one in words.taxonomies)
    yield from (("taxonomy_term", record.term(one, LANGUAGE)) for one in words.terms.values())
    for service in found:
        yield from rows_of(service)
