"""What each parameter of HSDS and ORUK leaves; together they narrow."""

import datetime

import pytest
from django.utils import timezone

from services.hsds import views
from services.hsds.vocabulary import term_id
from services.ids import stable_id
from services.models import Service
from tests import factories

BASE = "/api/hsds/v3"

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return factories.make_city("harbourtown")


@pytest.fixture
def fartown():
    return factories.make_city("fartown", country="SE")


def names(client, collection="services", **query):
    response = client.get(f"{BASE}/{collection}", query)
    assert response.status_code == 200, response.content
    return sorted(
        item.get("name") or item["service"]["name"] for item in response.json()["contents"]
    )


def taxonomy(code):
    return str(stable_id("taxonomy", code))


def test_search_wants_every_word(client, town):
    factories.make_service(town, name="Quay Refuge")
    factories.make_service(town, name="Quay Clinic")
    assert names(client, search="quay") == ["Quay Clinic", "Quay Refuge"]
    assert names(client, search="refuge QUAY") == ["Quay Refuge"]
    assert names(client, search="  ") == ["Quay Clinic", "Quay Refuge"]
    assert names(client, search="!?") == []


def test_terms_of_each_taxonomy_find_what_is_filed_under_them(client, town):
    factories.make_need("helpline", stage="referral")
    factories.make_service(
        town,
        name="A",
        needs=["shelter"],
        groups=["families"],
        criteria={"men": "does-not-take"},
        how_to_get_in="walk-in",
    )
    factories.make_service(town, name="B", needs=["helpline"], reach="european")
    factories.make_service(town, name="C", needs=["helpline"], confidential=True)
    expected = {
        ("needs", "shelter"): ["A"],
        ("needs", "protection"): ["A"],
        ("needs", "referral"): ["B", "C"],
        ("target-groups", "families"): ["A"],
        ("criteria", "men"): ["A"],
        ("ways-in", "walk-in"): ["A"],
        ("reach", "european"): ["B"],
        ("confidentiality", "confidential"): ["C"],
    }
    found = {pair: names(client, taxonomy_term_id=term_id(*pair)) for pair in expected}
    assert found == expected
    by_taxonomy = {
        "needs": ["A", "B", "C"],
        "target-groups": ["A"],
        "criteria": ["A"],
        "ways-in": ["A"],
        "confidentiality": ["C"],
    }
    assert {c: names(client, taxonomy_id=taxonomy(c)) for c in by_taxonomy} == by_taxonomy


def test_every_term_that_an_item_names_finds_it(client, town):
    service = factories.make_service(
        town, groups=["families"], criteria={"men": "takes"}, how_to_get_in="walk-in"
    )
    whole = client.get(f"{BASE}/services/{service.pk}").json()
    for attribute in whole["attributes"]:
        term = attribute["taxonomy_term_id"]
        assert names(client, taxonomy_term_id=term) == [whole["name"]]
        assert client.get(f"{BASE}/taxonomy_terms/{term}").json()["id"] == term
        of_it = attribute["taxonomy_term"]["taxonomy_id"]
        assert names(client, taxonomy_id=of_it) == [whole["name"]]


def test_organization_and_its_services(client, town):
    service = factories.make_service(town, name="A", organization="Runner")
    factories.make_service(town, name="B")
    organization = str(service.organization_id)
    assert names(client, organization_id=organization) == ["A"]
    found = client.get(f"{BASE}/organizations/{organization}").json()
    assert [one["name"] for one in found["services"]] == ["A"]
    assert names(client, "organizations", search="runner") == ["Runner"]


def test_changed_at_that_moment_or_later(client, town):
    first, second = factories.make_service(town, name="A"), factories.make_service(town, name="B")
    moment = timezone.now()
    Service.objects.filter(pk=first.pk).update(last_modified=moment)
    Service.objects.filter(pk=second.pk).update(last_modified=moment + datetime.timedelta(hours=1))
    told = client.get(f"{BASE}/services/{second.pk}").json()["last_modified"]
    assert names(client, modified_after=told) == ["B"]
    assert names(client, modified_after=moment.isoformat()) == ["A", "B"]
    assert names(client, modified_after="2099-01-01") == []


def test_a_city_has_its_own_and_its_country_and_europe(client, town, fartown):
    factories.make_service(town, name="A")
    factories.make_service(fartown, name="B")
    factories.make_service(town, name="C", reach="national")
    factories.make_service(reach="european", name="D")
    assert names(client, city="harbourtown") == ["A", "C", "D"]
    assert names(client, city="fartown") == ["B", "D"]
    unknown = client.get(f"{BASE}/services", {"city": "no-such-city"})
    assert (unknown.status_code, unknown.json()["field"]) == (404, "city")
    assert unknown.json()["allowed"] == ["fartown", "harbourtown"]


