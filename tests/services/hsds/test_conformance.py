"""Every endpoint, page and parameter of HSDS and Open Referral UK against the official schemas."""

import functools
import json
from pathlib import Path

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from services.models import City, Service
from tests import factories

SCHEMAS = Path(__file__).parent / "schemas"
ROOTS = {"hsds": "/api/hsds/v3", "oruk": "/api/oruk/v3"}
FOLDERS = {"hsds": "hsds-3.1", "oruk": "oruk-3.0"}
#: Collection -> (schema of an item of the list, of the item alone).
COLLECTIONS = {
    "services": ("service_list", "service"),
    "service_at_locations": ("service_at_location_list", "service_at_location"),
    "taxonomies": ("taxonomy", "taxonomy"),
    "taxonomy_terms": ("taxonomy_term", "taxonomy_term"),
    "organizations": ("organization_list", "organization"),
}
PAGE = {
    "total_items": int,
    "total_pages": int,
    "page_number": int,
    "size": int,
    "first_page": bool,
    "last_page": bool,
    "empty": bool,
    "contents": list,
}
IN_EACH = [
    (standard, collection)
    for standard in ROOTS
    for collection in COLLECTIONS
    if (standard, collection) != ("oruk", "organizations")
]
in_each = pytest.mark.parametrize(("standard", "collection"), IN_EACH)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]


@functools.cache
def validator(standard, name):
    schema = json.loads((SCHEMAS / FOLDERS[standard] / f"{name}.json").read_text())
    return Draft202012Validator(schema, format_checker=FormatChecker())


def assert_valid(standard, name, thing):
    problems = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator(standard, name).iter_errors(thing)
    ]
    assert problems == []
    assert not has_null(thing)


def has_null(thing):
    """Whether a null stands anywhere in it: the standard leaves out what is not known."""
    if isinstance(thing, dict):
        return any(map(has_null, thing.values()))
    if isinstance(thing, list):
        return any(map(has_null, thing))
    return thing is None


