"""What is particular to PostgreSQL: its programs, their versions, and rights on the server."""

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from operations.backup import making, postgresql, restoring
from operations.backup.errors import BusyError, RefusedError, ToolError
from operations.backup.manifest import Manifest
from tests.operations.backup.little import KEYS, PUBLIC, Little, back_up, databases, names

SECRET = "sw0rdfish"


@pytest.fixture(autouse=True)
def only_there(django_db_setup):
    if connection.vendor != "postgresql":
        pytest.skip("it is about PostgreSQL")


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    """A function that puts a program in the place of one of PostgreSQL's."""
    folder = tmp_path / "programs"
    folder.mkdir()
    real = postgresql.Programs.for_server(postgresql_version())
    monkeypatch.setattr(postgresql, "_folders", lambda: [folder])

    def put(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    put("pg_dump", f'exec {real.dump} "$@"')
    put("pg_restore", f'exec {real.restore} "$@"')
    put.real = real
    return put


def postgresql_version():
    with psycopg.connect(**connection.get_connection_params()) as opened:
        return opened.info.server_version // 10000


@pytest.fixture
def small(town):
    """The town's database for a role of its own, which may make no others."""
    role = f"{town.database.name}_role"
    town.run(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'")
    for table in ("people", "django_session", "django_migrations"):
        town.run(f"ALTER TABLE {table} OWNER TO {role}")
    yield postgresql.PostgreSQL(town.database.parameters | {"user": role, "password": SECRET})
    town.run(f"REASSIGN OWNED BY {role} TO CURRENT_USER")
    town.run(f"DROP OWNED BY {role}")
    town.run(f"DROP ROLE {role}")


def test_no_password_stands_among_the_arguments_of_a_program(small, folder, tmp_path, fakes):
    for name, real in (("pg_dump", fakes.real.dump), ("pg_restore", fakes.real.restore)):
        fakes(name, f'echo "$@" >>{tmp_path}/said; env >>{tmp_path}/env; exec {real} "$@"')
    small.parameters["sslmode"] = "prefer"
    making.make(small, folder, PUBLIC)
    assert "--format=custom" in (tmp_path / "said").read_text()
    assert SECRET not in (tmp_path / "said").read_text()
    assert f"PGPASSWORD={SECRET}" in (tmp_path / "env").read_text()
    assert "PGSSLMODE=prefer" in (tmp_path / "env").read_text()


def test_missing_programs_are_named(town, folder, monkeypatch):
    monkeypatch.setattr(postgresql, "_folders", list)
    with pytest.raises(ToolError, match="apt install postgresql-client-"):
        back_up(town.database, folder)
    assert names(folder) == set()


def test_programs_older_than_the_server_are_named(town, folder, fakes):
    fakes("pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.24'")
    with pytest.raises(ToolError, match=r"PostgreSQL 9 and the server of \d+"):
        back_up(town.database, folder)


@pytest.mark.parametrize("program", ["pg_dump", "pg_restore"])
def test_a_program_that_fails_leaves_no_backup_and_quotes_no_row(town, folder, fakes, program):
    real = getattr(fakes.real, program.removeprefix("pg_"))
    fakes(
        program,
        f'[ "$1" = --version ] && exec {real} --version\n'
        "echo 'ERROR: invalid input: zanzibar7' >&2; echo 'No space left on device' >&2; exit 3",
    )
    with pytest.raises(Exception, match=f"{program} failed with code 3. No space left") as caught:
        back_up(town.database, folder)
    assert "zanzibar7" not in str(caught.value)
    assert names(folder) == set()
    assert databases(town.database) == {town.database.name}


def test_a_role_that_may_make_no_database_is_told_that_the_dump_was_only_read(small, folder):
    made = making.make(small, folder, PUBLIC)
    assert "only READ, not restored" in made.proof
    assert "CREATEDB" in made.proof


def test_reading_can_be_asked_for(town, folder):
    town.database.only_read = True
    assert "only READ" in back_up(town.database, folder).proof


def test_such_a_role_cannot_verify_or_replace_and_can_restore_to_an_empty_database(
    small, folder, empty
):
    path = making.make(small, folder, PUBLIC).path
    with pytest.raises(RefusedError, match="CREATEDB"):
        restoring.verify(small, path, KEYS)
    with pytest.raises(RefusedError, match="CREATEDB"):
        restoring.restore(small, path, KEYS, replace=True)
    other = empty()
    role = sql.Identifier(small.parameters["user"])
    with psycopg.connect(**other.parameters, autocommit=True) as opened:
        opened.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(role))
    theirs = postgresql.PostgreSQL(
        other.parameters | {"user": small.parameters["user"], "password": SECRET}
    )
    restoring.restore(theirs, path, KEYS)
    assert len(Little(other).people) == 3
    Little(other).run(f"DROP OWNED BY {small.parameters['user']}")


def test_a_restore_to_an_empty_database_is_all_or_nothing(town, folder, empty, fakes):
    path = back_up(town.database, folder).path
    other = empty()
    # The table is there already when the dump comes to it.
    chunks = iter([])
    with pytest.raises(Exception, match="pg_restore failed"):
        other.restore(restoring.examine(path, KEYS), chunks, None)
    assert not other.has_data()


def test_one_of_a_newer_server_is_refused(town, folder, empty, monkeypatch):
    monkeypatch.setattr(postgresql.Snapshot, "server", "99", raising=False)
    of = Manifest.of

    def of_a_newer_server(snapshot, now):
        snapshot.server = "99"
        return of(snapshot, now)

    monkeypatch.setattr(Manifest, "of", of_a_newer_server)
    path = back_up(town.database, folder).path
    other = empty()
    with pytest.raises(RefusedError, match="this server is older"):
        restoring.restore(other, path, KEYS)
    assert not other.has_data()


def test_a_scratch_database_that_a_killed_run_left_is_dropped(town, folder):
    left = f"{town.database.name}_scratch_0123"
    town.run(f"CREATE DATABASE {left}")
    assert left in databases(town.database)
    back_up(town.database, folder)
    assert databases(town.database) == {town.database.name}


def test_a_database_of_another_site_is_not_dropped(town, folder):
    """An underscore in a name is a letter, not any letter."""
    stranger = town.database.name.replace("_", "x") + "xscratchx0123"
    town.run(f"CREATE DATABASE {stranger}")
    try:
        back_up(town.database, folder)
        assert town.run(f"SELECT 1 FROM pg_database WHERE datname = '{stranger}'")
    finally:
        town.run(f"DROP DATABASE {stranger}")


def test_a_visitor_who_comes_in_the_last_moment_keeps_the_old_database(
    town, folder, empty, monkeypatch
):
    path = back_up(town.database, folder).path
    other = Little(empty()).make(rows=7)
    monkeypatch.setattr(other.database, "prepare_to_replace", lambda: None)
    with other.opened(), pytest.raises(BusyError, match="stop the site"):
        restoring.restore(other.database, path, KEYS, replace=True)
    assert len(other.people) == 7
    assert databases(other.database) == {other.database.name}


def test_a_server_that_is_not_there_is_said_in_one_line(town, folder):
    town.database.parameters |= {"port": "1"}
    with pytest.raises(ToolError, match="cannot be reached") as caught:
        back_up(town.database, folder)
    town.database.parameters |= {"port": connection.settings_dict["PORT"]}
    assert "\n" not in str(caught.value)
