"""The OpenAPI document says everything of what is answered, and its examples are true."""

import copy

import jsonschema_rs
import pytest
from django.utils import timezone

from referrals.handoff import acts
from services.api.openapi import document
from services.models import City, Service
from services.visibility import Audience
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]

FACTS = [
    {},
    {"danger": "now", "age": "12-15", "unaccompanied": True},
    {"concerns": ["sexual-violence"], "hours_since": 20, "gender": "woman", "consent": "yes"},
    {"wants": ["shelter"], "status": "undocumented", "children": 2, "oldest_son": 15},
    {"consent": "no", "near": {"latitude": 50.85, "longitude": 4.35}},
]


@pytest.fixture
def closed():
    """The document in which no object may have a field that is not named."""
    found = copy.deepcopy(document())
    for name, schema in found["components"]["schemas"].items():
        if not name.endswith(("Search", "Request")):
            _close(schema)
    return found


def _close(schema):
    if "properties" in schema:
        schema["additionalProperties"] = False
    for part in schema.values():
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, dict):
                _close(one)


@pytest.fixture
def odd_one():
    """A listing with everything that the shipped ones lack."""
    return factories.make_service(
        City.objects.get(slug="brussels"),
        name="Full House",
        capacity="full",
        capacity_until=timezone.now() + timezone.timedelta(days=2),
        confirmations=[{"field_group": "contact", "by": "city"}],
        criteria={"with-children": {"stance": "takes", "limit": 12, "note": "ask"}},
        marks=[{"kind": "old", "text": "from 2019"}],
        sources=[{"publisher": "Somebody", "url": "https://example.org/é", "date": "2025-11"}],
        cost="free",
        cost_note="A token",
        hours_note="Ring twice",
        age_min=0,
        age_max=99,
        email="door@example.org",
        website="https://example.org/ü?a=b",
    )


def good_answer(operation):
    """What an operation answers where nothing is refused."""
    return next(one for status, one in operation["responses"].items() if status.startswith("2"))


def answers_of(closed, path, method="get"):
    """A validator of the good answers of an operation."""
    content = good_answer(closed["paths"][path][method])["content"]
    schema = next(iter(content.values()))["schema"]
    whole = {**schema, "components": closed["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/cities", {}),
        ("/api/v1/needs", {}),
        ("/api/v1/target-groups", {}),
        ("/api/v1/services", {"city": "brussels", "per_page": 500, "near": "50.84,4.35"}),
        ("/api/v1/services", {"city": "rome", "group": "families", "language": "ar"}),
        ("/api/v1/services.geojson", {"city": "gothenburg"}),
        ("/api/v1/pathway", {"city": "luxembourg"}),
        ("/api/v1/changes", {"limit": 1000}),
        ("/api/hsds/v3/", {}),
        ("/api/hsds/v3/services", {"per_page": 500}),
        ("/api/hsds/v3/services", {"minimal": "true"}),
        ("/api/hsds/v3/services", {"full": "true", "per_page": 500}),
        ("/api/hsds/v3/service_at_locations", {"per_page": 500}),
        ("/api/hsds/v3/service_at_locations", {"full": "true", "per_page": 500}),
        ("/api/hsds/v3/organizations", {"per_page": 500, "lang": "sv"}),
        ("/api/hsds/v3/organizations", {"full_service": "true", "per_page": 500}),
        ("/api/hsds/v3/taxonomies", {}),
        ("/api/hsds/v3/taxonomy_terms", {"per_page": 500}),
        ("/api/oruk/v3/", {}),
        ("/api/oruk/v3/services", {"per_page": 500}),
    ],
)
@pytest.mark.usefixtures("odd_one")
def test_every_field_of_an_answer_is_in_the_document(client, closed, path, query):
    response = client.get(path, query)
    assert response.status_code == 200
    faults = [str(error) for error in answers_of(closed, path).iter_errors(response.json())]
    assert faults == []


@pytest.mark.usefixtures("odd_one")
def test_every_field_of_one_service_is_in_the_document(client, closed):
    validators = {
        path: answers_of(closed, f"{path}/{{id}}")
        for path in ("/api/v1/services", "/api/hsds/v3/services", "/api/oruk/v3/services")
    }
    for pk in [*Service.objects.order_by("pk").values_list("pk", flat=True)]:
        for path, validator in validators.items():
            validator.validate(client.get(f"{path}/{pk}").json())


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("city", ["brussels", "gothenburg", "luxembourg", "rome"])
def test_every_field_of_a_plan_is_in_the_document(client, closed, city, facts):
    body = {"city": city, "facts": facts}
    response = client.post("/api/v1/referral-plan", body, content_type="application/json")
    answers_of(closed, "/api/v1/referral-plan", "post").validate(response.json())


@pytest.fixture
def desk():
    """(a key that may refer in Brussels, the headers that send it)."""
    city = City.objects.get(slug="brussels")
    key, plain = factories.make_key("professional", [city], may_refer=True)
    return key, {"Authorization": f"Api-Key {plain}"}


def make_referral(key, **fields):
    city = City.objects.get(slug="brussels")
    service = Service.objects.visible_to(Audience.PUBLIC).filter(cities=city, email="")[0]
    wanted = acts.Wanted(city=city, service=service, need="shelter", urgency="24h", **fields)
    return acts.refer(wanted, consent=True, key=key)


def test_every_field_of_a_referral_is_in_the_document(client, closed, desk):
    key, headers = desk
    bare = make_referral(key)
    full = make_referral(key, group="families", language="ar", code="ACD346")
    acts.refuse(full.pk, "receiver", "full")
    acts.withdraw(bare.pk, "partner")
    answers_of(closed, "/api/v1/referrals").validate(
        client.get("/api/v1/referrals", headers=headers).json()
    )
    for one in (bare, full):
        whole = client.get(f"/api/v1/referrals/{one.pk}", headers=headers).json()
        answers_of(closed, "/api/v1/referrals/{id}").validate(whole)


def examples(of_document):
    """(where, schema, example) of everything that the document shows."""
    for path, methods in of_document["paths"].items():
        for method, operation in methods.items():
            for place in (operation.get("requestBody", {}), good_answer(operation)):
                for content in place.get("content", {}).values():
                    for example in content.get("examples", {}).values():
                        name = example["$ref"].rsplit("/", 1)[1]
                        shown = of_document["components"]["examples"][name]["value"]
                        yield f"{method} {path} {name}", content["schema"], shown
            for one in operation.get("parameters", ()):
                if "example" in one:
                    yield f"{method} {path} {one['name']}", one["schema"], one["example"]


def test_examples_are_as_the_document_says(closed):
    found = list(examples(closed))
    assert len(found) > 40
    for where, schema, example in found:
        whole = {**schema, "components": closed["components"]}
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        assert validator.is_valid(example), where


def test_requests_that_are_shown_are_answered(client, desk):
    key, headers = desk
    for path, methods in document()["paths"].items():
        for name in _shown(methods.get("post", {})):
            body = document()["components"]["examples"][name]["value"]
            address = path.format(id=make_referral(key).pk) if "{" in path else path
            response = client.post(address, body, content_type="application/json", headers=headers)
            made = path == "/api/v1/referrals"
            assert response.status_code == (201 if made else 200), name


def _shown(operation):
    for content in operation.get("requestBody", {}).get("content", {}).values():
        for example in content.get("examples", {}).values():
            yield example["$ref"].rsplit("/", 1)[1]
