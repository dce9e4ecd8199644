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
from services.models import City
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("four_cities")]

BASE = "https://guide.example.org/"


def every_endpoint():
    return [one for part in parts(document(), BASE) for one in part.endpoints]


def endpoints():
    """Path -> the endpoint, of several methods the first."""
    return {one.path: one for one in reversed(every_endpoint())}


def answer_to(client, command):
    """What the site answers to a curl line."""
    _curl, *words = shlex.split(command)
    headers, body = {}, None
    while len(words) > 1:
        word = words.pop(0)
        if word == "-H":
            name, value = words.pop(0).split(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            words.append(word)
    where = urlsplit(words[0])._replace(scheme="", netloc="").geturl()
    if body is None:
        return client.get(where, headers=headers)
    return client.post(where, body, content_type=headers.pop("Content-Type"), headers=headers)


def test_every_command_works(client):
    city = City.objects.get(slug="brussels")
    _key, plain = factories.make_key("professional", [city], may_refer=True)
    shown = [curl.replace("Api-Key …", f"Api-Key {plain}") for curl in every_command()]
    commands = [curl for curl in shown if "…" not in curl]
    assert len(commands) > 22
    for command in commands:
        made = "/referrals'" in command and " -d " in command
        assert answer_to(client, command).status_code == (201 if made else 200), command


def every_command():
    return [curl for one in every_endpoint() for curl in one.curls]


def test_commands_send_a_key_where_one_is_needed_alone():
    for command in every_command():
        assert ("Api-Key …" in command) is ("/api/v1/referrals" in command), command
    (erase,) = (curl for curl in every_command() if "-X DELETE" in curl)
    assert erase.endswith("'https://guide.example.org/api/v1/referrals/…'")
    for act in ("accept'", "refuse' -H 'Content-Type: application/json' -d "):
        assert any(f"/api/v1/referrals/…/{act}" in curl for curl in every_command())


def test_a_need_stands_in_no_address():
    by_get, by_post = endpoints()["/api/v1/services"].curls
    assert by_get == "curl 'https://guide.example.org/api/v1/services?city=brussels'"
    assert '"need": ["shelter"]' in by_post


def test_every_address_shows_an_answer_that_its_schema_takes():
    whole = document()
    assert {one.path for one in every_endpoint()} == set(whole["paths"])
    for one in every_endpoint():
        where = f"{one.method} {one.path}"
        responses = whole["paths"][one.path][one.method.lower()]["responses"]
        (good,) = (code for code in responses if code.startswith("2"))
        assert bool(one.answers) is (good != "204"), where
        for example in one.answers:
            content = next(iter(responses[good]["content"].values()))
            schema = content["schema"] | {"components": whole["components"]}
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
