"""The pages about the API say what its document says."""

import pytest
from django.urls import reverse

from services.api import store
from services.api.docs_page import with_code
from services.api.openapi import document
from services.hsds import extension

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]


def test_page_names_every_address_and_every_parameter(client):
    page = client.get(reverse("docs")).content.decode()
    for path, methods in document()["paths"].items():
        assert f"{path}</code>" in page
        for one in methods.get("get", {}).get("parameters", ()):
            if one.get("in") == "query":
                assert f"<code>{one['name']}</code>" in page


def test_profile_names_every_key_that_a_listing_can_have(client, monkeypatch):
    page = client.get(reverse("profile")).content.decode()
    # Kept apart: what is written so is read by no other test.
    monkeypatch.setattr(store, "_kept", {})
    monkeypatch.setattr(extension, "without_empty", lambda fields: fields)
    listed = client.get("/api/hsds/v3/services", {"full": "true", "per_page": 1, "page": 2})
    (service,) = listed.json()["contents"]
    assert len(service["waymark"]) > 20
    for key in service["waymark"]:
        assert f"<code>{key}</code>" in page, key
    for attribute in service["attributes"]:
        assert f"<code>{attribute['link_type']}</code>" in page


def test_words_are_escaped_and_code_is_marked():
    assert with_code("a <b> `c<d`") == "a &lt;b&gt; <code>c&lt;d</code>"
