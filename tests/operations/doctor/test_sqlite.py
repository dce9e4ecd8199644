"""A file of SQLite: its journal, its disk, who reads it, whether it is whole."""

import sqlite3
from pathlib import Path

import pytest

from operations.doctor.sqlite import file_system_of
from tests.operations.doctor.seen import found, levels

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/data /srv/data nfs4 rw 0 0
/dev/sdb1 /srv/data/local ext4 rw 0 0
share /srv/with\\040space cifs rw 0 0
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "site.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE lantern (name)")
        database.executemany("INSERT INTO lantern VALUES (?)", [("x" * 500,)] * 200)
    database.close()
    path.chmod(0o600)
    return path


def test_a_journal_that_is_not_ahead(file, sqlite_site):
    assert levels("D24", sqlite_site(file)) == ["risk"]
    assert found("D24", sqlite_site(file, init_command="PRAGMA journal_mode=WAL;")) == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/site.sqlite3", "ext4"),
        ("/srv/data/site.sqlite3", "nfs4"),
        ("/srv/database/site.sqlite3", "ext4"),
        ("/srv/data/local/site.sqlite3", "ext4"),
        ("/srv/with space/site.sqlite3", "cifs"),
    ],
)
def test_the_kind_of_disk(path, kind):
    assert file_system_of(Path(path), MOUNTS) == kind


def test_a_network_disk(file, sqlite_site, monkeypatch, tmp_path):
    site = sqlite_site(file)
    assert found("D25", site) == []
    (tmp_path / "mounts").write_text(f"server:/data {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr("operations.doctor.sqlite.MOUNTS", tmp_path / "mounts")
    assert levels("D25", site) == ["fault"]


def test_a_file_that_everybody_reads(file, sqlite_site, production):
    site = sqlite_site(file)
    assert found("D26", site) == []
    file.chmod(0o644)
    assert levels("D26", site) == ["risk"]


def test_a_damaged_file(file, sqlite_site):
    assert found("D27", sqlite_site(file)) == []
    damaged = bytearray(file.read_bytes())
    damaged[3 * 4096 : 3 * 4096 + 200] = b"\xff" * 200
    file.write_bytes(damaged)
    assert levels("D27", sqlite_site(file)) == ["fault"]
