"""The language of a page: asked for, chosen, the browser's, or the city's."""

import pytest

from services.models import City
from tests.factories import make_city, make_service
from tests.people import browser_of

PAGE = "/about/privacy/"

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def language_of(client, address=PAGE, **headers):
    response = client.get(address, headers=headers)
    language = response.headers["Content-Language"]
    assert f'<html lang="{language}"' in response.content.decode()
    return language


def test_browser_decides_first(client):
    assert language_of(client, accept_language="sv-SE,sv;q=0.9,en;q=0.5") == "sv"


def test_language_that_the_site_does_not_speak_becomes_english(client):
    assert language_of(client, accept_language="xx") == "en"


@pytest.fixture
def harbour():
    return make_city("harbour", languages=["lb", "nl-BE", "fr"])


#: Pages of a city: the directory's, the guide's, one that is not there.
OF_CITY = ["/harbour/", "/harbour/services/", "/harbour/guide/danger/", "/harbour/services/gone/"]


@pytest.mark.parametrize("address", OF_CITY)
def test_city_decides_where_no_browser_does(client, harbour, address):
    make_service(harbour)
    for accepted in ("", "*", "pl,uk;q=0.5"):
        assert language_of(client, address, accept_language=accepted) == "nl"


@pytest.mark.parametrize("address", OF_CITY)
def test_browser_wins_over_the_city(client, harbour, address):
    make_service(harbour)
    assert language_of(client, address, accept_language="pl, it-CH;q=0.5, *;q=0.1") == "it"


def test_city_decides_in_its_office(harbour):
    browser = browser_of("administrator", harbour)
    assert language_of(browser, "/office/harbour/", accept_language="") == "nl"


def test_new_language_of_a_city_counts_at_once(client, harbour):
    assert language_of(client, "/harbour/", accept_language="") == "nl"
    City.objects.update(languages=["fr"])
    assert language_of(client, "/harbour/", accept_language="") == "fr"


def test_city_that_speaks_no_language_of_the_site_speaks_english(client):
    make_city("harbour", languages=["lb", "pt"])
    assert language_of(client, "/harbour/", accept_language="") == "en"


def test_outside_of_a_city_it_is_english_again(client, harbour):
    assert language_of(client, "/harbour/", accept_language="") == "nl"
    assert language_of(client, accept_language="") == "en"


def test_choice_wins_over_the_city(client, harbour):
    client.get("/language/it/")
    assert language_of(client, "/harbour/", accept_language="") == "it"
    assert language_of(client, "/harbour/?lang=sv", accept_language="") == "sv"


def test_language_of_a_city_costs_no_query(client, harbour, django_assert_num_queries):
    client.get("/harbour/")
    with django_assert_num_queries(2):
        client.get("/harbour/", headers={"accept-language": "en"})
    client.get("/harbour/", headers={"accept-language": ""})
    with django_assert_num_queries(2):
        client.get("/harbour/", headers={"accept-language": ""})


def test_api_keeps_its_own_language(client, harbour):
    make_service(harbour)
    response = client.get("/api/v1/services?city=harbour", headers={"accept-language": ""})
    assert response.headers["Content-Language"] == "en"


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
