"""A restore looks at everything before it touches anything, and keeps what was there."""

import dataclasses
import re

import pytest
from django.db import connection

from operations.backup import age, restoring, sqlite
from operations.backup.errors import (
    BusyError,
    DamagedError,
    ProofError,
    RefusedError,
    WrongKeyError,
)
from operations.backup.manifest import Manifest
from operations.backup.postgresql import PostgreSQL
from tests.operations.backup.little import KEYS, Little, back_up, databases, names


@pytest.fixture
def backup(town, folder):
    """The path of a backup of the town."""
    return back_up(town.database, folder).path


@pytest.fixture
def other(empty):
    """Another database, with rows of its own."""
    return Little(empty()).make(rows=7)


def refused(error, match, other, path, keys=KEYS, **wishes):
    """A restore is refused, and the database and what lies about it are as before."""
    before = other.fingerprint()
    with pytest.raises(error, match=match):
        restoring.restore(other.database, path, keys, **wishes)
    assert other.fingerprint() == before


def altered(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    return path


def test_a_database_with_tables_is_not_overwritten(other, backup):
    refused(RefusedError, "--replace", other, backup)


@pytest.mark.any_database
def test_one_with_another_key_is_refused(other, backup):
    stranger = age.identities(age.new_key()[1])
    refused(WrongKeyError, "does not open", other, backup, stranger, replace=True)


@pytest.mark.any_database
def test_one_that_is_cut_is_refused(other, backup):
    backup.write_bytes(backup.read_bytes()[:-1])
    refused(DamagedError, "cut or altered", other, backup, replace=True)


@pytest.mark.any_database
@pytest.mark.parametrize("at", [500, -1])
def test_one_with_another_byte_is_refused(other, backup, at):
    refused(DamagedError, "cut or altered", other, altered(backup, at), replace=True)


@pytest.mark.any_database
def test_a_file_that_is_no_backup_is_refused(other, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    refused(DamagedError, "no backup", other, path, replace=True)


@pytest.mark.any_database
def test_one_of_another_kind_of_database_is_refused(town, folder, other, monkeypatch):
    of = Manifest.of
    monkeypatch.setattr(Manifest, "of", lambda *a: dataclasses.replace(of(*a), vendor="oracle"))
    path = back_up(town.database, folder).path
    refused(RefusedError, "set DATABASE_URL to a database of oracle", other, path, replace=True)


@pytest.mark.any_database
def test_one_of_a_newer_version_is_refused(town, folder, other):
    town.run("INSERT INTO django_migrations VALUES (2, 'services', '9999_tomorrow')")
    newer = back_up(town.database, folder).path
    refused(RefusedError, "services.9999_tomorrow", other, newer, replace=True)


@pytest.mark.any_database
def test_one_of_an_older_version_says_what_to_migrate(backup, empty):
    done = restoring.restore(empty(), backup, KEYS)
    assert "services.0001_initial" in done.to_migrate
    assert "operations.0001_initial" not in done.to_migrate


@pytest.mark.any_database
def test_migrations_that_a_squashed_one_replaces_are_known(backup, monkeypatch):
    class Squashed:
        replaces = [("operations", "0001_initial"), ("operations", "0002_more")]

    code = {("operations", "0001_squashed_0002_more"): Squashed}
    monkeypatch.setattr("operations.backup.manifest._migrations_of_this_code", lambda: code)
    assert restoring.examine(backup, KEYS)


def test_what_was_there_is_kept_under_another_name(town, backup, other):
    theirs = other.people
    kept = restoring.restore(other.database, backup, KEYS, replace=True).kept
    assert other.people == town.people
    name = re.search(r"\S+[._]before[-_]\w+", kept)[0]
    if connection.vendor == "sqlite":
        before = Little(sqlite.SQLite(name))
    else:
        before = Little(PostgreSQL(other.database.parameters | {"dbname": name}))
    assert before.people == theirs


def test_nothing_else_is_left_behind(backup, other):
    restoring.restore(other.database, backup, KEYS, replace=True)
    if connection.vendor == "sqlite":
        other.fingerprint()
        assert len(names(other.database.folder)) == 2
    else:
        assert len(databases(other.database)) == 2


def test_a_restore_that_ends_unequal_changes_nothing(backup, other, monkeypatch):
    def differs(self, rows, migrations):
        raise ProofError("Restored, but other numbers of rows in: people.")

    monkeypatch.setattr(Manifest, "compare", differs)
    refused(ProofError, "people", other, backup, replace=True)


def test_a_database_that_is_in_use_is_left_alone(backup, other):
    with other.opened() as using:
        using.execute("BEGIN")
        using.execute("SELECT * FROM people").fetchall()
        before = other.people
        with pytest.raises(BusyError, match="stop the site"):
            restoring.restore(other.database, backup, KEYS, replace=True)
        assert other.people == before


def test_two_at_once_are_refused(backup, other):
    with other.database.alone():
        refused(BusyError, "at work", other, backup, replace=True)


def test_verifying_restores_elsewhere_and_leaves_nothing(
    town, backup, other, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    before = other.fingerprint()
    done = restoring.verify(other.database, backup, KEYS)
    assert done.manifest.rows["people"] == 3
    assert other.fingerprint() == before
    left = [p for p in (tmp_path / "temporary").rglob("*") if p.is_file()]
    assert [p.name for p in left] in ([], [".waymark-lock"])


def test_verifying_notices_what_is_not_equal(town, folder, other, monkeypatch):
    as_json = Manifest.as_json
    monkeypatch.setattr(
        Manifest, "as_json", lambda self: as_json(self).replace(b'"people": 3', b'"people": 4')
    )
    path = back_up(town.database, folder).path
    with pytest.raises(ProofError, match="people"):
        restoring.verify(other.database, path, KEYS)


def test_what_a_deleted_file_left_is_not_worked_into_the_restored_one(town, backup, other):
    if connection.vendor != "sqlite":
        pytest.skip("it is about the log of SQLite")
    path = other.database.path
    with other.opened() as using:
        using.execute("UPDATE people SET words = 'theirs'")
        path.unlink()
        restoring.restore(other.database, backup, KEYS)
    assert other.people == town.people


def test_a_restored_file_belongs_to_whom_the_old_one_belonged(backup, other):
    if connection.vendor != "sqlite":
        pytest.skip("it is about the file of SQLite")
    other.database.path.chmod(0o640)
    restoring.restore(other.database, backup, KEYS, replace=True)
    assert other.database.path.stat().st_mode & 0o777 == 0o640


def test_a_temporary_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    restoring._own_temporary().chmod(0o755)
    with pytest.raises(RefusedError, match="TMPDIR"):
        restoring._own_temporary()