def get(client, standard, path="", **query):
    response = client.get(f"{ROOTS[standard]}/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def every_item(client, standard, collection, **query):
    """The items of every page, each page checked."""
    number, found = 1, []
    while True:
        page = get(client, standard, collection, page=number, **query)
        assert {name: type(page[name]) for name in PAGE} == PAGE
        assert set(page) == set(PAGE)
        assert page["page_number"] == number
        assert page["size"] == len(page["contents"])
        assert page["empty"] == (not page["contents"])
        assert page["first_page"] == (number == 1)
        assert page["last_page"] == (number == page["total_pages"])
        found += page["contents"]
        if page["last_page"]:
            assert page["total_items"] == len(found)
            return found
        number += 1


@pytest.fixture
def odd_ones():
    """Listings with everything that the shipped ones lack."""
    city = City.objects.get(slug="brussels")
    factories.make_service(
        city,
        name="Full House",
        capacity="full",
        capacity_until=timezone.now() + timezone.timedelta(days=2),
        confirmations=[{"field_group": "contact", "by": "city"}],
        criteria={"step-free": "asks-first", "with-children": {"stance": "takes", "limit": 12}},
        opening_hours="Mo-Fr 20:00-08:00; Sa-Su 00:00-24:00",
        cost="free",
        interpreter="asks-first",
        age_min=0,
        for_minors_only=True,
        website="https://example.org/é?a=b",
    )
    factories.make_service(city, name="No Place", place=None, phones=[], way_in="Ring the bell.")
    factories.make_service(city, name="In Summer", opening_hours="Jun-Aug Mo 10:00-12:00")


@in_each
@pytest.mark.usefixtures("odd_ones")
def test_every_item_of_every_page_is_valid(client, standard, collection):
    listed, _alone = COLLECTIONS[collection]
    for item in every_item(client, standard, collection, per_page=40):
        assert_valid(standard, listed, item)


@pytest.mark.any_database
@in_each
@pytest.mark.usefixtures("odd_ones")
def test_every_item_alone_is_valid(client, standard, collection):
    _listed, alone = COLLECTIONS[collection]
    for item in every_item(client, standard, collection, per_page=200):
        found = get(client, standard, f"{collection}/{item['id']}")
        assert found["id"] == item["id"]
        assert_valid(standard, alone, found)


@pytest.mark.parametrize("collection", ["services", "service_at_locations", "organizations"])
@pytest.mark.usefixtures("odd_ones")
def test_full_lists_hold_whole_items(client, collection):
    _listed, alone = COLLECTIONS[collection]
    short = every_item(client, "hsds", collection, per_page=100)
    full = every_item(client, "hsds", collection, full="true", per_page=100)
    assert [item["id"] for item in full] == [item["id"] for item in short]
    for item in full:
        assert_valid("hsds", alone, item)


def test_a_full_service_is_the_service_alone(client):
    (item, *_rest) = every_item(client, "hsds", "services", full="true", per_page=500)
    assert item == get(client, "hsds", f"services/{item['id']}")


def test_whole_services_of_an_organization(client):
    for item in get(client, "hsds", "organizations", full_service="true")["contents"]:
        assert_valid("hsds", "organization", item)
        for service in item["services"]:
            assert service == get(client, "hsds", f"services/{service['id']}")
        break


def test_a_service_at_a_location_also_satisfies_the_schema_of_a_service(client):
    """Every OpenAPI file of the standard names that schema for it."""
    for item in get(client, "oruk", "service_at_locations")["contents"]:
        found = get(client, "oruk", f"service_at_locations/{item['id']}")
        for standard in ROOTS:
            assert_valid(standard, "service", found)


@pytest.mark.parametrize("standard", ROOTS)
def test_root_says_what_is_spoken(client, standard):
    root = get(client, standard)
    assert root["version"] == {"hsds": "3.2.3", "oruk": "HSDS-UK-3.0"}[standard]
    for name in ("profile", "openapi_url"):
        path = root[name].removeprefix("http://testserver")
        assert client.get(path).status_code == 200
    assert client.get(ROOTS[standard]).json() == root


def test_minimal_is_one_page_of_ids_and_dates(client):
    page = get(client, "hsds", "services", minimal="true")
    assert page["total_pages"] == 1
    assert page["size"] == page["total_items"] == Service.objects.count()
    for item in page["contents"]:
        assert set(item) == {"id", "name", "status", "last_modified", "modified_date"}
        assert_valid("hsds", "service_list", item)


@in_each
def test_stream_holds_what_the_pages_hold(client, standard, collection):
    response = client.get(f"{ROOTS[standard]}/{collection}", {"format": "ndjson"})
    assert response.headers["Content-Type"] == "application/x-ndjson"
    lines = b"".join(response.streaming_content).splitlines()
    pages = every_item(client, standard, collection, per_page=100)
    assert [json.loads(line) for line in lines] == pages


@in_each
def test_search_by_post_finds_the_same(client, standard, collection):
    address = f"{ROOTS[standard]}/{collection}"
    asked = {"search": "women", "per_page": 7, "page": 1}
    by_get = client.get(address, asked)
    by_post = client.post(address, asked, content_type="application/json")
    by_form = client.post(address, "search=women&per_page=7", "application/x-www-form-urlencoded")
    assert by_get.json() == by_post.json() == by_form.json()


@in_each
def test_a_slash_at_the_end_changes_nothing(client, standard, collection):
    address = f"{ROOTS[standard]}/{collection}"
    assert client.get(address).content == client.get(f"{address}/").content


def test_an_answer_that_is_known_is_not_sent_again(client):
    first = client.get("/api/hsds/v3/services", {"full": "true"})
    again = {"If-None-Match": first.headers["ETag"]}
    second = client.get("/api/hsds/v3/services", {"full": "true"}, headers=again)
    assert (second.status_code, second.content) == (304, b"")
    service = Service.objects.get(pk=first.json()["contents"][0]["id"])
    service.email = "new@example.org"
    service.save()
    third = client.get("/api/hsds/v3/services", {"full": "true"}, headers=again)
    assert third.status_code == 200


@pytest.mark.parametrize("address", ["/api/hsds/v3/services", "/api/hsds/v3/services/x", "/api/x"])
def test_any_page_may_read_the_directory(client, address):
    response = client.get(address, headers={"Origin": "https://partner.example.org"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    asks = {
        "Origin": "https://partner.example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,if-none-match",
    }
    allowed = client.options(address, headers=asks)
    assert allowed.status_code == 200
    assert "authorization" in allowed.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed.headers
