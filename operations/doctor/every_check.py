"""Importing this puts every check into the list."""

from operations.doctor import (  # noqa: F401
    content,
    database,
    environment,
    machine,
    mail,
    postgresql,
    sqlite,
    upkeep,
)
