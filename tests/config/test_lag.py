"""A replica that lags gives what was true a moment ago, and only to those who read from it."""

import pytest
from django.db import connection, connections
from psycopg import IsolationLevel

from config import replicas
from referrals import planning
from services import directory
from services.models import City, Membership, Service, SignOff
from services.visibility import Audience
from tests import factories
from tests.people import browser_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no replicas."),
]
REPLICA = "replica"


class Lagging:
    """A second connection to the same database, which sees it as it was at its last look."""

    def __init__(self):
        self.connection = connections["default"].copy(REPLICA)
        own = self.connection.settings_dict
        own["OPTIONS"] = own["OPTIONS"] | {"isolation_level": IsolationLevel.REPEATABLE_READ}
        own["AUTOCOMMIT"] = False
        connections[REPLICA] = self.connection

    def look(self):
        """Catch up with the primary, and stay there."""
        self.connection.rollback()
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM services_city")

    def end(self):
        self.connection.close()
        del connections[REPLICA]
        replicas._place.set("default")


@pytest.fixture
def site(settings, transactional_db):
    middleware = list(settings.MIDDLEWARE)
    place = middleware.index("django.contrib.sessions.middleware.SessionMiddleware")
    middleware.insert(place, "config.replicas.ReadFromReplica")
    settings.MIDDLEWARE = middleware
    settings.DATABASE_ROUTERS = ["config.replicas.Router"]
    city = factories.make_city("harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    factories.make_service(city, name="Old Name", slug="house")
    return city


@pytest.fixture
def replica(site, monkeypatch):
    monkeypatch.setattr(replicas.follower, "follows", lambda: True)
    lagging = Lagging()
    lagging.look()
    yield lagging
    lagging.end()


def rename(name):
    words = Service.objects.get(slug="house").translations.get(language_code="en")
    words.name = name
    words.save()


@pytest.mark.parametrize("path", ["/harbour/services/", "/api/v1/services?city=harbour"])
def test_each_reads_what_their_place_knows(client, site, replica, path):
    def public():
        return client.get(path).content.decode()

    def primary():
        return worker.get("/harbour/services/").content.decode()

    worker = browser_of(Membership.Role.EDITOR, site)
    assert "Old Name" in public()
    rename("New Name")
    for _ in range(2):
        assert "New Name" in primary()
        assert "Old Name" in public()
    replica.look()
    assert "New Name" in public()


def test_hsds_does_not_keep_what_lags_as_new(client, site, replica):
    def public():
        return client.get("/api/hsds/v3/services?full=true").content.decode()

    key = factories.make_key()[1]
    rename("New Name")
    assert "Old Name" in public()
    keyed = client.get(
        "/api/hsds/v3/services?full=true", headers={"authorization": f"Api-Key {key}"}
    )
    assert "New Name" in keyed.content.decode()
    assert "Old Name" in public()
    replica.look()
    assert "New Name" in public()


def from_replica(ask):
    token = replicas._place.set(REPLICA)
    try:
        return ask()
    finally:
        replicas._place.reset(token)


def test_listings_older_than_the_version_asked_for_are_not_kept(site, replica):
    """As where a balancer sends two queries of a request to two replicas."""
    rename("New Name")
    city = City.objects.get()

    def names():
        return {one.name for one in directory.listings(city, Audience.PUBLIC, "en")}

    assert "Old Name" in from_replica(names)
    assert "New Name" in names()


def test_nor_is_a_pathway(site, replica):
    SignOff.objects.create(
        city=site,
        rule="notice/x",
        authority="Harbour",
        fingerprint="a",
        on="2026-01-01",
        expires_on="2027-01-01",
    )
    city = City.objects.get()
    before = from_replica(lambda: planning.pathway_for(city))
    assert planning.pathway_for(city) is not before
    assert planning.pathway_for(city) is planning.pathway_for(city)


def test_a_guided_page_asks_the_replica_three_times_at_most(client, site, replica):
    client.get("/harbour/guide/danger/")
    replica.connection.force_debug_cursor = connection.force_debug_cursor = True
    for log in (replica.connection.queries_log, connection.queries_log):
        log.clear()
    try:
        assert client.get("/harbour/guide/danger/").status_code == 200
        assert 1 <= len(replica.connection.queries_log) <= 3
        assert not connection.queries_log
    finally:
        replica.connection.force_debug_cursor = connection.force_debug_cursor = False


def test_what_was_read_from_the_replica_is_saved_in_the_primary(site, replica):
    service = from_replica(lambda: Service.objects.get(slug="house"))
    assert service._state.db == REPLICA
    service.email = "house@example.org"
    from_replica(service.save)
    assert Service.objects.get(slug="house").email == "house@example.org"
