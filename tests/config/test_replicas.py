"""Which database a request reads from, and what it is told while the primary is away."""

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, router
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from config import replicas
from config.postgresql import base
from operations.health import readiness
from services.models import Membership, Service
from services.signals import telling as signals
from tests import factories
from tests.doors import all_doors
from tests.people import make_person, signed_in
from tests.test_routes import ID, ROUTES, address_of

REPLICA, PRIMARY, NONE = "replica", "default", "none"
#: Where a reader without an account gets an answer from; all that is not named here: the replica.
PLACES = {
    NONE: (
        *("leave", "language", "privacy", "offline-worker", "healthz", "readyz", "metrics"),
        *("practice", "practice-case", "practice-comparison", "practice-question"),
        "practice-start-again",
    ),
    PRIMARY: (
        # They write, or read what somebody has just written.
        *("report", "join", "join-sent", "check", "handoff", "invitation", "invitation-link"),
        *("account_inactive", "account_set_password", "mfa_login_webauthn"),
        *("account_reset_password", "account_reset_password_done"),
        *("account_reset_password_from_key", "account_reset_password_from_key_done"),
        # They ask for a key.
        *("api-referrals", "api-referral", "api-referral-refusal", "api-referral-act"),
        # Its order must not go back.
        "api-changes",
    ),
}
EXPECTED = {name: place for place, names in PLACES.items() for name in names}
METHODS = ("GET", "HEAD", "POST")
WORKER = Membership.Role.WORKER


@pytest.fixture
def reached(monkeypatch):
    """The databases that can be reached: take one out, and it is away."""
    found = {PRIMARY, REPLICA}
    monkeypatch.setattr(replicas, "is_reached", lambda alias: alias in found)
    monkeypatch.setattr(replicas.follower, "follows", lambda: True)
    yield found
    replicas._place.set(PRIMARY)


def ask(method, path, **headers):
    """The place where a request reads, or the answer that it gets instead of its view."""

    def view(request):
        request.resolver_match = resolve(request.path_info)
        answer = middleware.process_view(request, None, (), {})
        return answer or HttpResponse(replicas._place.get())

    middleware = replicas.ReadFromReplica(view)
    cookies = headers.pop("cookies", {})
    request = RequestFactory().generic(method, path, headers=headers)
    request.COOKIES.update(cookies)
    return middleware(request)


def place(*request, **headers):
    response = ask(*request, **headers)
    return response.status_code if response.status_code != 200 else response.content.decode()


