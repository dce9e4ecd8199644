"""Every route, and what somebody without an account gets there; a new route must join the table."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories
from tests.doors import all_doors

#: The id of the one listing with a known id.
ID = "5d2b7f60-9a3c-4a51-8f0e-0c5c1e6a7b11"
#: name -> (arguments, status of GET, status of POST) for a reader without an account.
#: The last argument is a query if it begins with a question mark.
ROUTES = {
    "home": ([], 200, 405),
    "city": (["harbour"], 200, 405),
    "services": (["harbour"], 200, 405),
    "service": (["harbour", "quay-house"], 200, 405),
    "sheet": (["harbour"], 200, 405),
    "offline-worker": ([], 200, 405),
    "offline": (["harbour"], 200, 405),
    "offline-list": (["harbour"], 200, 405),
    "no-line": (["harbour"], 200, 405),
    "guide": (["harbour"], 302, 405),
    "question": (["harbour", "danger"], 200, 200),
    "plan": (["harbour"], 200, 405),
    "start-again": (["harbour"], 405, 303),
    "card": (["harbour"], 200, 200),
    "still-right": (["harbour"], 200, 200),
    "told": (["harbour"], 405, 400),
    "help": (["harbour"], 302, 400),
    "learn": ([], 200, 405),
    "toolbox": (["everybody"], 200, 405),
    "api-plan": ([], 405, 415),
    "api-pathway": (["?city=harbour"], 200, 405),
    "api-referrals": ([], 401, 401),
    "api-referral": ([ID], 401, 405),
    "api-referral-refusal": ([ID], 405, 401),
    "api-referral-act": ([ID, "accept"], 405, 401),
    "api-cities": ([], 200, 405),
    "api-needs": ([], 200, 405),
    "api-target-groups": ([], 200, 405),
    "api-services": (["?city=harbour"], 200, 415),
    "api-geojson": (["?city=harbour"], 200, 415),
    "api-service": ([ID], 200, 405),
    "api-changes": ([], 200, 405),
    "docs": ([], 200, 405),
    "profile": ([], 200, 405),
    "openapi": ([], 200, 405),
    "hsds-root": ([], 200, 405),
    "hsds-services": ([], 200, 415),
    "hsds-service": ([ID], 200, 405),
    "hsds-sites": ([], 200, 415),
    "hsds-site": ([ID], 404, 405),
    "hsds-organizations": ([], 200, 415),
    "hsds-organization": ([ID], 404, 405),
    "hsds-taxonomies": ([], 200, 415),
    "hsds-taxonomy": ([ID], 404, 405),
    "hsds-terms": ([], 200, 415),
    "hsds-term": ([ID], 404, 405),
    "oruk-root": ([], 200, 405),
    "oruk-services": ([], 200, 415),
    "oruk-service": ([ID], 200, 405),
    "oruk-sites": ([], 200, 415),
    "oruk-site": ([ID], 404, 405),
    "oruk-taxonomies": ([], 200, 415),
    "oruk-taxonomy": ([ID], 404, 405),
    "oruk-terms": ([], 200, 415),
    "oruk-term": ([ID], 404, 405),
    "privacy": ([], 200, 405),
    "practice": ([], 200, 405),
    "practice-print-group": (["families"], 200, 405),
    "practice-case": (["the-cough"], 200, 405),
    "practice-print": (["the-cough"], 200, 405),
    "practice-comparison": (["the-cough"], 302, 405),
    "practice-start-again": (["the-cough"], 405, 303),
    "practice-plan": (["the-cough"], 200, 405),
    "practice-question": (["the-cough", "danger"], 200, 200),
    "healthz": ([], 200, 405),
    "readyz": ([], 200, 405),
    "metrics": ([], 404, 405),
    "language": (["fr"], 302, 405),
    "leave": ([], 302, 302),
    "report": (["harbour", "quay-house"], 200, 400),
    "reported": (["harbour"], 200, 405),
    "join": ([], 200, 400),
    "join-sent": ([], 200, 405),
    "account_inactive": ([], 200, 405),
    "account_set_password": ([], 302, 302),
    "account_reset_password": ([], 200, 200),
    "account_reset_password_done": ([], 200, 405),
    "account_reset_password_from_key": (["1", "set-password"], 200, 200),
    "account_reset_password_from_key_done": ([], 200, 405),
    "mfa_login_webauthn": ([], 302, 302),
    "invitation": ([], 404, 404),
    "invitation-link": (["no-such-token"], 404, 405),
    "check": (["no-such-secret"], 404, 404),
    "handoff": (["no-such-secret"], 404, 404),
}

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def city():
    city = factories.make_city("harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    return factories.make_service(city, slug="quay-house", id=ID)


def routes(resolver=None):
    """The names of every route outside the administration; of the API's twins with a slash none."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from routes(pattern)
        elif isinstance(pattern, URLPattern) and not _is_twin(pattern):
            yield pattern.name


def _is_twin(pattern):
    """`services.api.paths.either` gives the other form of a route no name."""
    return pattern.name is None and str(pattern.pattern).startswith("api/")


def address_of(name, arguments):
    query = arguments[-1] if arguments and arguments[-1].startswith("?") else ""
    return reverse(name, args=arguments[:-1] if query else arguments) + query


def test_the_table_names_every_route():
    """Here those for everybody, in `tests/doors/` those that ask who somebody is."""
    doors = all_doors()
    assert not set(ROUTES) & set(doors)
    assert set(routes()) == set(ROUTES) | set(doors)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_what_a_reader_without_account_gets(client, name):
    arguments, get, post = ROUTES[name]
    address = address_of(name, arguments)
    # A redirect of the guide is a 303, of the language and of leaving a 302.
    assert client.get(address).status_code in ({302, 303} if get == 302 else {get})
    assert client.post(address).status_code == post


def test_the_administration_is_closed_to_everybody_else(client):
    for address in ("/admin/", "/admin/services/service/", "/admin/services/location/add/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
