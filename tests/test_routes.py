"""Every route, and what somebody without an account gets there; a new route must join the table."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories

#: name -> (arguments, status of GET, status of POST) for a reader without an account.
ROUTES = {
    "home": ([], 200, 405),
    "city": (["harbour"], 200, 405),
    "services": (["harbour"], 200, 405),
    "service": (["harbour", "quay-house"], 200, 405),
    "guide": (["harbour"], 302, 405),
    "question": (["harbour", "danger"], 200, 200),
    "plan": (["harbour"], 200, 405),
    "start-again": (["harbour"], 405, 303),
    "api-plan": ([], 405, 415),
    "privacy": ([], 200, 405),
    "healthz": ([], 200, 405),
    "language": (["fr"], 302, 405),
    "leave": ([], 302, 302),
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city():
    city = factories.make_city("harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    return factories.make_service(city, slug="quay-house")


def routes(resolver=None):
    """The names of every route outside the administration."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from routes(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern.name


def test_the_table_names_every_route():
    assert set(routes()) == set(ROUTES)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_what_a_reader_without_account_gets(client, name):
    arguments, get, post = ROUTES[name]
    address = reverse(name, args=arguments)
    # A redirect of the guide is a 303, of the language and of leaving a 302.
    assert client.get(address).status_code in ({302, 303} if get == 302 else {get})
    assert client.post(address).status_code == post


def test_the_administration_is_closed_to_everybody_else(client):
    for address in ("/admin/", "/admin/services/service/", "/admin/services/location/add/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