class TestPlaces:
    def test_the_table_knows_every_route(self):
        """A route that nobody thought of is the primary's."""
        named = {name for names in PLACES.values() for name in names}
        assert named <= set(ROUTES)
        assert set(ROUTES) >= replicas.FROM_REPLICA | replicas.WITHOUT_DATABASE

    @pytest.mark.parametrize("name", sorted(ROUTES))
    def test_a_reader_without_account(self, reached, name):
        """The same whatever the method: with the primary, and without it from the replica or not at all."""
        path = address_of(name, ROUTES[name][0])
        expected = EXPECTED.get(name, REPLICA)
        places = {place(method, path) for method in METHODS}
        assert places == {PRIMARY if expected == NONE else expected}
        reached.discard(PRIMARY)
        places = {place(method, path) for method in METHODS}
        assert places == {{NONE: PRIMARY, PRIMARY: 503}.get(expected, REPLICA)}

    def test_every_page_that_asks_who_somebody_is_is_the_primarys(self):
        assert not set(all_doors()) & (replicas.FROM_REPLICA | replicas.WITHOUT_DATABASE)

    @pytest.mark.parametrize("path", ["/api/v1/cities", "/api/v1/cities/"])
    def test_both_forms_of_an_address_of_the_api(self, reached, path):
        assert place("GET", path) == REPLICA

    @pytest.mark.parametrize("path", ["/harbour/", "/api/v1/cities", "/admin/", "/office/"])
    def test_who_has_a_session_reads_from_the_primary(self, reached, path):
        cookies = {settings.SESSION_COOKIE_NAME: "a"}
        assert place("GET", path, cookies=cookies) == PRIMARY

    @pytest.mark.parametrize("scheme", ["Api-Key a.b", "api-key a.b"])
    def test_who_has_a_key_reads_from_the_primary(self, reached, scheme):
        assert place("GET", "/api/v1/cities", authorization=scheme) == PRIMARY
        reached.discard(PRIMARY)
        assert place("GET", "/api/v1/cities", authorization=scheme) == 503

    def test_a_replica_that_lags_is_not_read_from_while_there_is_a_primary(
        self, reached, monkeypatch
    ):
        monkeypatch.setattr(replicas.follower, "follows", lambda: False)
        assert place("GET", "/harbour/") == PRIMARY
        reached.discard(PRIMARY)
        assert place("GET", "/harbour/") == REPLICA

    def test_where_the_primary_is_known_to_be_away_nobody_waits_for_it(self, reached, monkeypatch):
        monkeypatch.setattr(replicas.follower, "follows", lambda: False)
        monkeypatch.setattr(base, "_circuits", {})
        replicas.circuit_of(PRIMARY).failed()
        assert place("GET", "/harbour/") == REPLICA

    def test_without_the_replica_the_primary_does_it_all(self, reached):
        reached.discard(REPLICA)
        assert place("GET", "/harbour/") == PRIMARY
        assert place("GET", "/join/") == PRIMARY

    def test_without_both_it_is_as_without_a_replica(self, reached):
        reached.clear()
        assert place("GET", "/harbour/") == PRIMARY
        assert place("POST", "/join/") == PRIMARY

    def test_a_request_does_not_inherit_the_place_of_the_last_one(self, reached):
        assert place("GET", "/harbour/") == REPLICA
        assert place("GET", "/harbour/", cookies={settings.SESSION_COOKIE_NAME: "a"}) == PRIMARY


class TestRouter:
    router = replicas.Router()

    @pytest.fixture
    def outside(self, monkeypatch):
        """Not in a transaction, which every test is otherwise."""
        monkeypatch.setattr(connections[PRIMARY], "in_atomic_block", False)
        token = replicas._place.set(REPLICA)
        yield
        replicas._place.reset(token)

    def test_commands_read_from_the_primary(self):
        assert self.router.db_for_read(Service) == PRIMARY

    def test_a_request_reads_where_it_reads(self, outside):
        assert self.router.db_for_read(Service) == REPLICA

    def test_writes_go_to_the_primary(self, outside):
        service = Service()
        service._state.db = REPLICA
        assert self.router.db_for_write(Service, instance=service) == PRIMARY

    def test_what_hangs_on_a_row_of_the_primary_is_read_there(self, outside):
        service = Service()
        service._state.db = PRIMARY
        assert self.router.db_for_read(Service, instance=service) == PRIMARY

    def test_a_transaction_reads_from_the_primary(self, outside, monkeypatch):
        monkeypatch.setattr(connections[PRIMARY], "in_atomic_block", True)
        assert self.router.db_for_read(Service) == PRIMARY

    def test_locks_and_changes_are_the_primarys(self, outside, settings):
        settings.DATABASE_ROUTERS = [self.router]
        assert Service.objects.all().db == REPLICA
        assert Service.objects.select_for_update().db == PRIMARY
        assert router.db_for_write(Service) == PRIMARY

    def test_tables_are_made_in_the_primary_alone(self):
        assert self.router.allow_migrate(REPLICA, "services") is False
        assert self.router.allow_migrate(PRIMARY, "services") is None


