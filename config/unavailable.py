"""One calm answer while the database cannot be reached or written: 503, try later.

A full disk, a lock that is held for too long, a server that is away or was promoted elsewhere are
no faults of the program, and end by themselves or by the hand of whoever runs the machine.
"""

import errno
import logging
import sqlite3

from django.db import Error, OperationalError
from django.http import HttpResponse
from django.template.loader import get_template

from services.api.outside import drain, is_for_a_program, problem

RETRY_AFTER_SECONDS = 60
#: What SQLite says of a machine, not of a statement: https://www.sqlite.org/rescode.html
SQLITE_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
#: Classes of PostgreSQL's codes for the same, and "read-only transaction": a standby was asked.
SQLSTATES = ("08", "40", "53", "55P03", "57", "58", "25006")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

log = logging.getLogger(__name__)


class CalmAnswer:
    """Answers what a view could not do because the database is away or full.

    What fails outside of views comes to `config.pages.broken`, which asks the same question.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        return answer(request, error) if is_why(error) else None


def is_why(error):
    """Whether this error says that the database, or the disk, cannot be used for now."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, Error) and _is_of_the_machine(error)


def _is_of_the_machine(error):
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # An extended code holds the plain one in its last byte.
        return (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in SQLITE_CODES
    state = getattr(cause, "sqlstate", None)
    # psycopg has no code where no server answered.
    return state.startswith(SQLSTATES) if state else isinstance(error, OperationalError)


def answer(request, error):
    """The page, or problem details for a program; nothing of the error but its kind is logged."""
    drain(request)
    cause = error.__cause__ or error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "-"
    log.error("Answered 503: %s, code %s", type(cause).__name__, code)
    response = (
        problem(503)
        if is_for_a_program(request)
        else HttpResponse(get_template("503.html").render(), status=503)
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
