"""Canaries in the API: what is sealed leaves by no endpoint, under no key; what is for professionals
leaves under a professional key of that city alone; what is withheld answers like what never was.
"""

import io
import json
import logging
import uuid
import zipfile

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from services.hsds.vocabulary import term_id
from services.models import Change, Location, Organization, Service, ServiceAtLocation
from tests import factories

SEALED, VETTED = "zanzibar7", "marmoset3"
PLACE = {"latitude": 50.123457, "longitude": 4.765431}
DIGITS = ("50.1234", "4.7654", "9871ZQ", "5557732", "555 77 32")
VETTED_DIGITS = ("5557731", "555 77 31", "49.8765")

HSDS = ("services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms")
ROOTS = ("/api/hsds/v3", "/api/oruk/v3")

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    """A city whose every secret is a canary."""
    city = factories.make_city("harbour", name="Harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    refuge = factories.make_service(
        city,
        name="Quay House",
        confidential=True,
        website=f"https://{SEALED}.example.org/",
        sealed_note=SEALED,
        professional_note=VETTED,
        phones=[
            {"number": "+32 2 555 01 01"},
            {"number": "+32 2 555 77 31", "visibility": "professional", "note": VETTED},
            {"number": "+32 2 555 77 32", "visibility": "sealed", "note": SEALED},
        ],
        sources=[{"publisher": "Gazette", "url": f"https://example.org/{SEALED}"}],
        confirmations=[{"field_group": "contact", "by": "city", "how": SEALED}],
    )
    secret = Location.objects.create(
        street=f"{SEALED} street", postal_code="9871ZQ", town=SEALED, note=SEALED,
        visibility="sealed", confidential=True, **PLACE,
    )  # fmt: skip
    refuge.sites.all().delete()
    ServiceAtLocation.objects.create(service=refuge, location=secret)
    half = factories.make_service(
        city,
        name="Half Open",
        place={"visibility": "professional", "street": VETTED, "latitude": 49.8765, "longitude": 4},
    )
    sealed_place = Location.objects.create(street=SEALED, visibility="sealed", **PLACE)
    ServiceAtLocation.objects.create(service=half, location=sealed_place)
    for fields in (
        {"status": "draft"},
        {"status": "withdrawn"},
        {"visibility": "sealed"},
    ):
        hidden(city, SEALED, **fields)
    hidden(city, VETTED, visibility="professional")
    return city


def hidden(city, canary, **fields):
    return factories.make_service(
        city,
        name=f"{canary} name",
        slug=f"{canary}-{uuid.uuid4().hex[:6]}",
        organization=f"{canary} runner {uuid.uuid4().hex[:6]}",
        summary=canary,
        languages=["ti"],
        groups=["families"],
        **fields,
    )


@pytest.fixture
def readers(city):
    """Name -> headers of everybody who may ask, and whether they are vetted for the city."""
    other = factories.make_city("fartown", country="SE")
    keys = {
        "public key": factories.make_key()[1],
        "professional key of another city": factories.make_key("professional", [other])[1],
        "professional key": factories.make_key("professional", [city])[1],
    }
    by_key = {name: {"Authorization": f"Api-Key {key}"} for name, key in keys.items()}
    return {"anonymous": {}, "administrator of the site": {}} | by_key


def addresses():
    """Every endpoint, with parameters that would find a canary; every id there is."""
    queries = [
        "", "full=true", "minimal=true", "format=ndjson", "format=ndjson&full=true",
        f"search={SEALED}", f"search={VETTED}", "search=9871ZQ", "full_service=true",
        f"taxonomy_term_id={term_id('needs', 'shelter')}", "modified_after=2000-01-01",
        "city=harbour&full=true", "postcode=9871ZQ", "postcode=9871ZQ&proximity=20000",
        "day=MO", "per_page=500&full=true", "lang=fr",
    ]  # fmt: skip
    for root in ROOTS:
        yield root
        for collection in HSDS:
            yield from (f"{root}/{collection}?{query}" for query in queries)
            yield from (f"{root}/{collection}/{pk}" for pk in ids())
    yield from own_addresses()


def own_addresses():
    yield from ("/api/v1/cities", "/api/v1/needs", "/api/v1/target-groups", "/api/openapi.json")
    yield from ("/api/", "/api/profile/", "/api/v1/pathway?city=harbour")
    for query in (
        "", f"search={SEALED}", f"search={VETTED}", "search=9871ZQ", "need=shelter", "language=ti",
        "near=50.12,4.76&radius_km=50&order=nearest", "near=49.87,4&radius_km=5&order=nearest",
        "group=families", "open_now=true", "facets=true&per_page=1",
    ):  # fmt: skip
        yield f"/api/v1/services?city=harbour&{query}"
        if "facets" not in query:
            yield f"/api/v1/services.geojson?city=harbour&{query}"
    yield from (f"/api/v1/services/{pk}" for pk in ids())
    yield from ("/api/v1/changes", "/api/v1/changes?city=harbour", "/api/v1/changes?since=latest")


def ids():
    models = (Service, ServiceAtLocation, Location, Organization)
    return [str(pk) for model in models for pk in model.objects.values_list("pk", flat=True)]


