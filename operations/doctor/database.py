"""What every database needs: it answers, takes writes, and has the tables of this release."""

import os
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.utils import NotSupportedError

from operations.doctor.finding import CannotTell, check, fault, risk

CONNECT_SECONDS = 4
REPLICA = "replica"
REPLICA_SECONDS = 60


def connection_to(site, alias=DEFAULT_DB_ALIAS):
    """An open connection that was not waited for longer than a few seconds."""
    if site.vendor == "postgresql":
        site.database(alias).setdefault("OPTIONS", {}).setdefault(
            "connect_timeout", CONNECT_SECONDS
        )
    connection = connections[alias]
    connection.ensure_connection()
    return connection


def one_row(connection, sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def first_line(error):
    """What a database says, on one line; it holds no password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


def sqlite_file(site):
    """The file of the database; those in memory have none."""
    if site.vendor != "sqlite":
        raise CannotTell("the database is PostgreSQL")
    name = str(site.database()["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise CannotTell("the database is in memory")
    return Path(name)


@check("D20", "database", needs=["DATABASE_URL"])
def answers(site):
    """Opening a file of SQLite that is not there would make one, so that is asked first."""
    if site.vendor == "sqlite" and not _is_there(site):
        yield fault(
            f"There is no database at {site.database()['NAME']}.",
            "manage.py migrate, as the user that runs the site; or mend DATABASE_URL",
        )
        return
    try:
        connection_to(site)
    except NotSupportedError as error:
        yield fault(first_line(error), "Upgrade the database server, or install an older release")
    except (DatabaseError, OSError) as error:
        yield fault(
            f"The database does not answer: {first_line(error)}",
            "Start it, or mend DATABASE_URL (postgres://user:password@host:5432/name)",
        )


def _is_there(site):
    try:
        return sqlite_file(site).exists()
    except CannotTell:
        return True
    except OSError:
        return False


@check("D21", "database takes writes", needs=["D20"])
def takes_writes(site):
    if site.vendor == "postgresql":
        (read_only,) = one_row(connection_to(site), "SHOW transaction_read_only")
        if read_only == "on":
            yield fault(
                "The database is read-only: it is a replica, or was set so.",
                "DATABASE_URL names the primary; the replica has a variable of its own",
            )
        return
    file = sqlite_file(site)
    for path in (file, file.parent):
        if not os.access(path, os.W_OK):
            yield fault(
                f"{path} cannot be written by this user.",
                f"chown waymark: {path}, or run the doctor as the site's user",
            )


@check("D22", "migrations", needs=["D20"])
def pending_migrations(site):
    """Without its tables a page is an error, and so is one whose column is missing."""
    executor = MigrationExecutor(connection_to(site))
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield fault(
            f"{len(plan)} migrations were not run, the first: {plan[0][0]}.", "manage.py migrate"
        )
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    ours = sorted(key for key in unknown if key[0] in executor.loader.migrated_apps)
    replaced = {key for m in executor.loader.replacements.values() for key in m.replaces}
    if newer := [key for key in ours if key not in replaced]:
        yield risk(
            f"The database is newer than the code: {'.'.join(newer[0])} is not in this release.",
            "Install the newer release again, or see “going back” in CHANGELOG.md",
        )


@check("D23", "models and migrations", needs=["D20"])
def models_without_migration(site):
    """For developers: a release has none."""
    if site.is_production:
        raise CannotTell("only asked of those who develop")
    loader = MigrationExecutor(connection_to(site)).loader
    from django.apps import apps

    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph)
    if changes:
        yield risk(
            f"Models of {', '.join(sorted(changes))} say what no migration says.",
            "manage.py makemigrations",
        )


@check("D35", "replica", needs=["DATABASE_REPLICA_URL", "DATABASE_URL"])
def replica(site):
    """Whether reads go to something that follows the primary."""
    if REPLICA not in site.settings.DATABASES:
        raise CannotTell("there is no replica")
    if "sqlite" in site.database(REPLICA)["ENGINE"]:
        raise CannotTell("the replica is SQLite")
    try:
        connection = connection_to(site, REPLICA)
        in_recovery, seconds, position = one_row(connection, REPLICA_STATE)
    except (DatabaseError, OSError) as error:
        yield fault(
            f"The replica does not answer: {first_line(error)}",
            "Start it, or unset DATABASE_REPLICA_URL: everything is then read from the primary",
        )
        return
    written = _primary_position(site)
    if in_recovery and written is None:
        raise CannotTell("the primary is away, so nobody knows what the replica lacks")
    yield from replica_state(in_recovery, seconds, position == written)


REPLICA_STATE = """
SELECT pg_is_in_recovery(),
       extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()),
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END
"""


def _primary_position(site):
    """How far the primary has written; None while it is away or not a primary."""
    try:
        return one_row(connection_to(site), "SELECT pg_current_wal_lsn()::text")[0]
    except (DatabaseError, OSError):
        return None


def replica_state(in_recovery, seconds, caught_up):
    """What is wrong with a replica. `seconds` since the last change it knows mean nothing where it has all."""
    if not in_recovery:
        yield fault(
            "DATABASE_REPLICA_URL names a database that follows none: pages show what stood there once.",
            "Name a streaming replica, or unset DATABASE_REPLICA_URL",
        )
    elif not caught_up and (seconds is None or seconds > REPLICA_SECONDS):
        behind = "an unknown time" if seconds is None else f"{seconds:.0f} seconds"
        yield risk(
            f"The replica is {behind} behind the primary.",
            "Look at pg_stat_replication on the primary; or unset DATABASE_REPLICA_URL meanwhile",
        )
