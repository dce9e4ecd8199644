"""What can go wrong with a backup; each is one line that says what to do.

`operations.models.Upkeep` remembers the name of the class, never the line.
"""


class BackupError(Exception):
    """The work ended; what was there before is as it was."""


class NotSetError(BackupError):
    """What nobody can guess was not said: a key, a folder."""


class WrongKeyError(BackupError):
    """A key cannot be read, or is not the one that opens this file."""


class DamagedError(BackupError):
    """The file is no backup, or is cut or altered."""


class RefusedError(BackupError):
    """What was asked would overwrite something, or does not fit this site."""


class BusyError(BackupError):
    """Somebody else has the database or the folder."""


class NoRoomError(BackupError):
    """There is too little space."""


class ToolError(BackupError):
    """A program of PostgreSQL is missing, too old, or failed."""


class ProofError(BackupError):
    """What was restored is not what was backed up."""
