"""The database answers, takes writes, has this release's tables; a replica follows its primary."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from operations.doctor import database
from operations.doctor.finding import CannotTell
from operations.doctor.site import Site
from tests.operations.doctor.seen import found, levels, unseen

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["D20", "D21", "D22", "D23"])
def test_the_tests_own_database_is_well(code):
    if code == "D21" and connection.vendor == "sqlite":
        assert "in memory" in unseen(code)
    else:
        assert found(code) == []


def test_a_file_that_is_not_there_is_not_made(sqlite_site, tmp_path):
    site = sqlite_site(tmp_path / "none.sqlite3")
    assert "There is no database" in found("D20", site)[0][1]
    assert not (tmp_path / "none.sqlite3").exists()


def test_a_file_that_is_no_database(sqlite_site, tmp_path):
    (tmp_path / "text.sqlite3").write_text("This is no database. " * 500)
    site = sqlite_site(tmp_path / "text.sqlite3", init_command="PRAGMA journal_mode=WAL;")
    assert "file is not a database" in found("D20", site)[0][1]


class AwaySite(Site):
    """A site whose PostgreSQL does not run."""

    vendor = "postgresql"


def test_a_server_that_is_away(monkeypatch):
    from django.db.utils import ConnectionHandler

    away = {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": "9"}
    handler = ConnectionHandler({"default": away | {"NAME": "x", "PASSWORD": "zqx", "USER": "x"}})
    monkeypatch.setattr(database, "connections", handler)
    [(level, what)] = found("D20", AwaySite())
    assert level == "fault"
    assert "does not answer" in what
    assert "zqx" not in what
    assert "\n" not in what


def test_a_file_or_folder_that_cannot_be_written(sqlite_site, monkeypatch, tmp_path):
    (tmp_path / "site.sqlite3").touch()
    site = sqlite_site()
    assert found("D21", site) == []
    monkeypatch.setattr(database.os, "access", lambda path, how: path != tmp_path)
    assert levels("D21", site) == ["fault"]


def test_migrations_that_were_not_run():
    MigrationRecorder.Migration.objects.filter(app="operations").delete()
    assert "migrations were not run, the first: operations." in found("D22")[0][1]


def test_a_database_that_is_newer_than_the_code():
    MigrationRecorder.Migration.objects.create(app="services", name="9999_from_the_future")
    [(level, what)] = found("D22")
    assert level == "risk"
    assert "services.9999_from_the_future" in what


def test_models_without_migration(monkeypatch):
    def changes(self, graph):
        return {"services": ["one"]}

    monkeypatch.setattr("operations.doctor.database.MigrationAutodetector.changes", changes)
    assert levels("D23") == ["risk"]


def test_no_replica_is_not_missed():
    assert "no replica" in unseen("D35")


@pytest.mark.parametrize(
    ("in_recovery", "seconds", "caught_up", "level"),
    [
        (True, 3600, True, None),
        (True, 1, False, None),
        (True, 61, False, "risk"),
        (True, None, False, "risk"),
        (False, None, False, "fault"),
    ],
)
def test_a_replica_follows_its_primary(in_recovery, seconds, caught_up, level):
    seen = list(database.replica_state(in_recovery, seconds, caught_up))
    assert [one.level.name.lower() for one in seen] == ([level] if level else [])


@pytest.mark.skipif(connection.vendor == "sqlite", reason="asks a server of PostgreSQL")
class TestReplicaOnPostgreSQL:
    def test_a_replica_that_is_a_primary(self, settings, monkeypatch):
        class Both(Site):
            def database(self, alias="default"):
                return settings.DATABASES["default"]

        monkeypatch.setitem(settings.DATABASES, "replica", settings.DATABASES["default"])
        monkeypatch.setattr(database, "connection_to", lambda site, alias="": connection)
        assert levels("D35", Both()) == ["fault"]


def test_memory_has_no_file():
    if connection.vendor == "sqlite":
        with pytest.raises(CannotTell):
            database.sqlite_file(Site())
