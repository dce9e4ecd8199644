"""A full disk, a lock or a server that is away is a calm 503; a fault of the program stays a 500."""

import errno
import sqlite3

import psycopg
import pytest
from django.db import DataError, InternalError, OperationalError
from django.test import Client
from django.urls import include, path

from config import unavailable, urls
from services.api.outside import CONTENT_TYPE


def of_sqlite(code):
    name = "SQLITE_FULL"
    cause = sqlite3.OperationalError("canary-4711")
    return caused(OperationalError, cause, sqlite_errorcode=code, sqlite_errorname=name)


def of_postgresql(state, kind=OperationalError):
    return caused(kind, psycopg.OperationalError("canary-4711"), sqlstate=state)


def caused(kind, cause, **facts):
    for name, value in facts.items():
        setattr(cause, name, value)
    error = kind("canary-4711")
    error.__cause__ = cause
    return error


AWAY = {
    "full": of_sqlite(sqlite3.SQLITE_FULL),
    "locked": of_sqlite(sqlite3.SQLITE_BUSY),
    "locked by a snapshot": of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT),
    "read only": of_sqlite(sqlite3.SQLITE_READONLY),
    "disk error": of_sqlite(sqlite3.SQLITE_IOERR_WRITE),
    "no server": of_postgresql(None),
    "server full": of_postgresql("53100"),
    "server stops": of_postgresql("57P01"),
    "a standby": of_postgresql("25006", InternalError),
    "full for files": OSError(errno.ENOSPC, "canary-4711"),
}
OURS = {
    "no such table": of_sqlite(sqlite3.SQLITE_ERROR),
    "bad value": of_postgresql("22001", DataError),
    "no such file": FileNotFoundError(errno.ENOENT, "canary-4711"),
    "other": RuntimeError("canary-4711"),
}


@pytest.mark.parametrize("error", AWAY.values(), ids=AWAY)
def test_what_the_machine_cannot_do_now_is_known(error):
    assert unavailable.is_why(error)


@pytest.mark.parametrize("error", OURS.values(), ids=OURS)
def test_fault_of_the_program_is_none_of_the_machine(error):
    assert not unavailable.is_why(error)


def full(request):
    raise AWAY["full"]


def wrong(request):
    raise OURS["no such table"]


urlpatterns = [
    *[
        path(f"{prefix}{view.__name__}/", view)
        for prefix in ("api/v1/", "")
        for view in (full, wrong)
    ],
    path("", include("config.urls")),
]
handler500 = urls.handler500


@pytest.mark.urls(__name__)
class TestAnswers:
    @pytest.fixture
    def client(self):
        return Client(raise_request_exception=False)

    def test_page_is_calm_and_says_when_to_come_back(self, client):
        response = client.post("/full/")
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "60"
        text = response.content.decode()
        assert "What was here before is not lost" in text
        assert 'href="/leave/"' in text
        assert "The fault is ours" not in text

    def test_program_reads_problem_details(self, client):
        response = client.post("/api/v1/full/")
        assert response.headers["Content-Type"] == CONTENT_TYPE
        assert response.json()["status"] == response.status_code == 503
        assert response.headers["Retry-After"] == "60"

    def test_fault_of_the_program_stays_one(self, client):
        assert client.get("/wrong/").status_code == 500
        assert client.get("/api/v1/wrong/").status_code == 500

    def test_session_that_cannot_be_kept_is_calm_too(self, client, monkeypatch):
        """It is kept after the view, where no middleware hears of it."""
        monkeypatch.setattr("config.middleware.patch_vary_headers", lambda *_: full(None))
        assert client.get("/about/privacy/").status_code == 503

    def test_log_names_the_code_and_no_words(self, client, caplog):
        client.get("/full/?q=canary-4712")
        assert "OperationalError, code SQLITE_FULL" in caplog.text
        assert "canary-471" not in caplog.text

    def test_log_of_a_full_disk_is_short(self, client, caplog):
        client.get("/full/")
        assert "File " not in caplog.text
