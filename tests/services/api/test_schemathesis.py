"""The API does what its own OpenAPI document says, whatever it is sent."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import EndpointEnumerator
from schemathesis.config import SchemathesisConfig
from schemathesis.pytest.lazy import get_all_tests

from config.wsgi import application
from tests.services.api.narrowed import narrowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]

#: Method and path of every operation of the document.
OPERATIONS = [f"{one[2]} {one[0]}" for one in EndpointEnumerator().get_api_endpoints()]
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
def document(four_cities, django_db_blocker):
    """Our own document, of the four cities."""
    with django_db_blocker.unblock():
        found = narrowed(lambda path: Client().get(path).json())
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_dict(found, config=config)
    schema.app, schema.location = application, "/api/openapi.json"
    return schema


def test_document_has_these_operations(document):
    assert sorted(one.ok().label for one in document.get_all_operations()) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_keeps_its_word(document, operation):
    def keeps_its_word(case):
        case.call_and_validate()

    only = document.include(name=operation)
    (made,) = get_all_tests(schema=only, test_func=keeps_its_word, settings=None, given_kwargs=None)
    _operation, test = made.ok()
    test()
