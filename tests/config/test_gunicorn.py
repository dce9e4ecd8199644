"""What the server writes about a request, and what it leaves out."""

import io
import json
import logging
import logging.config
import os
import re
import socket
import stat
import threading
from types import SimpleNamespace

import pytest

from config import gunicorn
from config.log_lines import JsonLine
from config.logs import network_of

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


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_questions_of_the_machine_leave_no_line(access_line, path):
    assert access_line(U=path) == ""


def test_wrong_token_for_metrics_leaves_a_line(access_line):
    assert "GET /metrics 401" in access_line(U="/metrics", s="401")


class TestJson:
    @pytest.fixture
    def entry(self, access_line):
        """A function giving the JSON object that a request leaves."""
        logger = logging.getLogger("gunicorn.access")
        logger.handlers[0].setFormatter(JsonLine())

        def parsed(**atoms):
            (line,) = access_line(**atoms).splitlines()
            return json.loads(line)

        return parsed

    def test_object_says_what_was_answered_and_nothing_else(self, entry):
        answered = entry()
        assert answered.pop("time").endswith("+00:00")
        assert answered == {
            "level": "INFO",
            "logger": "gunicorn.access",
            "message": "GET /rome/services/ 200 512 bytes 12 ms",
            "method": "GET",
            "path": "/rome/services/",
            "status": 200,
            "bytes": 512,
            "ms": 12,
            "client": "192.0.2.0/24",
        }

    @pytest.mark.parametrize("path", ["/check/canary/", "/x/?canary", "/handoff/canary"])
    def test_object_leaves_out_secrets_and_queries_in_a_path(self, entry, path):
        assert "canary" not in str(entry(U=path))

    def test_request_cannot_write_an_object_of_its_own(self, entry):
        assert entry(U='/x"}\n{"level": "FAKE')["path"] == '/x"}\\n{"level": "FAKE'

    def test_behind_a_proxy_the_address_is_what_the_proxy_names(self, entry, settings):
        settings.BEHIND_PROXY = True
        named = {"{x-forwarded-for}i": "203.0.113.9, 198.51.100.7"}
        assert entry(**named)["client"] == "198.51.100.0/24"
        assert entry()["client"] == "-"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::1", "::/48"),
        (" 192.0.2.77", "192.0.2.0/24"),
        ("", "-"),
        ("canary", "-"),
        ("192.0.2.77:8000", "-"),
    ],
)
def test_address_is_cut_so_that_it_leads_to_nobody(address, network):
    assert network_of(address) == network


def test_no_control_file_is_left_in_a_home_folder():
    assert gunicorn.control_socket_disable is True


def test_process_that_starts_workers_has_no_thread_when_it_forks(monkeypatch):
    """A lock that a thread holds in that moment is held in the worker for ever."""
    monkeypatch.setenv("READY_MESSAGE", "ready")
    monkeypatch.setattr(gunicorn, "_message", [])
    monkeypatch.setattr(gunicorn.gc, "freeze", lambda: None)
    before = threading.active_count()
    gunicorn.when_ready(None)
    assert threading.active_count() == before
    assert "READY_MESSAGE" not in os.environ
    assert gunicorn._message == ["ready"]


def test_client_that_stalls_is_left(monkeypatch):
    monkeypatch.setattr(gunicorn, "CLIENT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gunicorn.limit_waiting(listener)
        with socket.create_connection(listener.getsockname()):
            taken, _address = listener.accept()
            with taken:
                # As gunicorn does before it reads.
                taken.setblocking(True)
                with pytest.raises(BlockingIOError):
                    taken.recv(1)


def test_client_that_stalls_leaves_one_line(caplog):
    try:
        raise BlockingIOError("canary")
    except BlockingIOError as error:
        told = (BlockingIOError, error, error.__traceback__)
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, "Socket error", (), told)
    assert gunicorn.StalledClients().filter(record)
    assert (record.levelname, record.getMessage()) == ("INFO", "A client stalled and was left.")
    assert record.exc_info is None


def test_other_errors_of_a_socket_stay(caplog):
    told = (OSError, OSError("broken"), None)
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, "Socket error", (), told)
    assert gunicorn.StalledClients().filter(record)
    assert (record.levelname, record.exc_info) == ("ERROR", told)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of gunicorn's as far as its hooks look at it."""
    monkeypatch.setattr(gunicorn, "worker_tmp_dir", str(tmp_path))
    cfg = SimpleNamespace(uid=os.getuid(), gid=os.getgid())
    return SimpleNamespace(WORKERS={}, cfg=cfg)


def test_folders_of_the_workers_are_for_nobody_else_and_go_with_the_server(server, tmp_path):
    gunicorn.on_starting(server)
    folders = list(tmp_path.iterdir())
    assert {str(folder) for folder in folders} == {server.counts, server.shared}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    gunicorn.on_exit(server)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["counts", "shared"])
def test_folder_of_a_server_that_was_killed_is_removed_and_of_a_living_one_stays(
    server, tmp_path, kind
):
    (tmp_path / f"waymark-{kind}-999999999-a").mkdir()
    living = tmp_path / f"waymark-{kind}-{os.getpid()}-b"
    living.mkdir()
    gunicorn.on_starting(server)
    left = {str(folder) for folder in tmp_path.iterdir()}
    assert left == {str(living), server.counts, server.shared}


def test_where_memory_for_files_is_short_what_is_shared_lies_on_the_disk(
    server, tmp_path, tmp_path_factory, monkeypatch
):
    disk = tmp_path_factory.mktemp("disk")
    monkeypatch.setattr(gunicorn, "ROOM_FOR_SHARED", 2**80)
    monkeypatch.setattr(gunicorn.tempfile, "gettempdir", lambda: str(disk))
    gunicorn.on_starting(server)
    assert os.path.dirname(server.counts) == str(tmp_path)
    assert os.path.dirname(server.shared) == str(disk)


def test_new_worker_takes_the_place_of_one_that_ended(server):
    for pid in (1, 2, 3):
        server.WORKERS[pid] = SimpleNamespace()
        gunicorn.pre_fork(SimpleNamespace(WORKERS=_others(server, pid)), server.WORKERS[pid])
    assert [worker.place for worker in server.WORKERS.values()] == [0, 1, 2]
    del server.WORKERS[2]
    new = SimpleNamespace()
    gunicorn.pre_fork(server, new)
    assert new.place == 1


def _others(server, pid):
    return {other: worker for other, worker in server.WORKERS.items() if other != pid}
