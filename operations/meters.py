"""Counters for Prometheus that all workers of a server share, by files of one folder.

Every label comes from a short list written here: nothing of an address, a search or a person can
become one. Needs neither Django's settings nor its apps, so that the server may set it up before them.
"""

import functools
import logging
import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

KINDS = ("pages", "guide", "plan", "api", "hsds", "office", "static", "health", "other")
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
DATABASE_ERRORS = (
    "DataError", "DatabaseError", "IntegrityError", "InterfaceError", "InternalError",
    "NotSupportedError", "OperationalError", "ProgrammingError",
)  # fmt: skip
#: Seconds, closest where pages should be.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

#: Where prometheus-client looks for the folder.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
#: Room for every series there can be. A file that grew on a full disk would end its worker.
FILE_BYTES = 512 * 1024

log = logging.getLogger(__name__)


def share(folder, slot):
    """Count in files of this folder from now on, for the worker in this place.

    The next worker in the same place goes on with its files: counts never fall when one dies,
    and there are as many files as there were workers at once.
    """
    try:
        for kind in ("counter", "histogram"):
            _make_room(Path(folder) / f"{kind}_{slot}.db")
    except OSError as error:
        log.warning("Requests are counted in each worker alone: %s", error.strerror)
        return
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: slot)
    _meters.cache_clear()


def _make_room(file):
    with file.open("ab") as opened:
        # macOS has no such call; there the file grows as it is used.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(opened.fileno(), 0, FILE_BYTES)


def shared_registry():
    """A registry with the counts of every worker; of this process alone where none are shared."""
    if FOLDER not in os.environ:
        return _meters().registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def request_done(kind, method, status, seconds):
    """Count a request that was answered."""
    meters = _meters()
    method = method if method in METHODS else "other"
    meters.requests.labels(kind, method, f"{status // 100}xx").inc()
    meters.seconds.labels(kind).observe(seconds)
    if status == 429:
        meters.throttled.labels(kind).inc()


def database_error(name):
    """Count an error of the database, by the name of its class."""
    _meters().database_errors.labels(name if name in DATABASE_ERRORS else "DatabaseError").inc()


def directory_used(hits, reads):
    """Count how often a city's listings were in memory, and how often they were read."""
    directory = _meters().directory
    directory.labels("memory").inc(hits)
    directory.labels("database").inc(reads)


class Meters:
    def __init__(self):
        self.registry = CollectorRegistry()
        self.requests = self._counter(
            "requests", "Requests answered.", ["kind", "method", "status"]
        )
        self.throttled = self._counter(
            "throttled", "Requests refused because there were too many of them.", ["kind"]
        )
        self.database_errors = self._counter(
            "database_errors", "Requests whose view met an error of the database.", ["error"]
        )
        self.directory = self._counter(
            "directory", "Directories of cities asked for, by where they came from.", ["source"]
        )
        self.seconds = Histogram(
            "waymark_request_seconds",
            "How long requests took.",
            ["kind"],
            buckets=BUCKETS,
            registry=self.registry,
        )

    def _counter(self, name, words, labels):
        return Counter(f"waymark_{name}", words, labels, registry=self.registry)


@functools.cache
def _meters():
    """Made at the first count, when it is known whether files are shared."""
    return Meters()


def forget():
    """Count from nothing, in this process alone."""
    os.environ.pop(FOLDER, None)
    values.ValueClass = values.MutexValue
    _meters.cache_clear()
