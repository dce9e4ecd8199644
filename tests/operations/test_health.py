"""Whether the site lives, and whether visitors should be sent to it."""

import threading

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from operations import health

pytestmark = pytest.mark.django_db

HOST = "database-7.internal.example"


@pytest.fixture(autouse=True)
def nothing_known():
    health.readiness.forget()
    yield
    health.readiness.forget()


@pytest.fixture
def database_away(monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError(f"connection to server at {HOST} failed")

    monkeypatch.setattr(connection, "cursor", away)


def ready(client):
    response = client.get("/readyz")
    return response.status_code, response.content.decode()


def test_site_lives_without_its_database(client, database_away):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_site_lives_without_asking_its_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_site_is_ready(client):
    assert ready(client) == (200, "ready\n")


def test_site_is_not_ready_without_its_database(client, database_away):
    assert ready(client) == (503, "not ready\ndatabase: does not answer\n")


def test_site_is_ready_to_be_read_while_a_replica_answers(client, database_away, monkeypatch):
    replica = connection.copy("replica")
    replica.inc_thread_sharing()
    monkeypatch.setattr(health, "connections", {"default": connection, "replica": replica})
    monkeypatch.setattr(health, "pending_migrations", lambda c: 0 if c is replica else c.cursor())
    assert ready(client) == (200, "ready\n")


def test_site_is_not_ready_before_its_tables_are(client):
    MigrationRecorder(connection).record_unapplied("operations", "0001_initial")
    status, words = ready(client)
    assert status == 503
    assert "migrations: 1 not done" in words


def test_database_without_tables_waits_for_every_migration(monkeypatch):
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: {})
    assert health.pending_migrations(connection) > 40


def test_site_is_not_ready_once_a_medical_window_has_expired(client, time_machine):
    time_machine.move_to("2029-01-01")
    status, words = ready(client)
    assert status == 503
    assert words.startswith("not ready\npathway: ")


def test_many_questions_cost_what_one_does(client, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(0):
        client.get("/readyz")


def test_nobody_waits_while_another_looks(monkeypatch):
    started, go_on = threading.Event(), threading.Event()

    def slow_look():
        started.set()
        assert go_on.wait(10)
        return ()

    readiness = health.Readiness()
    readiness._faults = ("as before",)
    monkeypatch.setattr(health, "look", slow_look)
    looking = threading.Thread(target=readiness.faults)
    looking.start()
    assert started.wait(10)
    assert readiness.faults() == ("as before",)
    go_on.set()
    looking.join()
    assert readiness.faults() == ()


def test_log_has_a_line_when_it_changes_and_not_for_each_question(client, caplog, monkeypatch):
    faults = iter([("database: does not answer",), ("database: does not answer",), ()])
    monkeypatch.setattr(health, "look", lambda: next(faults))
    monkeypatch.setattr(health, "SECONDS", -1)
    for _question in range(3):
        client.get("/readyz")
    assert [record.getMessage() for record in caplog.records] == [
        "Not ready. database: does not answer",
        "Ready again.",
    ]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_machine_may_ask_by_its_own_address_and_without_https(client, settings, address):
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_TOKEN = "t" * 20
    wanted = 401 if address == "/metrics" else 200
    assert client.get(address, headers={"host": "10.0.0.7:8000"}).status_code == wanted


def test_other_pages_keep_to_the_hosts_of_the_site(client):
    assert client.get("/about/privacy/", headers={"host": "10.0.0.7:8000"}).status_code == 400
