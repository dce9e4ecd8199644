"""`manage.py backup` and `manage.py restore`: what they say, remember, and do with the site's own tables."""

import io
import os
import signal
import sqlite3
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from config.environment import backup_keys
from config.environment import folder as folder_of
from operations.backup import age, site
from operations.backup.command import one_line
from operations.backup.postgresql import PostgreSQL
from operations.backup.sqlite import SQLite
from operations.models import Upkeep
from services.models import Service
from tests import factories
from tests.operations.backup.little import CANARY, PRIVATE, PUBLIC, Little

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(tmp_path):
    """A file with the private key."""
    path = tmp_path / "key.txt"
    path.write_text(f"# private\n{PRIVATE}\n")
    return path


@pytest.fixture
def configured(settings, monkeypatch, folder):
    """A function that makes a database the site's, with a key and a folder set."""
    settings.BACKUP_PUBLIC_KEY, settings.BACKUP_DIR = PUBLIC, str(folder)
    return lambda database: monkeypatch.setattr(site, "database", lambda **_wishes: database)


def said(*arguments, **wishes):
    out = io.StringIO()
    call_command(*arguments, stdout=out, **wishes)
    return out.getvalue()


def refused(match, *arguments, **wishes):
    with pytest.raises(CommandError, match=match) as caught:
        said(*arguments, **wishes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_new_key_is_printed_as_a_file_that_opens_what_its_public_half_locks():
    printed = said("backup", new_key=True)
    public = printed.partition("BACKUP_PUBLIC_KEY=")[2].split()[0]
    (identity,) = age.identities(printed)
    assert str(identity.to_public()) == public
    assert public not in said("backup", new_key=True)


def test_it_says_what_was_made_and_remembers_when(town, folder, configured):
    configured(town.database)
    text = said("backup", keep=1)
    (path,) = folder.glob("*.age")
    assert str(path) in text
    assert "5 rows in 3 tables" in text
    assert "Proof: restored into a scratch" in text
    assert Upkeep.objects.get(name="backup").succeeded_at
    assert f"Deleted: {path.name}" in said("backup", keep=1)


def test_to_and_only_read_are_passed_on(town, tmp_path, configured, settings, monkeypatch):
    settings.BACKUP_PUBLIC_KEY, asked = PUBLIC, []
    monkeypatch.setattr(site, "database", lambda **wishes: asked.append(wishes) or town.database)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    said("backup", to=str(elsewhere), only_read=True)
    assert len(list(elsewhere.glob("*.age"))) == 1
    assert asked == [{"only_read": True}]


def test_what_is_not_set_is_asked_for_and_the_failure_remembered(settings):
    settings.BACKUP_PUBLIC_KEY = ""
    refused("backup --new-key", "backup")
    settings.BACKUP_PUBLIC_KEY, settings.BACKUP_DIR = PUBLIC, ""
    refused("BACKUP_DIR", "backup")
    assert Upkeep.objects.get(name="backup").error == "NotSetError"
    assert not Upkeep.objects.get(name="backup").succeeded_at


def test_a_failure_keeps_when_the_last_good_one_was(settings):
    Upkeep.succeeded("backup")
    settings.BACKUP_PUBLIC_KEY = ""
    refused("BACKUP_PUBLIC_KEY", "backup")
    assert Upkeep.objects.get(name="backup").succeeded_at <= timezone.now()


def test_keeping_none_is_refused(settings):
    settings.BACKUP_PUBLIC_KEY = PUBLIC
    refused("at least 1", "backup", keep=0)


def test_words_of_a_database_are_not_passed_on(town, configured, monkeypatch):
    def broken():
        raise sqlite3.IntegrityError(f"a row of {CANARY}")

    monkeypatch.setattr(town.database, "snapshot", broken)
    configured(town.database)
    assert CANARY not in refused("IntegrityError", "backup")
    assert Upkeep.objects.get(name="backup").error == "IntegrityError"


def test_verifying_is_remembered(town, folder, configured, key):
    configured(town.database)
    said("backup")
    (path,) = folder.glob("*.age")
    text = said("restore", str(path), identity=str(key), verify=True)
    assert "can be restored" in text
    assert Upkeep.objects.get(name="restore-check").succeeded_at
    path.write_bytes(path.read_bytes()[:-1])
    refused("cut or altered", "restore", str(path), identity=str(key), verify=True)
    assert Upkeep.objects.get(name="restore-check").error == "DamagedError"


def test_the_key_may_come_by_standard_input(town, folder, configured, empty, monkeypatch):
    configured(town.database)
    said("backup")
    (path,) = folder.glob("*.age")
    other = empty()
    configured(other)
    monkeypatch.setattr(sys, "stdin", io.StringIO(PRIVATE))
    text = said("restore", str(path), identity="-")
    assert "SEALING_KEYS" in text
    assert "manage.py migrate" in text
    assert Little(other).people == town.people


def test_files_that_are_not_there_are_named(town, configured, key, tmp_path):
    configured(town.database)
    refused("No such file.*nix.age", "restore", str(tmp_path / "nix.age"), identity=str(key))
    refused("No such file.*nix.key", "restore", str(key), identity=str(tmp_path / "nix.key"))


def test_who_is_asked_to_end_clears_up_first():
    before, cleared = signal.getsignal(signal.SIGTERM), []

    def work():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            cleared.append(True)

    with pytest.raises(SystemExit) as caught, one_line():
        work()
    assert caught.value.code == 128 + signal.SIGTERM
    assert cleared
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.fixture
def site_database(transactional_db, tmp_path):
    """The tables of this site with what is in them, in a database that others can open."""
    if connection.vendor == "postgresql":
        yield PostgreSQL(connection.get_connection_params())
        return
    path = tmp_path / "site.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    yield SQLite(path)


@pytest.fixture
def filled(transactional_db):
    """A listing with something sealed."""
    city = factories.make_city("harbour")
    return factories.make_service(city, name="Quay House", sealed_note=f"{CANARY} sealed")


@pytest.mark.django_db(transaction=True)
def test_the_site_itself_is_there_again(filled, site_database, folder, configured, empty, key):
    configured(site_database)
    said("backup")
    (path,) = folder.glob("*.age")
    for canary in (CANARY, "Quay House", "services_service"):
        assert canary.encode() not in path.read_bytes()
    other = empty()
    configured(other)
    text = said("restore", str(path), identity=str(key))
    assert "migrate`" not in text, "every migration of this code was applied"
    table = Service._meta.db_table
    (row,) = Little(other).run(f"SELECT sealed_details FROM {table}")
    # As it was: shut.
    assert row[0] == Service.objects.values_list("sealed_details", flat=True).get() != ""


@pytest.mark.django_db(transaction=True)
def test_the_sites_own_database_is_the_one_of_its_settings():
    found = site.database()
    name = str(connection.settings_dict["NAME"])
    assert (found.name if connection.vendor == "postgresql" else str(found.path)).endswith(name)


def env(**values):
    return lambda name, default: values.get(name, default)


@pytest.mark.any_database
def test_settings_refuse_what_is_no_public_key_and_do_not_quote_it():
    assert backup_keys(env()) == ""
    assert backup_keys(env(BACKUP_PUBLIC_KEY=f"{PUBLIC},{PUBLIC}"))
    for wrong in (PRIVATE, PUBLIC[:-1], "zanzibar7"):
        with pytest.raises(ImproperlyConfigured, match="BACKUP_PUBLIC_KEY") as caught:
            backup_keys(env(BACKUP_PUBLIC_KEY=wrong))
        assert wrong not in str(caught.value)


@pytest.mark.any_database
def test_settings_refuse_a_folder_that_depends_on_where_one_stands():
    assert folder_of(env(BACKUP_DIR="/srv/backups"), "BACKUP_DIR") == "/srv/backups"
    with pytest.raises(ImproperlyConfigured, match="whole path"):
        folder_of(env(BACKUP_DIR="backups"), "BACKUP_DIR")
