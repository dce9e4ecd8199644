"""The site's own database, as settings name it, and what it remembers of its backups."""

import contextlib
from pathlib import Path

from django.db import DatabaseError, connection
from django.utils import timezone

from operations.backup.postgresql import PostgreSQL
from operations.backup.sqlite import SQLite
from operations.models import Upkeep


def database(*, only_read=False):
    """The database of DATABASE_URL, for a backup or a restore; Django's own connection is closed."""
    connection.close()
    if connection.vendor == "sqlite":
        return SQLite(connection.settings_dict["NAME"])
    return PostgreSQL(connection.get_connection_params(), only_read=only_read)


def note(name, error=None):
    """Remember that upkeep of this name was done or failed, where the database can be written.

    Of an error its type is kept. A database that is not there is not made for this.
    """
    if not _is_there():
        return
    with contextlib.suppress(DatabaseError):
        if error is None:
            Upkeep.succeeded(name)
            return
        values = {"finished_at": timezone.now(), "error": type(error).__name__}
        Upkeep.objects.update_or_create(name=name, defaults=values)


def _is_there():
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        return True
    return Path(connection.settings_dict["NAME"]).exists()
