"""PostgreSQL: `pg_dump` of one snapshot, and `pg_restore` into a database of its own.

Passwords go to these programs by the environment, never as an argument that others on the machine
could read. Of what they say only lines are passed on that cannot quote what is in a table.
"""

import contextlib
import dataclasses
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.pq import Conninfo

from operations.backup.errors import BusyError, ProofError, RefusedError, ToolError
from operations.backup.manifest import LEFT_OUT

VENDOR = "postgresql"
CHUNK = 256 * 1024
#: A migration that holds a table makes a backup fail rather than wait for hours.
WAIT_FOR_LOCKS = "--lock-wait-timeout=60000"
DEBIAN = "/usr/lib/postgresql/*/bin"
ENVIRONMENT = {o.keyword.decode(): o.envvar.decode() for o in Conninfo.get_defaults() if o.envvar}
#: What the programs say of the machine and of rights, as against of what is in a table.
HARMLESS = re.compile(
    r"permission denied|must be (?:owner|superuser)|No space left|connection to server|"
    r"server closed the connection|canceling statement due to lock timeout|does not exist|"
    r"is not available|unrecognized configuration parameter|unsupported version|unexpected end of file"
)
LOCK = "SELECT pg_try_advisory_lock(hashtext('waymark backup'))"
TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'p'
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY 1, 2
"""
MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
OWNS = """
    SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()
"""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = %s AND backend_type = 'client backend' AND application_name <> 'waymark-backup'
"""
LOCALE = """
    SELECT to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(encoding))
    FROM pg_database d WHERE datname = current_database()
"""
#: Long work is meant here: what a site sets against hanging requests does not hold.
NO_HURRY = """
    SELECT set_config(name, '0', false) FROM pg_settings
    WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')
"""
#: Databases from which another one can be renamed.
BESIDE = ("postgres", "template1")
MAY_NOT_CREATE = "The role of DATABASE_URL may not make databases. Allow it (ALTER ROLE {role} CREATEDB), {or_else}."
STOP_THE_SITE = "{name} has {others} other connections: stop the site and whatever works by the clock, then try again."


