"""What the processes of one server share of directories: who reads a city reads it for all of them.

Only what everybody may know of. It lies in a folder that the server makes at its start, in memory
where there is such a place, and takes away at its end (`config/gunicorn.py`); a process of another
kind shares nothing. With a value stands what it is of, and whoever finds it of a version before begins
with it.
"""

import contextlib
import pickle
import shutil
import zlib

from django.core.cache.backends.filebased import FileBasedCache

#: Directories at once.
MOST = 1_500
SECONDS = 24 * 60 * 60
#: Left to others who keep something in the same place.
LEFT_FREE = 256 * 1024 * 1024
#: What a file that is not whole, or gone, raises.
UNREADABLE = (OSError, zlib.error, pickle.UnpicklingError, EOFError)

_folder, _shared = None, None


def share(folder):
    """Look here from now on before a city is read; None: nowhere."""
    global _folder, _shared
    _folder = folder
    _shared = folder and FileBasedCache(folder, {"TIMEOUT": SECONDS, "MAX_ENTRIES": MOST})


def peek(*key):
    """What another process, or this one, has put there, or None."""
    if _shared is None:
        return None
    with contextlib.suppress(*UNREADABLE):
        return _shared.get(_name(key))


def put(value, *key):
    """Let others find a value, where there is room."""
    if _shared is None:
        return
    with contextlib.suppress(OSError):
        if shutil.disk_usage(_folder).free > LEFT_FREE:
            _shared.set(_name(key), value)


def _name(key):
    return ":".join(map(str, key))
