"""Collect the static files of the site, and only when one has changed."""

import contextlib
import fcntl
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What was collected last; beside the folder, whose every file is served.
STAMP = ROOT / ".cache" / "collected"


def collect(*, clear):
    """Bring `staticfiles/` up to date. `clear`: without those of before, which open pages may still ask for."""
    from django.conf import settings
    from django.core.management import call_command

    with _one_at_a_time():
        if _have_changed(settings.STATIC_ROOT):
            call_command("collectstatic", verbosity=0, interactive=False, clear=clear)
            STAMP.write_text(_state())


@contextlib.contextmanager
def _one_at_a_time():
    """Two starts at once would empty each other's folder of static files."""
    lock = ROOT / ".cache" / "collecting"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _have_changed(folder):
    there = (folder / "staticfiles.json").exists() and STAMP.exists()
    return not there or STAMP.read_text() != _state()


def _state():
    """A text that differs when a static file, or a package that brings some, has changed."""
    requirements = ROOT / "requirements" / "base.txt"
    files = [*sorted((ROOT / "static").rglob("*")), requirements]
    seen = [(str(f.relative_to(ROOT)), f.stat()) for f in files if f.is_file()]
    return "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in seen)