def test_ages(client, town):
    factories.make_service(town, name="A", age_min=12, age_max=25)
    factories.make_service(town, name="B", age_min=18)
    factories.make_service(town, name="C", for_minors_only=True)
    assert names(client, minimum_age=13) == ["B"]
    assert names(client, minimum_age=12) == ["A", "B"]
    assert names(client, maximum_age=25) == ["A", "C"]
    assert names(client, maximum_age=16) == []


def test_days_and_times_of_one_opening(client, town):
    factories.make_service(town, name="A", opening_hours="Mo-Fr 09:00-17:00")
    factories.make_service(town, name="B", opening_hours="Sa 10:00-12:00")
    factories.make_service(
        town, name="C", phones=[{"number": "112", "opening_hours": "24/7"}], place=None
    )
    factories.make_service(town, name="D")
    assert names(client, day="SA") == ["B", "C"]
    assert names(client, day="MO", start_time="09:00") == ["A"]
    assert names(client, end_time="12:00") == ["B"]
    assert names(client, start_time="09:30", end_time="17:00") == ["B"]


def test_postcode_and_proximity(client, town, fartown):
    here = {"latitude": 50.84, "longitude": 4.35, "postal_code": "1000"}
    near = {"latitude": 50.85, "longitude": 4.35, "postal_code": "1030"}
    factories.make_service(town, name="Here", place=here)
    factories.make_service(town, name="Near", place=near)
    factories.make_service(town, name="Line", place=None)
    factories.make_service(fartown, name="Far", place={**here, "postal_code": "41101"})
    sites = "service_at_locations"
    assert names(client, sites, postcode="1000") == ["Here", "Line", "Near"]
    assert names(client, sites, postcode="1000", proximity=200) == ["Far", "Here"]
    assert names(client, sites, postcode="1030", proximity=100) == ["Near"]
    assert names(client, sites, postcode="9999") == []
    assert names(client, sites, postcode="9999", proximity=100) == []


def test_taxonomies_and_terms_can_be_searched_and_walked(client, town):
    factories.make_need("shelter", name="A safe night")
    assert names(client, "taxonomies", search="needs") == ["Needs"]
    assert names(client, "taxonomy_terms", search="safe night") == ["A safe night"]
    stage = term_id("needs", "protection")
    assert names(client, "taxonomy_terms", parent_id=stage) == ["A safe night"]
    tops = names(client, "taxonomy_terms", taxonomy_id=taxonomy("needs"), top_only="true")
    assert tops == ["Identification", "Protection", "Recovery", "Referral"]


def test_parameters_narrow_one_another(client, town):
    factories.make_service(town, name="Otter House", age_min=18)
    factories.make_service(town, name="Otter Line")
    factories.make_service(town, name="Lane House", age_min=18)
    assert names(client, search="otter", minimum_age=18) == ["Otter House"]


def test_words_come_in_the_language_asked_for(client, town):
    service = factories.make_service(
        town, name="Quay House", translations={"fr": {"name": "Maison du Quai"}}
    )
    address = f"{BASE}/services/{service.pk}"
    french = client.get(address, {"lang": "fr"})
    assert french.json()["name"] == "Maison du Quai"
    assert french.headers["Content-Language"] == "fr"
    assert client.get(address, headers={"Accept-Language": "fr"}).json()["name"] == "Maison du Quai"
    assert client.get(address).json()["name"] == "Quay House"
    stream = client.get(f"{BASE}/services", {"format": "ndjson", "lang": "fr"})
    assert b"Maison du Quai" in b"".join(stream.streaming_content)


def test_a_place_that_is_withheld_leaves_no_site_but_one(client, town):
    service = factories.make_service(town, name="Quay House", confidential=True)
    for street in ("Secret Lane 1", "Secret Lane 2"):
        place = factories.Location.objects.create(
            street=street, visibility="sealed", confidential=True, latitude=50.1, longitude=4.1
        )
        factories.ServiceAtLocation.objects.create(service=service, location=place)
    service.sites.filter(location__kind="virtual").delete()
    page = client.get(f"{BASE}/service_at_locations").json()
    (item,) = page["contents"]
    assert page["total_items"] == 1
    shown = str(min(service.sites.values_list("pk", flat=True)))
    assert item["id"] == shown
    assert item["location"]["location_type"] == "virtual"
    for site in service.sites.all():
        status = client.get(f"{BASE}/service_at_locations/{site.pk}").status_code
        assert status == (200 if str(site.pk) == shown else 404)
        everything = client.get(f"{BASE}/services/{service.pk}").content.decode()
        assert str(site.location_id) not in everything


