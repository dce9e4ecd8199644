"""A backup is of one moment, holds no session, and stays only if it could be restored."""

from sqlite3 import DatabaseError

import pytest
from django.db import connection

from operations.backup import age, archive, files, restoring, sqlite
from operations.backup.errors import NoRoomError, ProofError
from operations.backup.manifest import Manifest
from tests.operations.backup.little import CANARY, KEYS, SESSION, Little, back_up, databases, names

SQLITE = "it is about the file of SQLite"


def plain(path, tmp_path):
    """The bytes of the dump, unpacked where they are packed."""
    with age.decrypted(path, KEYS) as readable:
        opened = archive.Opened(readable)
        if opened.manifest.vendor == "postgresql":
            return b"".join(opened.chunks())
        with sqlite.Restored(tmp_path / "plain") as restored:
            for chunk in opened.chunks():
                restored.write(chunk)
    return (tmp_path / "plain").read_bytes()


def test_it_can_be_restored_and_says_what_it_holds(town, folder, empty):
    made = back_up(town.database, folder)
    assert made.manifest.rows == {"people": 3, "django_session": 1, "django_migrations": 1}
    assert made.proof.startswith("restored into a scratch")
    other = empty()
    restoring.restore(other, made.path, KEYS)
    assert Little(other).people == town.people


def test_nothing_is_readable_in_it_and_nothing_is_left_beside(town, folder, tmp_path):
    before = town.fingerprint()
    made = back_up(town.database, folder)
    assert CANARY.encode() not in made.path.read_bytes()
    assert b"people" not in made.path.read_bytes()
    assert names(folder) == {made.path.name}
    assert town.fingerprint() == before


def test_sessions_stay_out_of_it(town, folder, empty, tmp_path):
    made = back_up(town.database, folder)
    assert SESSION.encode() not in plain(made.path, tmp_path)
    other = empty()
    restoring.restore(other, made.path, KEYS)
    assert Little(other).sessions == 0
    assert town.sessions == 1


def test_what_was_deleted_before_is_not_in_it(town, folder, tmp_path):
    town.run("UPDATE people SET words = 'forgetmeplease' WHERE id = 2")
    town.run("DELETE FROM people WHERE id = 2")
    if connection.vendor == "sqlite":
        town.fingerprint()  # writes the log to the file
        assert b"forgetmeplease" in town.database.path.read_bytes(), "the test shows nothing"
    made = back_up(town.database, folder)
    assert b"forgetmeplease" not in plain(made.path, tmp_path)


def test_what_is_written_meanwhile_is_not_in_it(town, folder, empty, monkeypatch):
    of = Manifest.of

    def written_to_meanwhile(snapshot, now):
        town.add(5)
        return of(snapshot, now)

    monkeypatch.setattr(Manifest, "of", written_to_meanwhile)
    made = back_up(town.database, folder)
    other = empty()
    restoring.restore(other, made.path, KEYS)
    assert len(Little(other).people) == 3
    assert len(town.people) == 8


def test_sqlite_counts_and_copies_in_one_transaction(town, folder, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip(SQLITE)
    read, calls = sqlite.read, []

    def read_and_written_after(database):
        found = read(database)
        if not calls:
            town.add(5)
        calls.append(database)
        return found

    monkeypatch.setattr(sqlite, "read", read_and_written_after)
    assert back_up(town.database, folder).manifest.rows["people"] == 3


def test_one_that_cannot_be_restored_equal_is_not_kept_and_older_ones_are(
    town, folder, monkeypatch
):
    first = back_up(town.database, folder)
    before = town.fingerprint()
    of = Manifest.of

    def miscounted(snapshot, now):
        snapshot.rows = snapshot.rows | {"people": 4}
        return of(snapshot, now)

    monkeypatch.setattr(Manifest, "of", miscounted)
    with pytest.raises(ProofError, match="rows in: people"):
        back_up(town.database, folder, keep=1)
    assert names(folder) == {first.path.name}
    assert town.fingerprint() == before


def test_a_broken_database_is_not_backed_up_over_good_ones(town, folder):
    if connection.vendor != "sqlite":
        pytest.skip(SQLITE)
    first = back_up(town.database, folder)
    town.add(200)
    town.run("CREATE INDEX by_words ON people (words)")
    (root,) = town.run("SELECT rootpage FROM sqlite_master WHERE name = 'by_words'")[0]
    town.fingerprint()
    data = bytearray(town.database.path.read_bytes())
    at = (root - 1) * 4096
    data[at : at + 4096] = bytes(4096)
    town.database.path.write_bytes(data)
    with pytest.raises((ProofError, DatabaseError)):
        back_up(town.database, folder, keep=1)
    assert names(folder) == {first.path.name}


def test_older_ones_leave_after_the_new_one_is_there(town, folder):
    first = back_up(town.database, folder, keep=2)
    second = back_up(town.database, folder, keep=2)
    third = back_up(town.database, folder, keep=2)
    assert second.deleted == []
    assert third.deleted == [first.path]
    assert names(folder) == {second.path.name, third.path.name}


def test_too_little_room_is_noticed_before_anything_is_written(town, folder, monkeypatch):
    monkeypatch.setattr(files, "SPARE", 10**18)
    with pytest.raises(NoRoomError):
        back_up(town.database, folder)
    assert names(folder) == set()


def test_a_full_disk_leaves_no_file(town, folder, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.Whole, "write", full)
    before = town.fingerprint()
    with pytest.raises(OSError, match="No space"):
        back_up(town.database, folder)
    assert names(folder) == set()
    assert town.fingerprint() == before


def test_backups_may_lie_beside_the_database(town):
    if connection.vendor != "sqlite":
        pytest.skip(SQLITE)
    made = back_up(town.database, town.database.folder)
    assert names(town.database.folder) == {"town.sqlite3", made.path.name}


def test_no_scratch_database_is_left(town, folder):
    if connection.vendor != "postgresql":
        pytest.skip("it is about the server")
    back_up(town.database, folder)
    assert databases(town.database) == {town.database.name}
