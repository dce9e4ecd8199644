"""Whether a bulk import is running: what others do at every change is then done once, at its end."""

import contextlib
import threading


class _Import(threading.local):
    running = False
    touched = frozenset()


_import = _Import()


@contextlib.contextmanager
def running():
    """A bulk import in this thread, for as long as the block lasts."""
    _import.running, _import.touched = True, frozenset()
    try:
        yield
    finally:
        _import.running = False


def touch(service_ids):
    """Remember that these services changed."""
    _import.touched |= frozenset(service_ids)


def touched():
    """The ids of the services that changed in the import that runs or has just ended."""
    return _import.touched


def is_running():
    """Whether a bulk import is running in this thread."""
    return _import.running
