"""What the server writes about a request, and what it leaves out."""

import io
import logging
import logging.config
import os
import re
import threading

import pytest

from config import gunicorn

#: What gunicorn could tell about a request. Names: its documentation of `access_log_format`.
ATOMS = {
    "h": "192.0.2.7",
    "u": "somebody",
    "r": "GET /rome/services/?search=canary HTTP/1.1",
    "m": "GET",
    "U": "/rome/services/",
    "q": "search=canary",
    "s": "200",
    "B": 512,
    "M": 12,
    "f": "https://elsewhere.example/canary",
    "a": "A browser of 2026",
}


@pytest.fixture
def access_line():
    """A function giving the line that a request leaves in the log; empty when none."""
    # Without the root logger, which belongs to the tests.
    settings = {key: value for key, value in gunicorn.logconfig_dict.items() if key != "root"}
    logging.config.dictConfig(settings)
    access = logging.getLogger("gunicorn.access")

    (handler,) = access.handlers

    def line(**atoms):
        handler.stream = io.StringIO()
        access.info(gunicorn.access_log_format, ATOMS | atoms)
        return handler.stream.getvalue()

    yield line
    for name in settings["loggers"]:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.filters.clear()
        logger.propagate = True


def test_line_says_what_was_answered(access_line):
    assert "GET /rome/services/ 200 512 bytes 12 ms" in access_line()


def test_line_leaves_out_a_secret_in_the_path(access_line):
    line = access_line(U="/check/canary/")
    assert "GET /check/*** 200" in line
    assert "canary" not in line


@pytest.mark.parametrize("atom", ["h", "u", "q", "f", "a"])
def test_line_leaves_out_who_asked_and_for_what(access_line, atom):
    assert str(ATOMS[atom]) not in access_line()


def test_format_uses_no_atom_that_could_tell(access_line):
    assert set(re.findall(r"%\((\w+)\)", gunicorn.access_log_format)) <= {"m", "U", "s", "B", "M"}


def test_health_checks_leave_no_line(access_line):
    assert access_line(U=gunicorn.HEALTH_PATH) == ""


def test_no_control_file_is_left_in_a_home_folder():
    assert gunicorn.control_socket_disable is True


def test_process_that_starts_workers_has_no_thread_when_it_forks(monkeypatch):
    """A lock that a thread holds in that moment is held in the worker for ever."""
    monkeypatch.setenv("READY_MESSAGE", "ready")
    monkeypatch.setattr(gunicorn, "_message", [])
    before = threading.active_count()
    gunicorn.when_ready(None)
    assert threading.active_count() == before
    assert "READY_MESSAGE" not in os.environ
    assert gunicorn._message == ["ready"]