WRONG = {
    "page": ["0", "-1", "9" * 40, "1.5", "x", "", "１", "%00"],
    "per_page": ["0", "501", "9" * 40, "x"],
    "format": ["xml", "JSON"],
    "full": ["yes", "1", "TRUE"],
    "minimal": ["2"],
    "search": ["a\x00b", "x" * 201],
    "taxonomy_term_id": ["x", "1", "\x00", "0" * 36],
    "taxonomy_id": ["x"],
    "organization_id": ["not-an-id"],
    "modified_after": ["yesterday", "2026-02-30", "2026-01-01T25:00", "9999999-01-01", "\x00"],
    "city": ["\x00", "no/slash"],
    "minimum_age": ["-1", "x", "1e3"],
    "maximum_age": ["999"],
    "start_time": ["9:00", "24:00", "x"],
    "end_time": ["12:60"],
    "day": ["monday", "mo"],
    "lang": ["xx", "en-GB"],
    "nothing": ["x"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
@pytest.mark.parametrize("root", ["/api/hsds/v3", "/api/oruk/v3"])
def test_a_wrong_value_is_refused_by_name(client, root, name, value):
    for collection in ("services", "service_at_locations"):
        if (name, collection) == ("minimal", "service_at_locations"):
            continue
        response = client.get(f"{root}/{collection}", {name: value})
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"
        problem = response.json()
        assert (problem["status"], problem["field"]) == (400, name)
        assert problem["title"]
        posted = client.post(f"{root}/{collection}", {name: value}, content_type="application/json")
        assert posted.json()["field"] == name


def test_a_value_given_twice_is_refused(client):
    twice = client.get(f"{BASE}/services?page=1&page=2")
    both = client.post(f"{BASE}/services?page=1", {"page": 2}, content_type="application/json")
    assert [r.status_code for r in (twice, both)] == [400, 400]
    assert twice.json()["field"] == both.json()["field"] == "page"


@pytest.mark.parametrize("body", [b"[]", b"1", b"{", b"\xff", b'{"page": null}', b'{"page": [1]}'])
def test_a_body_that_is_no_object_of_parameters_is_refused(client, body):
    response = client.post(f"{BASE}/services", body, content_type="application/json")
    assert response.status_code == 400


def test_a_body_that_is_too_large_is_refused(client):
    body = b'{"search": "' + b"x" * 70_000 + b'"}'
    response = client.post(f"{BASE}/services", body, content_type="application/json")
    assert (response.status_code, response.json()["status"]) == (413, 413)


def test_metres_need_a_postcode(client):
    response = client.get(f"{BASE}/service_at_locations", {"proximity": "100"})
    assert (response.status_code, response.json()["field"]) == (409, "proximity")


def test_a_page_after_the_last_is_empty(client, town):
    factories.make_service(town)
    page = client.get(f"{BASE}/services", {"page": 7}).json()
    assert (page["empty"], page["contents"], page["page_number"]) == (True, [], 7)


@pytest.mark.parametrize("pk", ["x", "0" * 36, "{}", "00000000000000000000000000000000", "%00"])
@pytest.mark.parametrize(
    "collection",
    ["services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms"],
)
def test_an_id_that_is_none_is_not_found(client, collection, pk):
    response = client.get(f"{BASE}/{collection}/{pk}")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("full", ["false", "true"])
@pytest.mark.parametrize("collection", ["services", "service_at_locations", "organizations"])
def test_queries_do_not_grow_with_the_page(
    client, town, collection, full, django_assert_max_num_queries
):
    for _ in range(12):
        factories.make_service(town)
    address = f"{BASE}/{collection}"
    counted = []
    for per_page in (2, 12):
        with django_assert_max_num_queries(25) as made:
            client.get(address, {"full": full, "per_page": per_page})
        counted.append(len(made))
    assert counted[1] <= counted[0]
    with django_assert_max_num_queries(6):
        client.get(address, {"full": full, "per_page": 12})


@pytest.mark.parametrize("few", [0, 30])
def test_pages_of_a_search_go_by_id_however_many_it_finds(client, town, monkeypatch, few):
    monkeypatch.setattr(views, "FEW", few)
    made = [factories.make_service(town, name=f"Lighthouse {number}") for number in range(12)]
    seen = []
    for number in range(1, 5):
        address = f"{BASE}/services?search=lighthouse&per_page=3&page={number}"
        seen += [one["id"] for one in client.get(address).json()["contents"]]
    assert seen == sorted(str(service.pk) for service in made)
