"""What the two commands share: an end in one line, whatever happened, and nothing left behind."""

import contextlib
import signal
import sqlite3
import sys
import threading

import psycopg
from django.core.management.base import CommandError

from operations.backup import site
from operations.backup.errors import BackupError

#: What a shell says of a program that was asked to end.
TERMINATED = 128 + signal.SIGTERM


@contextlib.contextmanager
def one_line(upkeep=None):
    """Turn what fails into one line and a code that is not 0, and note its type where that is asked.

    Of errors of databases only the type is said: their words may quote a row. Who is asked to end
    (`systemctl stop`) clears up first.
    """
    try:
        with _clearing_up_when_asked_to_end():
            yield
    except (BackupError, OSError, sqlite3.Error, psycopg.Error) as error:
        if upkeep:
            site.note(upkeep, error)
        raise CommandError(_in_words(error)) from error


@contextlib.contextmanager
def _clearing_up_when_asked_to_end():
    if threading.current_thread() is not threading.main_thread():
        # Only there signals are heard.
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _in_words(error):
    if isinstance(error, BackupError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}: {error.filename or 'a file'}."
    return f"The database refused: {type(error).__name__}."
