"""Whether a bulk import is running: what others do at every change is then done once, at its end."""

import contextlib
import threading


class _Import(threading.local):
    running = False


_import = _Import()


@contextlib.contextmanager
def running():
    """A bulk import in this thread, for as long as the block lasts."""
    _import.running = True
    try:
        yield
    finally:
        _import.running = False


def is_running():
    """Whether a bulk import is running in this thread."""
    return _import.running
