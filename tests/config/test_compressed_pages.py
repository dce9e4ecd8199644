"""Pages go out compressed where their size gives nothing away."""

import gzip

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db

PAGE = "/about/privacy/"
WEAK_LINE = {"accept_encoding": "gzip, br"}


def encoding(client, address=PAGE, **headers):
    return client.get(address, headers=WEAK_LINE | headers).headers.get("Content-Encoding")


def test_a_page_is_compressed_and_reads_the_same(client):
    plain = client.get(PAGE)
    small = client.get(PAGE, headers=WEAK_LINE)
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.content) == plain.content
    assert len(small.content) < len(plain.content) / 2


def test_a_browser_that_cannot_read_it_gets_it_plain(client):
    assert "Content-Encoding" not in client.get(PAGE).headers


def test_its_size_is_not_the_same_twice(client):
    """What one page weighs to the byte would tell it from another."""
    sizes = {len(client.get(PAGE, headers=WEAK_LINE).content) for _time in range(12)}
    assert len(sizes) > 1


@pytest.mark.parametrize("address", [f"{PAGE}?x=guess", "/no/such/page/guess/"])
def test_what_repeats_an_address_that_others_made_up_is_not_compressed(client, address):
    assert "guess" in client.get(address).content.decode()
    assert encoding(client, address) is None


def test_what_somebody_signed_in_sees_is_not_compressed(client):
    client.cookies[settings.SESSION_COOKIE_NAME] = "something"
    assert encoding(client) is None


def test_an_answer_to_a_form_is_not_compressed(client):
    response = client.post("/accounts/login/", {"login": "guess"}, headers=WEAK_LINE)
    assert response.status_code == 200
    assert "Content-Encoding" not in response.headers


def test_what_is_no_page_is_left_alone(client):
    assert encoding(client, "/healthz") is None
    assert encoding(client, "/api/v1/cities") is None
