"""Whether the site lives, and whether it is ready: what a container platform or a proxy asks.

`healthz` says that the process answers. It asks nothing else: a platform restarts what does not
live, and no restart brings a database back. `readyz` says whether visitors should be sent here.
"""

import datetime
import functools
import importlib
import logging
import pkgutil
import threading
import time

from django.apps import apps
from django.db import Error, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from referrals.checks import pathway_data

#: So long an answer of `readyz` stands: many questions a second cost no more than one.
SECONDS = 2

log = logging.getLogger(__name__)


@require_safe
def healthz(request):
    """200 `ok` as long as this process answers, whatever else is broken."""
    return _text("ok\n")


@require_safe
def readyz(request):
    """200 `ready`, or 503 with a line for each part that is not; no names of machines, no errors."""
    faults = readiness.faults()
    if not faults:
        return _text("ready\n")
    response = _text("".join(["not ready\n", *(f"{fault}\n" for fault in faults)]), status=503)
    # Django would log every single one; `Readiness` says when it changes.
    response._has_been_logged = True
    return response


def _text(words, status=200):
    return HttpResponse(words, status=status, content_type="text/plain")


class Readiness:
    """What keeps this process from serving, looked up every few seconds at most.

    While one thread looks, others get the answer before: a database that hangs must not hold them all.
    """

    def __init__(self):
        self._looking = threading.Lock()
        self.forget()

    def forget(self):
        """Look again at the next question."""
        self._faults, self._looked_at = None, 0.0

    def faults(self):
        """Words for whoever runs the site, one text a fault; empty when it is ready."""
        if not self._is_old() or not self._looking.acquire(blocking=self._faults is None):
            return self._faults
        try:
            if self._is_old():
                self._look()
        finally:
            self._looking.release()
        return self._faults

    def _is_old(self):
        return self._faults is None or time.monotonic() - self._looked_at > SECONDS

    def _look(self):
        faults, before = look(), self._faults or ()
        if faults != before:
            log.warning("Not ready. %s" if faults else "Ready again.%s", "; ".join(faults))
        self._faults, self._looked_at = faults, time.monotonic()


readiness = Readiness()


def look():
    """The faults of now; costs two queries, and once a day a reading of the pathway's files."""
    return tuple(filter(None, [database(), pathway()]))


def database():
    """What is wrong with the database that pages are read from.

    The first that answers counts: with the primary away a replica still serves readers and the guide.
    """
    for alias in connections:
        try:
            waiting = pending_migrations(connections[alias])
        except Error:
            continue
        return f"migrations: {waiting} not done, run manage.py migrate" if waiting else ""
    return "database: does not answer"


def pending_migrations(connection):
    """How many migrations of this code the database has not had; two queries."""
    done = MigrationRecorder(connection).applied_migrations()
    return len(_migrations() - done.keys())


@functools.cache
def _migrations():
    """(app, name) of each migration, by the names of files: importing them all would cost memory."""
    return frozenset(
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in pkgutil.iter_modules(_folder(app.label))
        if module.name[0] not in "_~"
    )


def _folder(label):
    name, _explicit = MigrationLoader.migrations_module(label)
    try:
        return importlib.import_module(name).__path__
    except ModuleNotFoundError:
        return []


def pathway():
    """Whether medical windows, rules or notices have expired since the site was started."""
    if _pathway_faults(datetime.datetime.now(datetime.UTC).date()):
        return "pathway: an entry has expired or is broken, see manage.py check"
    return ""


@functools.lru_cache(maxsize=1)
def _pathway_faults(day):
    return len(pathway_data(None))
