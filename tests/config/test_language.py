"""The language of a page: asked for, chosen, or the browser's."""

import pytest

PAGE = "/about/privacy/"

pytestmark = pytest.mark.django_db


def language_of(client, address=PAGE, **headers):
    response = client.get(address, headers=headers)
    language = response.headers["Content-Language"]
    assert f'<html lang="{language}"' in response.content.decode()
    return language


def test_browser_decides_first(client):
    assert language_of(client, accept_language="sv-SE,sv;q=0.9,en;q=0.5") == "sv"


def test_language_that_the_site_does_not_speak_becomes_english(client):
    assert language_of(client, accept_language="xx") == "en"


def test_choice_wins_over_the_browser(client):
    client.get("/language/it/")
    assert language_of(client, accept_language="sv") == "it"


def test_address_wins_over_the_choice(client):
    client.get("/language/it/")
    assert language_of(client, f"{PAGE}?lang=fr") == "fr"


def test_unknown_language_in_the_address_is_ignored(client):
    assert language_of(client, f"{PAGE}?lang=klingon") == "en"


def test_choice_goes_when_the_browser_closes(client):
    cookie = client.get("/language/it/").cookies["language"]
    assert cookie.value == "it"
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert cookie["samesite"] == "Lax"


def test_reading_sets_no_cookie(client):
    assert not client.get(f"{PAGE}?lang=fr").cookies


def test_choice_goes_back_to_the_page_with_its_filters(client):
    response = client.get("/language/it/", {"next": "/brussels/services/?need=shelter&search=a b"})
    assert response.headers["Location"] == "/brussels/services/?need=shelter&search=a+b"


def test_choice_drops_a_language_from_the_address(client):
    response = client.get("/language/it/", {"next": f"{PAGE}?lang=fr"})
    assert response.headers["Location"] == PAGE


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example/",
        "/\\elsewhere.example/",
        "/\t/elsewhere.example/",
        "http:elsewhere.example",
        "javascript:alert(1)",
        "elsewhere.example",
        "/path\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_choice_never_leads_to_another_site(client, address):
    response = client.get("/language/it/", {"next": address})
    location = response.headers["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "elsewhere" not in location
    assert "\n" not in location


def test_unknown_language_is_not_found(client):
    assert client.get("/language/klingon/").status_code == 404


def test_menu_offers_every_language_in_its_own_name(client, settings):
    page = client.get(f"{PAGE}?a=1&b=2").content.decode()
    for code, name in settings.LANGUAGES:
        assert f'href="/language/{code}/?next=%2Fabout%2Fprivacy%2F%3Fa%3D1%26b%3D2"' in page
        assert f">{name}</a>" in page
