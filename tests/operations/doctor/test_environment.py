"""Secrets, hosts and https: each is red when wrong and silent when right."""

import pytest

from operations.doctor import environment
from operations.doctor.site import Site
from tests.operations.doctor.conftest import GOOD_SECRET
from tests.operations.doctor.seen import found, levels, unseen


@pytest.mark.parametrize("code", ["D02", "D03", "D04", "D05", "D06", "D07", "D08"])
def test_a_well_set_site_has_nothing_to_say(production, code):
    assert found(code) == []


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("zqx", "shorter"),
        ("django-insecure-" + GOOD_SECRET, "example"),
        (GOOD_SECRET + "change-me", "example"),
        ("ab" * 40, "repeats itself"),
        ("1" * 60, "repeats itself"),
    ],
)
def test_a_secret_that_others_can_guess(production, secret, said):
    production.SECRET_KEY = secret
    [(level, what)] = found("D02")
    assert level == "fault"
    assert said in what
    assert secret not in what


def test_a_secret_that_stands_in_the_repository(production):
    """A line of this project's licence of its own: a text that is in a file of git."""
    production.SECRET_KEY = "Serves, HTTPS only and refuses the demo" + GOOD_SECRET
    assert found("D02") == []
    production.SECRET_KEY = "asks for a secret and for its hosts, serves HTTPS only, and refuses"
    assert "stands in a file" in found("D02")[0][1]


def test_without_git_the_documents_are_read(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "some.md").write_text(f"SECRET_KEY={GOOD_SECRET}")
    assert environment.stands_in_files(GOOD_SECRET, tmp_path)
    assert not environment.stands_in_files(GOOD_SECRET[::-1], tmp_path)


@pytest.mark.parametrize("kind", ["demo", "test"])
def test_the_demo_on_a_public_host(production, kind):
    production.PRODUCTION, production.ENVIRONMENT = False, kind
    assert levels("D03") == ["fault"]
    production.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    assert found("D03") == []


def test_debug(production):
    production.DEBUG = True
    assert levels("D03") == ["fault"]


def test_hosts_of_this_machine_alone(production):
    production.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert levels("D04") == ["fault"]


@pytest.mark.parametrize(
    ("address", "hosts", "wrong"),
    [
        ("", ["guide.example.org"], True),
        ("https://other.example.org", ["guide.example.org"], True),
        ("https://guide.example.org:8443", ["guide.example.org"], False),
        ("https://a.example.org", [".example.org"], False),
    ],
)
def test_the_address_in_mails_is_one_of_the_hosts(production, address, hosts, wrong):
    production.SITE_URL, production.ALLOWED_HOSTS = address, hosts
    assert levels("D05") == ["fault"] * wrong


def test_http_in_the_clear(production):
    production.SECURE_SSL_REDIRECT = False
    assert levels("D06") == ["risk"]


def test_a_short_hsts(production):
    production.SECURE_HSTS_SECONDS = 3600
    assert levels("D07") == ["risk"]


@pytest.mark.parametrize(
    ("proxy", "arguments", "wrong"),
    [
        (False, "", True),
        (False, "--certfile cert.pem --keyfile key.pem", False),
        (True, "--certfile cert.pem --keyfile key.pem", True),
        (True, "", False),
    ],
)
def test_a_proxy_that_is_not_told_of(production, proxy, arguments, wrong):
    production.BEHIND_PROXY = proxy
    assert levels("D08", Site(environ={"GUNICORN_CMD_ARGS": arguments})) == ["risk"] * wrong


def test_keys_for_sealed_fields(production):
    production.SEALING_KEYS = ""
    assert levels("D09") == ["risk"]
    production.SEALING_KEYS = "a key"
    assert found("D09") == []


def test_a_release_without_such_keys_is_not_asked_for_them(production):
    if hasattr(production, "SEALING_KEYS"):
        del production.SEALING_KEYS
    assert "seals nothing" in unseen("D09")
