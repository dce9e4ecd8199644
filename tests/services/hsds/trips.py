"""Exporting, deleting and restoring, and listings that are easily lost on the way."""

import csv
import datetime
import io
import json
import zipfile

from django.core.management import call_command
from django.utils import timezone

from services.affected import PARTS, RELATIONS
from services.models import City, Location, Organization, Service
from tests.factories import make_city, make_service

NOON = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)
#: What tells of the moment of an import or of an export, and not of a listing.
CLOCK = ("last_modified", "modified_date", "recheck_by", "updated")
FORMATS = {"json": "all.json", "ndjson": "all.ndjson", "datapackage": "all.zip"}


def export(path, **options):
    name = next(name for name, file in FORMATS.items() if path.suffix == file[-len(path.suffix) :])
    call_command("export_hsds", format=name, output=path, **options)
    return path


def without_clock(thing):
    if isinstance(thing, dict):
        return {key: without_clock(value) for key, value in thing.items() if key not in CLOCK}
    return [without_clock(one) for one in thing] if isinstance(thing, list) else thing


def as_data(path):
    """What a file says, without its clock."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as package:
            return {name: _table(package.read(name).decode()) for name in package.namelist()}
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".ndjson":
        return [without_clock(json.loads(line)) for line in lines]
    return without_clock(json.loads("".join(lines)))


def _table(text):
    if text.startswith("{"):
        return json.loads(text)
    rows = []
    for row in csv.DictReader(io.StringIO(text, newline="")):
        extension = without_clock(json.loads(row.pop("waymark", "{}")))
        rows.append(without_clock(row) | {"waymark": extension})
    return rows


def restore(path, city="brussels", **options):
    call_command("import_hsds", str(path), city=city, restore=True, **options)


def odd_services():
    """Listings with all that can hang on one, and what is easily lost."""
    brussels = City.objects.get(slug="brussels")
    make_service(
        brussels,
        name="=2+2 Lantern House",
        slug="lantern-house",
        aliases=["-LH", "@home"],
        needs=["shelter", "legal-advice"],
        groups=["families"],
        languages=["fr", "kmr", "pt-BR"],
        criteria={
            "women": "takes",
            "with-children": {"stance": "asks-first", "limit": 12, "note": "ring first"},
            "step-free": "does-not-take",
        },
        phones=[
            {"number": "+32 2 555 01 00", "note": "+day", "opening_hours": "Mo-Fr 09:00-17:00"},
            {"number": "+32 2 555 01 00", "note": "night"},
            {"number": "1712"},
        ],
        place={"note": "'second door", "latitude": -0.5, "longitude": 4.35},
        sources=[{"publisher": "Gazette", "url": "https://gazette.example/1", "date": "2023-11"}],
        marks=[{"kind": "verify"}, {"kind": "old", "text": "Of 2019."}],
        confirmations=[
            {"field_group": "contact", "by": "organization", "confirmed_at": NOON},
            {"field_group": "hours", "by": "worker", "confirmed_at": NOON},
        ],
        translations={"it": {"name": "Casa", "summary": "«Sì»\nsecond line\r\nthird"}},
        age_min=0,
        age_max=99,
        interpreter="asks-first",
        cost="free",
        cost_note="=free",
        how_to_get_in="call-first",
        opening_hours='Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-12:00 "ring"; PH off',
        capacity="full",
        capacity_until=timezone.now() + datetime.timedelta(days=2),
    )
    make_service(
        brussels, name="Hidden", slug="hidden", confidential=True, website="https://x.example"
    )
    sealed = {"street": "Secret Street 1", "visibility": "sealed"}
    make_service(brussels, name="Sealed place", slug="sealed-place", place=sealed)
    make_service(brussels, name="Nowhere", slug="nowhere", place=None, phones=[])
    make_service(brussels, name="Country", slug="country", reach="national")
    make_service(brussels, name="Europe", slug="europe", reach="european")
    make_service(
        make_city("elsewhere"), name="Children", slug="children", for_minors_only=True, needs=[]
    )
    make_service(brussels, name="Draft", slug="draft", status="draft")
    make_service(brussels, name="For workers", slug="for-workers", visibility="professional")
    make_service(
        brussels,
        name="In parts",
        slug="in-parts",
        professional_note="Ask for Ms A.",
        phones=[
            {"number": "+32 2 555 01 00"},
            {"number": "+32 2 555 01 99", "visibility": "professional"},
        ],
        place={"street": "Back Street 2", "visibility": "professional"},
    )


def delete_services():
    """As if they had never been, without a word to those who listen: cities stay."""
    models = (*PARTS, *RELATIONS, Service._parler_meta.root_model, Service)
    for model in (*models, Organization, Location):
        model.objects.all()._raw_delete("default")


def assert_comes_back(folder, file, audience):
    before = export(folder / file, audience=audience)
    delete_services()
    restore(before, verbosity=0)
    after = export(folder / f"after-{file}", audience=audience)
    assert as_data(after) == as_data(before)
    return after