def everything(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + str(response.headers)


def hidden_ids(canaries):
    """The ids of what those canaries mark: services, organisations, places."""
    found = set()
    for canary in canaries:
        services = Service.objects.filter(slug__startswith=canary)
        found |= {str(pk) for pk in services.values_list("pk", flat=True)}
        found |= {str(pk) for pk in services.values_list("organization", flat=True)}
        places = Location.objects.filter(street__startswith=canary)
        found |= {str(pk) for pk in places.values_list("pk", flat=True)}
    return found


def test_no_endpoint_tells_what_is_sealed_to_anybody(client, city, readers):
    get_user_model().objects.create_superuser("root", password="x")
    for name, headers in readers.items():
        if name == "administrator of the site":
            client.login(username="root", password="x")
        vetted = name == "professional key"
        canaries = [SEALED] if vetted else [SEALED, VETTED]
        digits = DIGITS if vetted else DIGITS + VETTED_DIGITS
        secret_ids = hidden_ids(canaries)
        for address in addresses():
            response = client.get(address, headers=headers)
            assert response.status_code in (200, 404, 400), (name, address)
            text = everything(response)
            where = (name, address)
            assert not [c for c in canaries if c in text and c not in address], where
            assert not [d for d in digits if d in text and d not in address], where
            assert not [pk for pk in secret_ids if pk in text and pk not in address], where
        client.logout()


def test_a_professional_key_shows_what_it_is_for_in_its_city(client, city, readers):
    headers = readers["professional key"]
    page = client.get("/api/hsds/v3/services?full=true&per_page=100", headers=headers)
    assert f"{VETTED} name" in everything(page)
    assert "+32 2 555 77 31" in everything(page)
    assert "49.8765" in everything(page)
    listed = client.get("/api/v1/services?city=harbour", headers=headers)
    assert f"{VETTED} name" in everything(listed)
    told = client.get("/api/v1/changes", headers=headers).json()
    assert told["cursor"].startswith("k")


def counts(client, headers):
    """Every number that an endpoint tells."""
    found = {}
    for root in ROOTS:
        for collection in HSDS[:3] if root == ROOTS[0] else HSDS[:2]:
            page = client.get(f"{root}/{collection}?search=name", headers=headers).json()
            found[root, collection] = page["total_items"]
    browse = client.get("/api/v1/services?city=harbour", headers=headers).json()
    found["browse"] = browse["total_items"]
    found["facets"] = json.dumps(browse["facets"], sort_keys=True)
    geo = client.get("/api/v1/services.geojson?city=harbour", headers=headers).json()
    found["map"] = len(geo["features"]), geo["without_place"]
    found["changes"] = len(client.get("/api/v1/changes", headers=headers).json()["changes"])
    return found


def test_no_number_changes_when_something_withheld_is_added(client, city, readers):
    before = {name: counts(client, headers) for name, headers in readers.items()}
    hidden(city, SEALED, visibility="sealed")
    hidden(city, SEALED, status="draft")
    assert {name: counts(client, headers) for name, headers in readers.items()} == before


def test_a_withheld_id_answers_like_one_that_never_was(client, city, readers):
    withheld = hidden_ids([SEALED])
    for headers in readers.values():
        for base in (*(f"{ROOTS[0]}/{c}" for c in HSDS[:3]), "/api/v1/services"):
            never = client.get(f"{base}/{uuid.uuid4()}", headers=headers)
            assert never.status_code == 404
            for pk in withheld:
                answer = client.get(f"{base}/{pk}", headers=headers)
                assert (answer.status_code, answer.content) == (404, never.content)


def test_a_search_that_finds_only_what_is_withheld_answers_like_one_that_finds_nothing(
    client, city
):
    for base in (f"{ROOTS[0]}/services?search=", "/api/v1/services?city=harbour&search="):
        none = client.get(f"{base}nowhere9").json()
        for canary in (SEALED, VETTED):
            assert client.get(f"{base}{canary}").json() == none


@pytest.mark.parametrize("audience", ["public", "professional"])
@pytest.mark.parametrize("kind", ["json", "ndjson", "datapackage"])
def test_no_export_tells_what_is_sealed(city, tmp_path, kind, audience):
    path = tmp_path / "export"
    options = ["--format", kind, "--output", str(path), "--audience", audience]
    call_command("export_hsds", *options, stdout=io.StringIO())
    text = read_export(path)
    assert "Quay House" in text
    for leak in (SEALED, *DIGITS, *hidden_ids([SEALED])):
        assert leak not in text
    if audience == "public":
        for leak in (VETTED, *VETTED_DIGITS, *hidden_ids([VETTED])):
            assert leak not in text


def read_export(path):
    if not zipfile.is_zipfile(path):
        return path.read_text()
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_the_record_of_changes_holds_nothing_of_a_listing(city):
    kept = json.dumps([[c.before, c.after] for c in Change.objects.all()])
    for word in (SEALED, VETTED, "Quay", "555"):
        assert word not in kept


def test_what_is_searched_by_post_reaches_no_log(client, city, caplog):
    caplog.set_level(logging.DEBUG)
    for address in ("/api/hsds/v3/services", "/api/v1/services"):
        body = {"search": "nightingale5", "page": 0}
        response = client.post(address, body, content_type="application/json")
        assert response.status_code == 400
    assert "nightingale5" not in caplog.text
