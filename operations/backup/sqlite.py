"""SQLite: a copy of one moment while the site serves, and a file put in another's place.

The copy is made beside the database, in a folder for this run alone: there it is as well kept as
the database itself, which lies on the same disk.
"""

import contextlib
import dataclasses
import os
import sqlite3
import zlib
from pathlib import Path
from urllib.parse import quote

from operations.backup import files
from operations.backup.errors import BusyError, DamagedError, ProofError, RefusedError
from operations.backup.manifest import LEFT_OUT

VENDOR = "sqlite"
CHUNK = 256 * 1024
#: Level 1 of gzip: a third larger than level 6, in a quarter of the time.
LEVEL = 1
GZIP = 31
SECONDS_TO_WAIT = 30
STOP_THE_SITE = (
    "The database is in use: stop the site and whatever works by the clock, then try again."
)
NO_DUMP = "The dump in the backup cannot be unpacked."
NOT_A_FILE = "DATABASE_URL names no file of SQLite that is there: {path}."


class SQLite:
    """A database of SQLite in a file, as a backup or a restore sees it."""

    vendor = VENDOR

    def __init__(self, path):
        self.path = Path(path).absolute()
        self.folder = self.path.parent

    def alone(self):
        """Hold the database's folder against other backups and restores."""
        return files.alone(self.folder)

    def has_data(self):
        """Whether a restore would take something away."""
        return self.path.exists() and self.path.stat().st_size > 0

    @contextlib.contextmanager
    def snapshot(self):
        """The database as it is at one moment; the site reads and writes on meanwhile."""
        if not self.has_data():
            raise RefusedError(NOT_A_FILE.format(path=self.path))
        # The copy twice, or the copy, what is restored from it and the backup.
        files.require_room(self.folder, 3 * self._size())
        with files.scratch(self.folder) as folder:
            whole, slim = folder / "whole.sqlite3", folder / "slim.sqlite3"
            rows, migrations = self._copy(whole)
            _leave_out(whole, slim)
            whole.unlink()
            yield Snapshot(slim, rows, migrations)

    def _size(self):
        log = self.path.with_name(self.path.name + "-wal")
        return self.path.stat().st_size + (log.stat().st_size if log.exists() else 0)

    def _copy(self, target):
        """Copy the file, and count in it, in one transaction: what others write is in neither."""
        with _opened(self.path) as source, _opened(target, "rwc") as copy:
            source.execute("BEGIN")
            rows, migrations = read(source)
            copy.execute("PRAGMA synchronous=OFF")
            source.backup(copy)
            source.execute("COMMIT")
        return rows, migrations

    @contextlib.contextmanager
    def scratch(self, manifest):
        """Somewhere to restore to, gone afterwards unless it took the place of the database."""
        files.require_room(self.folder, manifest.size)
        with files.scratch(self.folder) as folder, Restored(folder / "db.sqlite3") as restored:
            yield restored

    def prepare_to_replace(self):
        """Raise where the site is using the file; nothing is changed but its log, which is merged."""
        if not self.has_data():
            return
        with _opened(self.path, seconds=1) as database:
            try:
                (mode,) = database.execute("PRAGMA journal_mode=DELETE").fetchone()
            except sqlite3.OperationalError:
                raise BusyError(STOP_THE_SITE) from None
            if mode != "delete":
                raise BusyError(STOP_THE_SITE)

    def require_server_for(self, manifest):
        """Any SQLite will do."""

    def restore(self, manifest, chunks, now):
        """Restore a dump; what was there is kept under another name. In words, what became of it."""
        with self.scratch(manifest) as restored:
            for chunk in chunks:
                restored.write(chunk)
            restored.finish(manifest)
            return self._replace(restored, now)

    def _replace(self, restored, now):
        self.prepare_to_replace()
        _as_before(restored.path, self.path)
        with open(restored.path, "rb") as file:
            os.fsync(file.fileno())
        kept = self._keep(now)
        # In one step: at no moment there is no database.
        os.replace(restored.path, self.path)
        files.on_disk(self.folder)
        return (
            f"What was there before is kept: {kept}. Delete it once you do not need it."
            if kept
            else ""
        )

    def _keep(self, now):
        kept = self.path.with_name(f"{self.path.name}.before-{now:%Y%m%dT%H%M%SZ}")
        for ending in ("-wal", "-shm", "-journal"):
            # Left by a file that somebody deleted; SQLite would work them into the new one.
            with contextlib.suppress(FileNotFoundError):
                os.rename(f"{self.path}{ending}", f"{kept}{ending}")
        if not self.has_data():
            return None
        os.link(self.path, kept)
        return kept


@dataclasses.dataclass
class Snapshot:
    """A copy of one moment, without what is left out, and what was counted in the original then."""

    path: Path
    rows: dict
    migrations: list
    vendor: str = VENDOR
    server: str = sqlite3.sqlite_version

    @property
    def size(self):
        return self.path.stat().st_size

    @property
    def expected(self):
        """The most that the dump may need."""
        return self.size

    def chunks(self):
        """The dump: the file, packed with gzip."""
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        with open(self.path, "rb") as file:
            while chunk := file.read(CHUNK):
                yield packer.compress(chunk)
        yield packer.flush()


class Restored:
    """A file that a dump is written to."""

    proof = "restored into a scratch file: whole, and with the same rows"

    def __init__(self, path):
        self.path = path
        self._unpacker = zlib.decompressobj(GZIP)

    def __enter__(self):
        self._file = open(self.path, "xb")
        return self

    def __exit__(self, *_error):
        self._file.close()

    def write(self, chunk):
        try:
            while chunk:
                self._file.write(self._unpacker.decompress(chunk, CHUNK))
                chunk = self._unpacker.unconsumed_tail
        except zlib.error as error:
            raise DamagedError(NO_DUMP) from error

    def finish(self, manifest):
        """Raise where the file is not what was backed up."""
        self._file.close()
        if not self._unpacker.eof:
            raise DamagedError(NO_DUMP)
        try:
            with _opened(self.path) as database:
                problem = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
                if problem != "ok":
                    raise ProofError(f"The copy is not whole: SQLite says “{problem}”.")
                manifest.compare(*read(database))
        except sqlite3.DatabaseError as error:
            raise ProofError("The copy cannot be read: it is no database of SQLite.") from error


def read(database):
    """How many rows are in each table, and the migrations that were applied."""
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    rows = {
        name: database.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]  # noqa: S608
        for (name,) in sorted(names)
    }
    if "django_migrations" not in rows:
        return rows, []
    applied = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name, id")
    return rows, sorted(list(row) for row in applied)


def _leave_out(whole, slim):
    """Copy without sessions, and without pages in which deleted rows could still be read."""
    with _opened(whole) as database:
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        for name in tables.intersection(LEFT_OUT):
            database.execute(f"DELETE FROM {_quoted(name)}")  # noqa: S608
        database.execute("VACUUM INTO ?", [str(slim)])


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def _opened(path, mode="rw", seconds=SECONDS_TO_WAIT):
    address = f"file:{quote(str(path))}?mode={mode}"
    database = sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None)
    try:
        yield database
    finally:
        database.close()


def _as_before(path, before):
    """Give a file the owner and the mode of the one it replaces, or of its folder: root may restore."""
    there = before if before.exists() else before.parent
    owner = there.stat()
    os.chmod(path, owner.st_mode & 0o777 if there is before else 0o600)
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)
