"""A database of three tables that a test can fill, back up and look into; and a key pair."""

import contextlib
import secrets
import sqlite3

import psycopg
from django.db import connection
from psycopg import sql

from operations.backup import age, making
from operations.backup.postgresql import PostgreSQL
from operations.backup.sqlite import SQLite

PUBLIC, PRIVATE = age.new_key()
KEYS = age.identities(PRIVATE)
CANARY = "zanzibar7"
SESSION = "qxsessionkeyqx"
TABLES = (
    "CREATE TABLE people (id integer PRIMARY KEY, words text)",
    "CREATE TABLE django_session (session_key varchar(40) PRIMARY KEY, session_data text)",
    "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text)",
    "INSERT INTO django_migrations VALUES (1, 'operations', '0001_initial')",
)


class Little:
    """The database, and ways to ask it that do not go through what is tested."""

    def __init__(self, database):
        self.database = database

    def make(self, rows=3):
        for statement in TABLES:
            self.run(statement)
        self.run(f"INSERT INTO django_session VALUES ('{SESSION}', '{CANARY}')")
        self.add(rows)
        return self

    def add(self, rows=1):
        for _row in range(rows):
            self.run(
                "INSERT INTO people SELECT coalesce(max(id), 0) + 1, "
                f"'{CANARY} {secrets.token_hex(8)}' FROM people"
            )

    def run(self, statement):
        with self.opened() as opened:
            done = opened.execute(statement)
            if statement.startswith("SELECT"):
                return done.fetchall()

    @property
    def people(self):
        return self.run("SELECT id, words FROM people ORDER BY id")

    @property
    def sessions(self):
        return self.run("SELECT count(*) FROM django_session")[0][0]

    @contextlib.contextmanager
    def opened(self):
        if self.database.vendor == "postgresql":
            with psycopg.connect(**self.database.parameters, autocommit=True) as opened:
                yield opened
            return
        opened = sqlite3.connect(self.database.path, isolation_level=None)
        # As the site's are; and what is deleted stays readable in the file until it is overwritten.
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("PRAGMA secure_delete=OFF")
        with contextlib.closing(opened):
            yield opened

    def fingerprint(self):
        """What changes when anything in the database or about it does."""
        if self.database.vendor == "postgresql":
            return self.people, sorted(databases(self.database))
        with self.opened() as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            dump = "\n".join(opened.iterdump())
        return dump, sorted(names(self.database.path.parent))


def databases(database):
    """Which databases the server has that are of this one."""
    with psycopg.connect(**database.parameters, autocommit=True) as opened:
        like = f"{database.name[:20]}%"
        found = opened.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])
        return {name for (name,) in found}


def names(folder):
    """The files of a folder, without the log of a database and the lock."""
    return {p.name for p in folder.iterdir() if not p.name.endswith(("-wal", "-shm", "-lock"))}


@contextlib.contextmanager
def empty(folder):
    """A database without tables: on the server of these tests, or a file that is not there yet."""
    if connection.vendor == "sqlite":
        home = folder / secrets.token_hex(4)
        home.mkdir()
        yield SQLite(home / "town.sqlite3")
        return
    parameters = connection.get_connection_params()
    name = f"little_{secrets.token_hex(6)}"
    with psycopg.connect(**parameters, autocommit=True) as opened:
        opened.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        database = PostgreSQL(parameters | {"dbname": name})
        try:
            yield database
        finally:
            for left in databases(database) | {name}:
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                opened.execute(drop.format(sql.Identifier(left)))


def back_up(database, folder, **wishes):
    return making.make(database, folder, PUBLIC, **wishes)