class PostgreSQL:
    """A database on a server of PostgreSQL, as a backup or a restore sees it.

    `parameters` are those of libpq. `only_read`: a dump is read to its end, and not restored.
    """

    vendor = VENDOR
    #: It lies in no folder of this machine that would have to be held.
    folder = None

    def __init__(self, parameters, *, only_read=False):
        known = {key: value for key, value in parameters.items() if key in ENVIRONMENT and value}
        self.parameters = {**known, "application_name": "waymark-backup"}
        self.name = known["dbname"]
        self.only_read = only_read

    @contextlib.contextmanager
    def connect(self, name=None):
        """A connection to this database or another one of the server; each statement stands alone."""
        try:
            opened = psycopg.connect(
                **self.parameters | {"dbname": name or self.name}, autocommit=True
            )
        except psycopg.OperationalError as error:
            raise ToolError(
                f"PostgreSQL cannot be reached: {str(error).splitlines()[-1]}"
            ) from error
        with opened as connection:
            connection.execute(NO_HURRY)
            yield connection

    @contextlib.contextmanager
    def alone(self):
        """Hold the database against other backups and restores, and drop what killed ones left."""
        with self.connect() as connection:
            if not connection.execute(LOCK).fetchone()[0]:
                raise BusyError(
                    f"Another backup or restore of {self.name} is at work: wait for it."
                )
            self._drop_left(connection)
            self._held = connection
            yield

    def _drop_left(self, connection):
        like = self._own_name("scratch", "").replace("_", r"\_") + "%"
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])
        for (name,) in left.fetchall():
            _drop(connection, name)

    def has_data(self):
        """Whether a restore would meet tables that are there."""
        with self.connect() as connection:
            return connection.execute(TABLES).fetchone() is not None

    @contextlib.contextmanager
    def snapshot(self):
        """The database as it is at one moment; the site reads and writes on meanwhile."""
        with self.connect() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            (number,) = connection.execute("SELECT pg_export_snapshot()").fetchone()
            rows, migrations = read(connection)
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]
            version = _major(connection)
            programs = Programs.for_server(version)
            yield Snapshot(self, programs, number, rows, migrations, size, str(version))

    @contextlib.contextmanager
    def scratch(self, manifest):
        """Somewhere to restore to, gone afterwards; without the right to make one, only a reader."""
        with self.connect() as connection:
            programs = Programs.for_server(_major(connection))
            if self.only_read or not connection.execute(MAY_CREATE).fetchone()[0]:
                with Reader(self, programs) as reader:
                    yield reader
                return
            name = self._create(connection, "scratch")
            try:
                with Restored(self, programs, name) as restored:
                    yield restored
            finally:
                _drop(connection, name)

    def require_right_to_create(self, or_else):
        """Raise where the role may not make databases; says how to allow it, and what else helps."""
        with self.connect() as connection:
            if not connection.execute(MAY_CREATE).fetchone()[0]:
                role = self.parameters.get("user", "…")
                raise RefusedError(MAY_NOT_CREATE.format(role=role, or_else=or_else))

    def require_server_for(self, manifest):
        """Raise where the server is older than the one that the dump is of."""
        with self.connect() as connection:
            if _major(connection) < int(manifest.server):
                raise RefusedError(
                    f"The backup is of PostgreSQL {manifest.server} and this server is older "
                    f"({_major(connection)}): restore it to one that is not."
                )

    def prepare_to_replace(self):
        """Raise where the database could not be replaced in the end."""
        self.require_right_to_create("or restore to an empty database, without --replace")
        with self.connect() as connection:
            if not connection.execute(OWNS).fetchone()[0]:
                raise RefusedError(f"The role of DATABASE_URL does not own {self.name}.")
            (others,) = connection.execute(OTHERS, [self.name]).fetchone()
        if others:
            raise BusyError(STOP_THE_SITE.format(name=self.name, others=others))

    def restore(self, manifest, chunks, now):
        """Restore a dump; what was there is kept under another name. In words, what became of it."""
        with self.connect() as connection:
            programs = Programs.for_server(_major(connection))
        if not self.has_data():
            with InPlace(self, programs, self.name) as restored:
                _receive(restored, chunks, manifest)
            return ""
        return self._restore_beside(programs, manifest, chunks, now)

    def _restore_beside(self, programs, manifest, chunks, now):
        with self.connect() as connection:
            name = self._create(connection, "scratch")
        kept = self._own_name("before", f"{now:%Y%m%dt%H%M%Sz}")
        try:
            with Restored(self, programs, name) as restored:
                _receive(restored, chunks, manifest)
            # A database can be renamed while nobody is connected to it, this program included.
            self._held.close()
            with self._beside() as connection:
                self._swap(connection, name, kept)
        except BaseException:
            with self._beside() as connection:
                _drop(connection, name)
            raise
        return (
            f"What was there before is kept: the database {kept}. Drop it once you do not need it."
        )

    def _swap(self, connection, name, kept):
        """Give both databases their new names, in one step."""
        try:
            with connection.transaction():
                _rename(connection, self.name, kept)
                _rename(connection, name, self.name)
        except psycopg.errors.ObjectInUse:
            raise BusyError(STOP_THE_SITE.format(name=self.name, others="some")) from None

    @contextlib.contextmanager
    def _beside(self):
        with contextlib.ExitStack() as stack:
            for name in [name for name in BESIDE if name != self.name]:
                with contextlib.suppress(ToolError):
                    connection = stack.enter_context(self.connect(name))
                    break
            else:
                raise ToolError(f"None of the databases {', '.join(BESIDE)} can be reached.")
            yield connection

    def _own_name(self, purpose, ending):
        return f"{self.name[:30]}_{purpose}_{ending}"

    def _create(self, connection, purpose):
        """An empty database with the locale of this one."""
        name = self._own_name(purpose, secrets.token_hex(6))
        like = connection.execute(LOCALE).fetchone()[0]
        wishes = {key: like[f"dat{key}"] for key in ("collate", "ctype")}
        parts = [
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)),
            sql.SQL("ENCODING {}").format(sql.Literal(like["encoding"])),
            sql.SQL("LC_COLLATE {} LC_CTYPE {}").format(*map(sql.Literal, wishes.values())),
            *_provider(like),
        ]
        connection.execute(sql.SQL(" ").join(parts))
        return name

    def environment(self, name):
        """The environment in which a program of PostgreSQL finds a database of this server."""
        values = self.parameters | {"dbname": name}
        return os.environ | {ENVIRONMENT[key]: str(value) for key, value in values.items()}

    def run(self, arguments, name, **wishes):
        """Start a program on a database; what it says of errors is in `errors` of the process."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115, closed with the process
        process = subprocess.Popen(  # noqa: S603, the program is one of PostgreSQL's
            arguments, env=self.environment(name), stderr=errors, **wishes
        )
        process.errors = errors
        return process


@dataclasses.dataclass
class Snapshot:
    """One moment of a database, held as long as its transaction is open."""

    database: PostgreSQL
    programs: "Programs"
    number: str
    rows: dict
    migrations: list
    size: int
    server: str
    vendor: str = VENDOR

    @property
    def expected(self):
        """About what the dump may need: it is packed, and indexes are not in it."""
        return self.size // 2

    def chunks(self):
        """The dump, as `pg_dump` writes it."""
        out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        command = [self.programs.dump, "--format=custom", "--no-password", WAIT_FOR_LOCKS]
        command += [f"--snapshot={self.number}", *out]
        process = self.database.run(command, self.database.name, stdout=subprocess.PIPE)
        try:
            while chunk := process.stdout.read(CHUNK):
                yield chunk
            _require_success(process, "pg_dump")
        finally:
            _end(process, process.stdout)


class Restored:
    """A database that a dump is restored to, as it comes in."""

    proof = "restored into a scratch database: with the same rows"
    wishes = ("--exit-on-error",)

    def __init__(self, database, programs, name):
        self.database, self.programs, self.name = database, programs, name

    def __enter__(self):
        command = [self.programs.restore, *self.wishes, "--no-owner", "--no-acl", "--no-comments"]
        command += ["--no-password", f"--dbname={self.name}"]
        self._start(command)
        return self

    def _start(self, command):
        self._process = self.database.run(
            command, self.name, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )

    def __exit__(self, *_error):
        _end(self._process, self._process.stdin)

    def write(self, chunk):
        try:
            self._process.stdin.write(chunk)
        except BrokenPipeError:
            # It has all it needs, or it failed: its end says which.
            _require_success(self._process, "pg_restore")

    def close(self):
        """Wait until it is restored."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        _require_success(self._process, "pg_restore")

    def finish(self, manifest):
        """Raise where the database is not what was backed up."""
        self.close()
        with self.database.connect(self.name) as connection:
            manifest.compare(*read(connection))


