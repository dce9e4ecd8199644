"""What every test gets: no network, no memory of the test before, English."""

import ipaddress
import os
import socket
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils import translation

from referrals.statistics import dead_ends
from services import directory, names, questions
from services.hsds import counts, vocabulary
from services.keeping import shown

#: Fixtures that lead to a database; one that a marker asks for is among them.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "running_site"}


def pytest_collection_modifyitems(config, items):
    """`scripts/test` asks each question once where the database cannot change the answer."""
    wanted = {
        "all-but-browser": lambda item: not _is_in_browser(item),
        "database": lambda item: _is_in_browser(item) or _uses_database(item),
    }.get(os.environ.get("WAYMARK_TESTS"), lambda item: True)
    left_out = [item for item in items if not wanted(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if wanted(item)]


def _is_in_browser(item):
    return Path(__file__).parent / "e2e" in item.path.parents


def _uses_database(item):
    """Whether another database could answer otherwise: not where a test reads listings once and computes."""
    if item.get_closest_marker("any_database"):
        return False
    marked = item.get_closest_marker("django_db") is not None
    return marked or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Reaching beyond this machine is an error, so that no test sends or fetches anything."""
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self, address):
        _refuse_unless_local(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        _refuse_unless_local(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host, *args, **kwargs):
        _refuse_unless_loopback(host)
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Directories kept in memory, Django's cache and the language are those of a fresh process."""
    directory.forget()
    names.forget()
    questions.forget()
    vocabulary.forget()
    counts.forget()
    shown.forget()
    dead_ends.forget()
    cache.clear()
    translation.activate("en")
    yield
    translation.deactivate_all()
    directory.forget()


@pytest.fixture(autouse=True)
def browsers_want_english(monkeypatch):
    """As most browsers say a language, and the tests read English; `accept_language=""` says none."""
    of_request = RequestFactory._base_environ

    def base_environ(self, **request):
        return of_request(self, **{"HTTP_ACCEPT_LANGUAGE": "en", **self.defaults, **request})

    monkeypatch.setattr(RequestFactory, "_base_environ", base_environ)


@pytest.fixture(scope="module")
def four_cities(django_db_setup, django_db_blocker):
    """The four pilot cities and the toolboxes as shipped, loaded once for a module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        _load_cities()
        _on_postgresql("ANALYZE")
        yield
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        _on_postgresql("VACUUM")


#: (model, its rows) as they stood after the first load of this process.
_loaded = []


def _load_cities():
    """Load the files once; for later modules write the same rows again, which takes a tenth of the time."""
    if not _loaded:
        call_command("load_cities", verbosity=0)
        call_command("load_toolboxes", verbosity=0)
        for app in ("services", "learning"):
            models = apps.get_app_config(app).get_models(include_auto_created=True)
            _loaded.extend((model, list(model._base_manager.all())) for model in models)
        return
    for model, rows in _loaded:
        # Migrations leave rows too, which the load has changed. No signal: nothing is to be recorded.
        model._base_manager.all()._raw_delete(connection.alias)
        model._base_manager.bulk_create(rows, batch_size=500)


def _on_postgresql(command):
    """What a running server does by itself: know what is in its tables, forget what was taken back.

    Without it queries get slower with every module that loads the cities and takes them back.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A server in this process may have bound what visitors' statements may take.
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(command)
            cursor.execute("RESET statement_timeout")


class NetworkUsedError(AssertionError):
    """A test tried to reach another machine."""


def _refuse_unless_local(family, address):
    if family == socket.AF_UNIX:
        return
    _refuse_unless_loopback(address[0])


def _refuse_unless_loopback(host):
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        local = ipaddress.ip_address(name).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NetworkUsedError(f"A test tried to reach {name}: no test may leave this machine.")
