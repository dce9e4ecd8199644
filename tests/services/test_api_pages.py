"""What the pages about the API show is whole and works: every key, every command, every example."""

import json
import shlex
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator, FormatChecker

from services.api import profile_page, store
from services.api.docs_page import parts
from services.api.openapi import document
from services.hsds import extension
from services.hsds.shapes import LINK_TYPES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]

BASE = "https://guide.example.org/"


def endpoints():
    return {one.path: one for part in parts(document(), BASE) for one in part.endpoints}


def answer_to(client, command):
    """What the site answers to a curl line."""
    _curl, address, *sent = shlex.split(command)
    where = urlsplit(address)._replace(scheme="", netloc="").geturl()
    if not sent:
        return client.get(where)
    _header, media, _data, body = sent
    return client.post(where, body, content_type=media.removeprefix("Content-Type: "))


def test_every_command_works(client):
    commands = [curl for one in endpoints().values() for curl in one.curls if "…" not in curl]
    assert len(commands) > 20
    for command in commands:
        assert answer_to(client, command).status_code == 200, command


def test_a_need_stands_in_no_address():
    by_get, by_post = endpoints()["/api/v1/services"].curls
    assert by_get == "curl 'https://guide.example.org/api/v1/services?city=brussels'"
    assert '"need": ["shelter"]' in by_post


def test_every_address_shows_an_answer_that_its_schema_takes():
    whole = document()
    for path, methods in whole["paths"].items():
        operation = next(iter(methods.values()))
        content = next(iter(operation["responses"]["200"]["content"].values()))
        schema = content["schema"] | {"components": whole["components"]}
        shown = endpoints()[path].answers
        assert shown, path
        for example in shown:
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(
                json.loads(example.text)
            )


def test_each_standard_shows_its_own_version():
    shown = endpoints()
    hsds, oruk = (
        json.loads(shown[f"/api/{name}/v3/"].answers[0].text) for name in ("hsds", "oruk")
    )
    assert (hsds["version"], oruk["version"]) == ("3.2.3", "HSDS-UK-3.0")


def test_refusals_are_those_of_every_method():
    refusals = dict(endpoints()["/api/v1/services"].refusals)
    assert {"404", "409", "413", "415", "429"} <= set(refusals)


def test_an_id_is_a_parameter():
    (parameter,) = (
        one for one in endpoints()["/api/hsds/v3/services/{id}"].parameters if one.name == "id"
    )
    assert (parameter.required, parameter.takes) == (True, "an id")


@pytest.mark.parametrize(
    ("limits", "words"),
    [((1200, 12000), "1200 requests a minute without a key, 12000 with one"), ((0, 0), "")],
)
def test_page_says_the_limits_where_there_are_any(client, settings, limits, words):
    settings.API_REQUESTS_PER_MINUTE, settings.API_KEY_REQUESTS_PER_MINUTE = limits
    page = client.get(reverse("docs")).content.decode()
    assert words in page
    assert ("requests a minute" in page) is bool(words)


def test_profile_names_the_keys_of_a_listing_and_no_other(client, monkeypatch):
    page = client.get(reverse("profile")).content.decode()
    keys = profile_page.extension_keys()
    # Kept apart: what is written so is read by no other test.
    monkeypatch.setattr(store, "_kept", {})
    monkeypatch.setattr(extension, "without_empty", lambda fields: fields)
    listed = client.get("/api/hsds/v3/services", {"full": "true", "per_page": 1, "page": 2})
    (service,) = listed.json()["contents"]
    assert set(service["waymark"]) == {key.name for key in keys}
    for key in keys:
        for one in (key, *key.parts):
            assert f"<code>{one.name}</code>" in page, one.name


def test_keys_of_objects_are_named_under_theirs():
    under = {key.name: [part.name for part in key.parts] for key in profile_page.extension_keys()}
    assert under["criteria"] == ["code", "stance", "note", "limit"]
    assert under["trust"] == ["fields", "state", "on", "by"]
    assert "summary" in under["translations"]
    assert under["slug"] == []


def test_profile_names_every_kind_of_link_and_its_terms(client):
    page = client.get(reverse("profile")).content.decode()
    assert set(profile_page.LINKS) == set(LINK_TYPES)
    for kind, (taxonomy, _about) in profile_page.LINKS.items():
        assert f"<code>{kind}</code>" in page
        assert f'id="{taxonomy}"' in page