class InPlace(Restored):
    """A dump that is restored to an empty database: all of it or nothing."""

    wishes = ("--exit-on-error", "--single-transaction")


class Reader(Restored):
    """A dump that is read to its end and turned into SQL, which goes nowhere."""

    proof = (
        "only READ, not restored. Restore it elsewhere to be sure (manage.py restore --verify), or "
        "allow this: ALTER ROLE … CREATEDB"
    )

    def __init__(self, database, programs):
        super().__init__(database, programs, database.name)

    def __enter__(self):
        self._start([self.programs.restore, f"--file={os.devnull}"])
        return self

    def finish(self, manifest):
        self.close()


@dataclasses.dataclass(frozen=True)
class Programs:
    """`pg_dump` and `pg_restore` of one version."""

    dump: str
    restore: str
    major: int

    @classmethod
    def for_server(cls, major):
        """Those of the server's version, or the next newer: an older pg_dump refuses."""
        found = sorted(filter(None, map(_programs_in, _folders())), key=lambda p: p.major)
        fitting = [programs for programs in found if programs.major >= major]
        if fitting:
            return fitting[0]
        if found:
            raise ToolError(
                f"pg_dump is of PostgreSQL {found[-1].major} and the server of {major}: install the "
                f"server's programs (on Debian and Ubuntu: apt install postgresql-client-{major})."
            )
        raise ToolError(
            "pg_dump and pg_restore are not installed: install PostgreSQL's programs (on Debian and "
            f"Ubuntu: apt install postgresql-client-{major})."
        )


def _folders():
    first = shutil.which("pg_dump")
    folders = [Path(first).parent] if first else []
    return folders + sorted(Path("/").glob(DEBIAN.lstrip("/")))


def _programs_in(folder):
    dump, restore = folder / "pg_dump", folder / "pg_restore"
    if not (os.access(dump, os.X_OK) and os.access(restore, os.X_OK)):
        return None
    said = subprocess.run([dump, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"\) (\d+)", said)
    return Programs(str(dump), str(restore), int(version[1])) if version else None


def read(connection):
    """How many rows are in each table, and the migrations that were applied."""
    rows = {}
    for schema, table in connection.execute(TABLES).fetchall():
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        name = table if schema == "public" else f"{schema}.{table}"
        rows[name] = connection.execute(count).fetchone()[0]
    if "django_migrations" not in rows:
        return rows, []
    applied = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name, id")
    # Sorted here: databases disagree about which letter comes first.
    return rows, sorted(list(row) for row in applied)


def _major(connection):
    return connection.info.server_version // 10000


def _receive(restored, chunks, manifest):
    for chunk in chunks:
        restored.write(chunk)
    restored.finish(manifest)
    with restored.database.connect(restored.name) as connection:
        # What the planner goes by is in no dump.
        connection.execute("ANALYZE")


def _provider(like):
    """Who sorts, where that is not the system: named differently by each version of the server."""
    locale = like.get("datlocale") or like.get("daticulocale")
    kind = {"i": "icu", "b": "builtin"}.get(like.get("datlocprovider"))
    if kind:
        words = sql.SQL(f"LOCALE_PROVIDER {kind} {kind.upper()}_LOCALE {{}}")
        yield words.format(sql.Literal(locale))


def _rename(connection, name, new):
    names = map(sql.Identifier, (name, new))
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _drop(connection, name):
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _require_success(process, program):
    """Raise where a program failed, with what it said if that can quote no row."""
    if process.wait() == 0:
        return
    process.errors.seek(0)
    said = process.errors.read().decode(errors="replace").splitlines()
    telling = next((line for line in said if HARMLESS.search(line)), "")
    error = ToolError if program == "pg_dump" else ProofError
    raise error(f"{program} failed with code {process.returncode}. {telling}".strip())


def _end(process, pipe):
    """Leave no program behind, whatever happened."""
    if process.poll() is None:
        process.kill()
        process.wait()
    with contextlib.suppress(BrokenPipeError):
        pipe.close()
    process.errors.close()
