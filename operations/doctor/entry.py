"""The way in: it needs no settings that load, no packages, no database, nothing to be writable."""

import argparse
import logging
import os
import re

from operations.doctor import screen
from operations.doctor.finding import Finding, Level, Report

#: The code under which a wrong variable is told; of the others it is `OTHERS`.
CODES = {
    "WAYMARK_ENV": "D03",
    "SECRET_KEY": "D02",
    "SECRET_KEY_FALLBACKS": "D02",
    "ALLOWED_HOSTS": "D04",
    "SITE_URL": "D05",
    "EMAIL_URL": "D10",
    "DEFAULT_FROM_EMAIL": "D11",
    "DATABASE_URL": "D20",
    "DATABASE_REPLICA_URL": "D35",
    "SEALING_KEYS": "D09",
    "BACKUP_PUBLIC_KEY": "D42",
    "BACKUP_DIR": "D42",
}
OTHERS = "D01"
HELP = "docs/operators.md says what each variable takes"
#: What is wrong, perhaps with the value in quotes, and after it what to write.
_SAID = re.compile(r"(?P<what>\S+ [^“]*?(?:“.*”)?[^“:.]*)[:.] (?P<mend>.+)")


def main(arguments):
    """Print the screen; the exit code says 0 fine, 1 risks, 2 faults."""
    parser = argparse.ArgumentParser(
        prog="manage.py doctor", description=__doc__.partition("\n")[0]
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    # What the site would log while it is looked at is said on the screen, or is nothing new.
    logging.disable(logging.CRITICAL)
    report = examine()
    print(screen.as_json(report) if options.json else screen.as_text(report))  # noqa: T201
    return report.exit_code


def add_arguments(parser):
    parser.add_argument("--json", action="store_true", help="for programs, the same as JSON")


def examine():
    """The `Report` of this machine, whatever state it is in."""
    environ = dict(os.environ)
    aside = {}
    try:
        return _looked_at(aside, environ)
    except Exception as error:  # noqa: BLE001  (it is told, whatever it is)
        return Report(findings=[*_told(aside), _does_not_load(error)])


def _looked_at(aside, environ):
    """Fills `aside` with what settings refuse, and goes on without it."""
    import django

    from operations.doctor import variables

    variables.set_wrong_aside(aside)
    django.setup()
    from django.db import connections

    from operations.doctor import every_check  # noqa: F401  (they register themselves)
    from operations.doctor.looking import look
    from operations.doctor.site import Site

    try:
        return look(Site(aside=aside, environ=environ), told=_told(aside))
    finally:
        # So that SQLite leaves no files of its own behind.
        connections.close_all()


def _told(aside):
    return [_wrong(name, said) for name, said in aside.items()]


def _wrong(name, said):
    code = CODES.get(name, OTHERS)
    parts = _SAID.fullmatch(said)
    if parts is None:
        return Finding(code, Level.FAULT, said, HELP)
    mend = parts["mend"]
    return Finding(code, Level.FAULT, f"{parts['what']}.", mend[0].upper() + mend[1:])


def _does_not_load(error):
    """A missing package, a damaged file: the type and place of the error, on one line."""
    where = error.__traceback__
    while where.tb_next:
        where = where.tb_next
    place = f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}"
    named = f" {error.name}" if isinstance(error, ImportError) and error.name else ""
    return Finding(
        OTHERS,
        Level.FAULT,
        f"The site does not load: {type(error).__name__}{named} at {place}.",
        "python -m pip install --require-hashes -r requirements/base.txt, or install the release again",
    )
