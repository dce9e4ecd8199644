"""The folder of backups: one run at a time, whole files or none, and old ones leave last."""

import contextlib
import datetime
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from operations.backup.errors import BusyError, NoRoomError, ProofError, RefusedError

NAME = re.compile(r"waymark-\d{8}T\d{6}Z\.age")
PART = ".waymark-part-"
SCRATCH = ".waymark-scratch-"
LOCK = ".waymark-lock"
#: What may be written beside a backup meanwhile: a log, the database itself.
SPARE = 64 * 1024 * 1024


@contextlib.contextmanager
def alone(folder):
    """Hold a folder against other backups and restores, and clear away what killed ones left."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        raise RefusedError(f"There is no folder {folder}: make it (mkdir -m 700).") from None
    except OSError as error:
        raise RefusedError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        _lock(lock, folder)
        _clear(folder)
        yield
    finally:
        os.close(lock)


def _lock(lock, folder):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError(f"Another backup or restore is at work in {folder}: wait for it.") from None


def _clear(folder):
    """Remove what runs left that were killed: nobody else is at work here."""
    for left in folder.glob(f"{PART}*"):
        left.unlink()
    for left in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(left)


@contextlib.contextmanager
def scratch(folder):
    """A folder for this run alone (0700), gone with all in it afterwards."""
    made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def require_room(folder, needed):
    """Raise where a folder's disk has less than that free, and a little more."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise NoRoomError(
            f"{folder} has {megabytes(free)} free and {megabytes(needed + SPARE)} are needed: "
            "make room, or name another folder."
        )


def megabytes(size):
    return f"{size / 1_000_000:,.1f} MB"


class Whole:
    """A file that appears under its name only when it is whole and on the disk."""

    def __init__(self, folder):
        self.folder = folder
        handle, name = tempfile.mkstemp(prefix=PART, dir=folder)  # 0600
        self.temporary = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._written = hashlib.sha256()

    def write(self, data):
        self._written.update(data)
        return self._file.write(data)

    def flush(self):
        self._file.flush()

    def keep(self, now):
        """Give the file its name: written to the disk, read back from there, renamed."""
        self.flush()
        os.fsync(self._file.fileno())
        # Read from the disk and not from memory, as far as the system lets itself be asked.
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self._file.close()
        with open(self.temporary, "rb") as again:
            if hashlib.file_digest(again, "sha256").digest() != self._written.digest():
                raise ProofError(
                    f"{self.folder} does not hold what was written to it: is it broken?"
                )
        path = self._free_name(now)
        os.rename(self.temporary, path)
        on_disk(self.folder)
        return path

    def _free_name(self, now):
        """A name that is not taken: nobody else gives names while this run is alone."""
        while (path := self.folder / f"waymark-{now:%Y%m%dT%H%M%SZ}.age").exists():
            now += datetime.timedelta(seconds=1)
        return path

    def drop(self):
        self._file.close()
        self.temporary.unlink(missing_ok=True)


def on_disk(folder):
    """Wait until a folder's names are on the disk; some shares cannot be asked."""
    handle = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.fsync(handle)
    os.close(handle)


def remove_older(folder, keep, newest):
    """Delete all but so many backups, by the time in their names; never the one just made."""
    others = sorted(p for p in folder.iterdir() if NAME.fullmatch(p.name) and p != newest)
    old = others[: max(0, len(others) - (keep - 1))]
    for path in old:
        path.unlink()
    return old
