"""The OpenAPI document is valid, complete, and asks little."""

import io

import pytest
from django.core.management import call_command
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_document_is_valid_openapi_without_a_warning():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())


@pytest.mark.usefixtures("four_cities")
def test_document_names_every_operation_once_with_words_and_answers(client):
    document = client.get(reverse("openapi")).json()
    assert document["openapi"].startswith("3.1")
    ids = [
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    ]
    assert len(ids) == len(set(ids))
    for path, methods in document["paths"].items():
        assert path.startswith("/api/")
        for operation in methods.values():
            assert operation["summary"]
            good = [status for status in operation["responses"] if status.startswith("2")]
            assert good in (["200"], ["201"], ["204"])
            assert "429" in operation["responses"]


@pytest.mark.usefixtures("four_cities")
def test_document_is_made_once(client, django_assert_max_num_queries):
    first = client.get(reverse("openapi"))
    with django_assert_max_num_queries(1):
        again = client.get(reverse("openapi"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_document_names_the_servers_own_page(client):
    document = client.get(reverse("openapi")).json()
    assert document["servers"] == [{"url": "/"}]
