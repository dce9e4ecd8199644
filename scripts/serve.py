"""Check what production needs, prepare it, then become its server.

`make serve` calls this with the packages installed. Whatever keeps it from starting is one line.
"""

import multiprocessing
import os
import re
import shutil
import stat
import sys
from pathlib import Path

from scripts import check_port, static_files

ROOT = static_files.ROOT
MOST_WORKERS = 64
#: `NAME=value`; the value as it stands, or in quotes of one kind that belong to it.
_SETTING = re.compile(r"(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


class RefusalError(Exception):
    """Why the site does not start, in one line for whoever runs it."""


def main():
    os.chdir(ROOT)
    try:
        os.environ.update(serving_environment())
        set_up()
        prepare_apart()
    except RefusalError as refusal:
        sys.exit(str(refusal))
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"])


def serving_environment():
    """The environment, filled up from `ENV_FILE`, for production."""
    environment = read_file(os.environ.get("ENV_FILE", "")) | dict(os.environ)
    if environment.setdefault("WAYMARK_ENV", "production") != "production":
        raise RefusalError(
            "WAYMARK_ENV: make serve is for production, leave it out. make run starts a demo."
        )
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    check_numbers(environment)
    return environment


def check_numbers(environment):
    """Refuse what the server could not read."""
    workers = environment.get("WEB_CONCURRENCY", "1")
    if not re.fullmatch(r"[0-9]{1,3}", workers) or not 1 <= int(workers) <= MOST_WORKERS:
        raise RefusalError(
            f"WEB_CONCURRENCY is “{workers}”: use a whole number, 1 to {MOST_WORKERS}."
        )
    elsewhere = "bind" in environment.get("GUNICORN_CMD_ARGS", "") or "LISTEN_FDS" in environment
    if not elsewhere and (why := check_port.refusal(environment.get("PORT", "8000"), "make serve")):
        raise RefusalError(why)


def read_file(name):
    """The settings of a file with a line `NAME=value` for each, which is read and never run."""
    if not name:
        return {}
    try:
        text = Path(name).read_text(encoding="utf-8")
        mode = Path(name).stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise RefusalError(f"ENV_FILE “{name}” cannot be read: {why}.") from error
    if mode & stat.S_IROTH:
        raise RefusalError(f"ENV_FILE can be read by everybody on this machine: chmod o-rwx {name}")
    numbered = enumerate(text.splitlines(), start=1)
    lines = ((number, line.strip()) for number, line in numbered)
    return dict(_setting(number, line) for number, line in lines if line and line[0] != "#")


def _setting(number, line):
    match = _SETTING.fullmatch(line)
    value = match and match[2].strip()
    quoted = match and _QUOTED.fullmatch(value)
    if not match or (value[:1] in ("'", '"') and not quoted):
        raise RefusalError(
            f"ENV_FILE, line {number}: write NAME=value, and nothing else on the line."
        )
    return match[1], (quoted[1] or quoted[2] or "") if quoted else value


def set_up():
    """Read the settings and import the site."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise RefusalError(str(error)) from error


def prepare_apart():
    """Prepare in a process of its own, so that nothing it opened or read stays with the server."""
    preparing = multiprocessing.get_context("fork").Process(target=_prepare_or_say_why)
    preparing.start()
    preparing.join()
    if preparing.exitcode:
        sys.exit(preparing.exitcode)


def _prepare_or_say_why():
    try:
        prepare()
    except RefusalError as refusal:
        sys.exit(str(refusal))


def prepare():
    """Check the site and bring its tables, translations and static files up to date."""
    from django.core.management import CommandError
    from django.db import Error

    try:
        bring_tables_up_to_date()
        run_checks()
        compile_translations()
        static_files.collect(clear=False)
    except CommandError as error:
        raise RefusalError(" ".join(str(error).split())) from error
    except Error as error:
        words = " ".join(str(error).split())
        raise RefusalError(f"The database cannot be used, see DATABASE_URL: {words}") from error
    except OSError as error:
        raise RefusalError(f"{error.filename} cannot be used: {error.strerror}.") from error


def run_checks():
    """Refuse what must not go into production; the first fault is named."""
    from django.core import checks

    found = checks.run_checks(include_deployment_checks=True)
    faults = [fault for fault in found if fault.is_serious() and not fault.is_silenced()]
    if faults:
        fault, others = faults[0], len(faults) - 1
        words = f"{fault.msg} {fault.hint or ''}".strip()
        more = f" {others} more: manage.py check --deploy." if others else ""
        raise RefusalError(f"{words} ({fault.id}){more}")


def bring_tables_up_to_date():
    """Migrate where `MIGRATE` is 1; else refuse while there is something to migrate."""
    from django.core.management import call_command
    from django.db import connection

    from operations.health import pending_migrations

    waiting = pending_migrations(connection)
    if waiting and os.environ.get("MIGRATE") != "1":
        raise RefusalError(
            f"Migrations wait: {waiting}. Back the database up, then: MIGRATE=1 make serve "
            "(or manage.py migrate, with the same settings)."
        )
    if waiting:
        call_command("migrate", verbosity=0, interactive=False)


def compile_translations():
    """Where the tool for it is there; without it the site speaks the languages compiled before."""
    from django.core.management import call_command

    if shutil.which("msgfmt"):
        call_command("compilemessages", verbosity=0)


if __name__ == "__main__":
    main()
