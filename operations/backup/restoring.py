"""Read a backup: prove that it can be restored, or restore it.

An encrypted file tells only at its end whether it is whole. So it is read twice: first to its end,
with everything that could be refused refused; only then is anything written.
"""

import dataclasses
import datetime
import os
import tempfile
from pathlib import Path

from operations.backup import age, archive
from operations.backup.errors import RefusedError
from operations.backup.manifest import Manifest, missing_migrations, unknown_migrations
from operations.backup.sqlite import VENDOR as SQLITE
from operations.backup.sqlite import SQLite

NEWER = (
    "The backup was made by a newer version: this one does not know {names}. "
    "Restore it with the version that made it, or a newer one."
)
OTHER = "The backup is of {theirs} and DATABASE_URL names {ours}: set DATABASE_URL to a database of {theirs}."
HAS_DATA = (
    "The database has tables already. With --replace it is kept under another name and the backup "
    "takes its place."
)


@dataclasses.dataclass(frozen=True)
class Done:
    """What was restored, what became of what was there, and what is left to do."""

    manifest: Manifest
    kept: str
    to_migrate: list


def examine(path, keys):
    """Read a backup to its end and return its manifest; raises where it cannot be restored by this code."""
    with age.decrypted(path, keys) as readable:
        opened = archive.Opened(readable)
        for _chunk in opened.chunks():
            pass
    unknown = unknown_migrations(opened.manifest)
    if unknown:
        raise RefusedError(NEWER.format(names=_some(unknown)))
    return opened.manifest


def verify(database, path, keys):
    """Restore a backup to a scratch database, compare, and leave nothing behind."""
    manifest = examine(path, keys)
    if manifest.vendor == SQLITE:
        # Any machine can restore one: it needs no server, only a little room.
        database = SQLite(_own_temporary() / "none.sqlite3")
    _require_same_vendor(database, manifest)
    database.require_server_for(manifest)
    if manifest.vendor != SQLITE:
        database.require_right_to_create("or verify on another server")
    with database.alone(), age.decrypted(path, keys) as readable:
        chunks = archive.Opened(readable).chunks()
        with database.scratch(manifest) as scratch:
            for chunk in chunks:
                scratch.write(chunk)
            scratch.finish(manifest)
    return Done(manifest, "", missing_migrations(manifest))


def restore(database, path, keys, *, replace=False, now=None):
    """Restore a backup as the site's database; nothing is touched before everything was looked at."""
    now = now or datetime.datetime.now(datetime.UTC)
    manifest = examine(path, keys)
    _require_same_vendor(database, manifest)
    database.require_server_for(manifest)
    with database.alone():
        if database.has_data():
            if not replace:
                raise RefusedError(HAS_DATA)
            database.prepare_to_replace()
        with age.decrypted(path, keys) as readable:
            kept = database.restore(manifest, archive.Opened(readable).chunks(), now)
    return Done(manifest, kept, missing_migrations(manifest))


def _require_same_vendor(database, manifest):
    if database.vendor != manifest.vendor:
        raise RefusedError(OTHER.format(theirs=manifest.vendor, ours=database.vendor))


def _some(names):
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _own_temporary():
    """A folder for temporary files that nobody else may open; always the same, to be cleared."""
    folder = Path(tempfile.gettempdir()) / f"waymark-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise RefusedError(
            f"{folder} is open to others: delete it, or set TMPDIR to another folder."
        )
    return folder
