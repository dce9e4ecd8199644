"""Disk, memory, clock and files of the machine."""

import contextlib
import os
import re
import resource
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from config.secret_files import SECRETS
from operations.doctor.database import sqlite_file
from operations.doctor.finding import CannotTell, check, fault, risk

MEGABYTE = 1024**2
FULL, NEARLY_FULL = 200 * MEGABYTE, 1024 * MEGABYTE
NEARLY_FULL_SHARE = 0.05
#: What one process of the server may take (benchmarks/README.md).
WORKER = 150 * MEGABYTE
LEAST_FILES = 1024
#: Where the environment is kept by the files in `deploy/`, and where people put it.
ENV_FILES = ("/etc/waymark/waymark.env", "/etc/waymark.env")
NAME_A_FILE = {f"{name}_FILE" for name in (*SECRETS, "SEALING_KEYS")}
ENV_FILES_HERE = (".env", "waymark.env", "deploy/waymark.env")


@check("D60", "room on disks")
def room(site):
    """The database's folder, the backups' and the one for passing files; each disk once."""
    seen = set()
    for folder in _folders(site):
        device = folder.stat().st_dev
        if device not in seen:
            seen.add(device)
            usage = shutil.disk_usage(folder)
            yield from room_state(folder, usage.free, usage.total)


def _folders(site):
    wanted = [getattr(settings, "BACKUP_DIR", "")]
    # Where nothing can be written for a while, D67 says so.
    with contextlib.suppress(OSError):
        wanted.append(tempfile.gettempdir())
    with contextlib.suppress(CannotTell):
        wanted.append(sqlite_file(site).parent)
    return [Path(folder) for folder in wanted if folder and os.path.isdir(folder)]


def room_state(folder, free, total):
    mend = f"Free some: du -xh {folder} | sort -h | tail; or a larger disk"
    if free < FULL:
        yield fault(f"The disk of {folder} is full: {free // MEGABYTE} MB are left.", mend)
    elif free < NEARLY_FULL or free < total * NEARLY_FULL_SHARE:
        yield risk(f"The disk of {folder} is nearly full: {free // MEGABYTE} MB are left.", mend)


@check("D61", "clock")
def clock(site):
    """Only systemd is asked; without it, as in a container, the clock is somebody else's."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=5)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotTell("nobody here knows of the clock") from error
    if asked.returncode:
        raise CannotTell("nobody here knows of the clock")
    if asked.stdout.strip() == "no":
        yield risk(
            "The clock follows no other: second steps, windows and hours will drift.",
            "timedatectl set-ntp true",
        )


@check("D62", "static files")
def static_files(site):
    """Pages name each file by what it holds, so the folder has to be that of this release."""
    if settings.TESTING:
        raise CannotTell("tests read static files from their folders")
    manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
    mend = "manage.py collectstatic --noinput, then restart"
    if not manifest.exists():
        yield fault("Static files were not collected: every page is an error.", mend)
    elif _newest(_source_files()) > manifest.stat().st_mtime:
        yield risk("Static files are older than the code.", mend)


def _source_files():
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))


def _newest(paths):
    return max((path.stat().st_mtime for path in paths if path.exists()), default=0)


@check("D63", "translations")
def translations(site):
    """Catalogues that were not compiled are not read: the site speaks English."""
    stale = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            made = source.with_suffix(".mo")
            if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
                stale.append(source.parent.parent.name)
    if stale:
        yield risk(
            f"Translations are not compiled, or older than the code: {', '.join(sorted(set(stale)))}.",
            "manage.py compilemessages (needs gettext), then restart",
        )


@check("D64", "files with secrets")
def secret_files(site):
    """Those that `deploy/` speaks of, and every file that a variable names in place of a secret."""
    named = [value for name, value in site.environ.items() if name in NAME_A_FILE]
    files = [*ENV_FILES, *(settings.BASE_DIR / name for name in ENV_FILES_HERE)]
    for path in map(Path, [*files, *named]):
        # A container's secrets are mounted for it alone.
        inside = path.is_relative_to("/run/secrets")
        if _is_file(path) and not inside and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield risk(f"Everybody on this machine can read {path}.", f"chmod 640 {path}")


def _is_file(path):
    try:
        return path.is_file()
    except OSError:
        return False


@check("D65", "memory")
def memory(site):
    workers = asked_workers(site.environ)
    if not workers.isdigit():
        yield fault(
            f"WEB_CONCURRENCY is “{workers}”: gunicorn does not start.", "WEB_CONCURRENCY=2"
        )
        return
    yield from memory_state(int(workers), memory_there(Path("/proc/meminfo"), CGROUP))


def asked_workers(environ):
    """How many processes gunicorn is told to start: its own arguments come before the variable."""
    said = re.search(r"(?:--workers|-w)[ =]?(\S+)", environ.get("GUNICORN_CMD_ARGS", ""))
    return said[1] if said else environ.get("WEB_CONCURRENCY", "").strip() or "1"


CGROUP = Path("/sys/fs/cgroup/memory.max")


def memory_there(meminfo, limit):
    """Bytes that this machine has, or the container it is."""
    try:
        kilobytes = meminfo.read_text().split("MemTotal:")[1].split()[0]
    except (OSError, IndexError) as error:
        raise CannotTell("this system does not say") from error
    total = int(kilobytes) * 1024
    try:
        said = limit.read_text().strip()
    except OSError:
        return total
    return min(total, int(said)) if said.isdigit() else total


def memory_state(workers, there):
    if workers * WORKER > there * 0.8:
        fits = max(1, int(there * 0.8 // WORKER))
        yield risk(
            f"{workers} processes need {workers * WORKER // MEGABYTE} MB of {there // MEGABYTE} MB.",
            f"WEB_CONCURRENCY={fits}",
        )


@check("D66", "open files")
def open_files(site):
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < LEAST_FILES:
        yield risk(
            f"A process may open {soft} files: visitors beyond that are turned away.",
            "LimitNOFILE=65536 in the unit, or ulimit -n 65536",
        )


@check("D67", "folders")
def can_write(site):
    """Where passing files go, and where backups do."""
    try:
        temporary = tempfile.gettempdir()
    except OSError:
        yield fault("There is no folder for passing files.", "mkdir -m 1777 /tmp, or TMPDIR=…")
        temporary = ""
    for folder in filter(None, (temporary, str(getattr(settings, "BACKUP_DIR", "")))):
        if not os.path.isdir(folder):
            yield fault(f"{folder} is no folder.", f"install -d -m 700 -o waymark {folder}")
        elif not os.access(folder, os.W_OK | os.X_OK):
            yield fault(f"{folder} cannot be written by this user.", f"chown waymark: {folder}")