@pytest.fixture
def city(db):
    city = factories.make_city("harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    factories.make_service(city, slug="quay-house", name="Quay House", id=ID)
    factories.make_service(city, name="Back Door", visibility="professional")
    return city


@pytest.fixture
def site(city, settings, reached):
    """The site with a replica, which here is another name of the same database."""
    middleware = list(settings.MIDDLEWARE)
    place = middleware.index("django.contrib.sessions.middleware.SessionMiddleware")
    middleware.insert(place, "config.replicas.ReadFromReplica")
    settings.MIDDLEWARE = middleware
    settings.DATABASE_ROUTERS = ["config.replicas.Router"]
    return reached


WRITES = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT")


def test_what_reads_from_the_replica_writes_nothing(site, client):
    """But `told`, which can do without."""
    wrote = {}
    for name in replicas.FROM_REPLICA - {"told"}:
        path = address_of(name, ROUTES[name][0])
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
            client.post(path)
        wrote[name] = [q["sql"] for q in queries if q["sql"].startswith(WRITES)]
    assert not {name: queries for name, queries in wrote.items() if queries}


def test_what_needs_no_database_asks_none(site, client):
    asked = {}
    # What these look up they look up on every database by themselves.
    for name in replicas.WITHOUT_DATABASE - {"readyz", "metrics"}:
        path = address_of(name, ROUTES[name][0])
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
            client.post(path)
        asked[name] = [q["sql"] for q in queries]
    assert not {name: queries for name, queries in asked.items() if queries}


class TestPrimaryAway:
    @pytest.fixture(autouse=True)
    def primary_is_away(self, site):
        self.reached = site
        site.discard(PRIMARY)

    def test_reading_and_the_guide_go_on(self, client):
        for path in ("/", "/harbour/", "/harbour/services/quay-house/", "/harbour/guide/plan/"):
            assert client.get(path).status_code == 200
        answer = client.post("/harbour/guide/danger/", {"danger": "no"})
        assert answer.status_code == 303
        body = {"city": "harbour", "facts": {}}
        plan = client.post("/api/v1/referral-plan", body, content_type="application/json")
        assert plan.status_code == 200

    def test_what_would_write_is_asked_to_try_later(self, client):
        response = client.post("/harbour/services/quay-house/report/", {"kind": "closed"})
        assert response.status_code == 503
        assert int(response["Retry-After"]) > 0
        page = response.content.decode()
        assert "Leave this page open and load it again" in page
        assert "Call 112" in page
        assert not Service.objects.get(pk=ID).reports.exists()

    def test_programs_get_problem_details(self, client):
        key = factories.make_key()[1]
        for headers, path in (({"authorization": f"Api-Key {key}"}, "cities"), ({}, "changes")):
            response = client.get(f"/api/v1/{path}", headers=headers)
            assert response.status_code == 503
            assert response["Content-Type"] == "application/problem+json"
            assert int(response["Retry-After"]) > 0

    def test_a_tap_at_a_door_moves_the_plan_on_the_device_alone(self, client, monkeypatch):
        def away(*_args, **_how):
            raise OperationalError

        monkeypatch.setattr(signals, "tell", away)
        said = {"service": ID, "kind": "full"}
        assert client.post("/harbour/guide/told/", said).status_code == 303
        assert settings.GUIDE_COOKIE in client.cookies

    def test_who_is_signed_in_reads_as_anybody_and_stays_signed_in(self, city):
        worker = signed_in(make_person(WORKER, city))
        self.reached.add(PRIMARY)
        assert "Back Door" in worker.get("/harbour/services/").content.decode()
        self.reached.discard(PRIMARY)
        response = worker.get("/harbour/services/")
        assert "Back Door" not in response.content.decode()
        assert "you are still signed in" in response.content.decode()
        assert settings.SESSION_COOKIE_NAME not in response.cookies
        assert worker.get("/office/").status_code == 503
        self.reached.add(PRIMARY)
        page = worker.get("/harbour/services/").content.decode()
        assert "Back Door" in page
        assert "still signed in" not in page

    def test_leaving_forgets_the_session_all_the_same(self, city):
        worker = signed_in(make_person(WORKER, city))
        response = worker.get("/leave/")
        assert response.status_code == 302
        assert response.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0

    def test_the_machine_still_counts_as_well(self, client, monkeypatch):
        """A balancer that takes it out would end the reading too."""

        class Away:
            def cursor(self):
                raise OperationalError

        for replica, status in ((connection, 200), (Away(), 503)):
            readiness.forget()
            away = {PRIMARY: Away(), REPLICA: replica}
            monkeypatch.setattr("operations.health.connections", away)
            assert client.get("/readyz").status_code == status
        readiness.forget()
