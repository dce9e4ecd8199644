"""The API does what its own OpenAPI document says, whatever it is sent."""

import copy
from collections import Counter

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import EndpointEnumerator
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.pytest.lazy import get_all_tests

from config.wsgi import application
from referrals.handoff import acts
from services.models import City, Service
from services.visibility import Audience
from tests import factories
from tests.services.api.narrowed import narrowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]

#: Method and path of every operation of the document.
OPERATIONS = [f"{one[2]} {one[0]}" for one in EndpointEnumerator().get_api_endpoints()]
#: What is said of a body in which no field can be named.
UNREADABLE = "The body is not JSON."
CONFIG = {
    "seed": 20261116,
    "generation": {"max-examples": 15, "deterministic": True, "database": "none"},
}


@pytest.fixture(autouse=True)
def connection_stays_open():
    """As in Django's own test client: a request must not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def key(four_cities, django_db_blocker):
    """The headers of a key that may refer, with some referrals of its own."""
    with django_db_blocker.unblock():
        city = City.objects.get(slug="brussels")
        made, plain = factories.make_key("professional", City.objects.all(), may_refer=True)
        services = Service.objects.visible_to(Audience.PUBLIC).filter(cities=city, email="")
        for service in services[:4]:
            wanted = acts.Wanted(city=city, service=service, need="shelter", urgency="24h")
            acts.refer(wanted, consent=True, key=made)
        return {"Authorization": f"Api-Key {plain}"}


@pytest.fixture(scope="module")
def words(key, django_db_blocker):
    """Our own document, of the four cities."""
    with django_db_blocker.unblock():
        return narrowed(lambda path: Client().get(path, headers=_for(path, key)).json())


def _for(path, key):
    """The key goes where one is needed alone: all else is open without."""
    return key if path.startswith("/api/v1/referrals") else {}


@pytest.fixture(scope="module")
def document(words):
    return read(words)


def read(words):
    """The document as schemathesis has it, which asks the site by WSGI."""
    document = schemathesis.openapi.from_dict(words, config=SchemathesisConfig.from_dict(CONFIG))
    document.app, document.location = application, "/api/openapi.json"
    return document


def check(document, operation, headers=None):
    """Send everything that schemathesis thinks of for one operation; raises what is broken.

    How often each status was answered.
    """
    answered = Counter()

    def keeps_its_word(case):
        response = case.call_and_validate(headers=headers)
        answered[response.status_code] += 1
        if response.status_code >= 400:
            assert_is_problem(response)

    (made,) = get_all_tests(
        schema=document.include(name=operation),
        test_func=keeps_its_word,
        settings=None,
        given_kwargs=None,
    )
    _operation, test = made.ok()
    test()
    return answered


def assert_is_problem(response):
    """Refused as everywhere; where a parameter is to blame, it is named."""
    assert response.headers["content-type"] == ["application/problem+json"]
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["title"]
    if response.status_code in (400, 404, 409) and problem["title"] != UNREADABLE:
        assert "field" in problem


def test_document_has_these_operations(document):
    assert sorted(one.ok().label for one in document.get_all_operations()) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_keeps_its_word(document, operation):
    check(document, operation)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if "/referrals" in one])
def test_operation_keeps_its_word_with_a_key(document, key, operation):
    answered = check(document, operation, key)
    assert {status for status in answered if status < 300}, answered
    assert {status for status in answered if status >= 400}, answered


def test_a_broken_word_is_noticed(words):
    wrong = copy.deepcopy(words)
    wrong["components"]["schemas"]["Cities"]["required"].append("countries")
    with pytest.raises(FailureGroup, match="countries"):
        check(read(wrong), "GET /api/v1/cities")
