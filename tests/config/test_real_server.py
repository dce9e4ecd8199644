"""A real gunicorn with two workers: what it writes, what it counts, and what it leaves behind.

Its database has no tables, so that some pages break: then a server says most.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from config.log_lines import FORMATS
from scripts.faults.site import collect_static_files

pytestmark = pytest.mark.any_database

CANARY = "quetzalcanary"
TOKEN = "a-token-of-some-length"
SECONDS = 60


def ask(server, path, *, data=None, **headers):
    """(status, body) of a request."""
    request = urllib.request.Request(server.address + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def numbers(server):
    return ask(server, "/metrics", Authorization=f"Bearer {TOKEN}")[1]


def counted(server):
    """How many requests were counted, of all kinds but the machine's own."""
    lines = [line for line in numbers(server).splitlines() if "requests_total{" in line]
    return sum(float(line.split()[-1]) for line in lines if "health" not in line)


def workers_of(process):
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def until(fits):
    deadline = time.monotonic() + SECONDS
    while not fits():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def environment(folder, port, form):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "WAYMARK_ENV": "demo",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "METRICS_TOKEN": TOKEN,
        "LOG_FORMAT": form,
    }


@contextlib.contextmanager
def running(folder, form):
    collect_static_files()
    port = _free_port()
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"],
            cwd=settings.BASE_DIR,
            env=environment(folder, port, form),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = SimpleNamespace(
        address=f"http://127.0.0.1:{port}", process=process, log=folder / "log", form=form
    )
    try:
        until(lambda: _answers(server))
        yield server
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def _answers(server):
    assert server.process.poll() is None, server.log.read_text()
    with contextlib.suppress(OSError):
        return ask(server, "/healthz")[0] == 200
    return False


@pytest.fixture(scope="module", params=FORMATS)
def server(request, tmp_path_factory):
    with running(tmp_path_factory.mktemp("server"), request.param) as server:
        yield server


def test_nothing_that_was_sent_is_written_or_counted(server):
    sent = {"User-Agent": CANARY, "Referer": f"https://{CANARY}.example/", "Cookie": f"a={CANARY}"}
    for path in (
        f"/about/privacy/?search={CANARY}",
        f"/harbour/services/?search={CANARY}",
        f"/check/{CANARY}/",
        f"/handoff/{CANARY}",
    ):
        ask(server, path, **sent)
    ask(server, "/api/v1/referral-plan", data=json.dumps({"city": CANARY}).encode(), **sent)
    ask(server, "/about/privacy/", Host=f"{CANARY}.example")
    # Lines of an answer are written after it.
    until(lambda: server.log.read_text().count("/about/privacy/") >= 3)
    written = server.log.read_text()
    assert "OperationalError" in written
    for text in (written, numbers(server)):
        assert CANARY not in text
        assert "127.0.0.1" not in text


def test_each_line_is_as_the_format_says(server):
    ask(server, "/about/privacy/")
    until(lambda: "/about/privacy/ 200" in server.log.read_text())
    lines = [line for line in server.log.read_text().splitlines() if "/about/privacy/ 200" in line]
    if server.form == "line":
        assert all("INFO gunicorn.access GET /about/privacy/ 200" in line for line in lines)
        return
    entries = [json.loads(line) for line in server.log.read_text().splitlines()]
    answered = [entry for entry in entries if entry.get("path") == "/about/privacy/"]
    assert {entry["client"] for entry in answered} == {"127.0.0.0/24"}
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, entries))


def test_machine_leaves_no_line_and_the_server_lives_without_tables(server):
    assert ask(server, "/healthz", Host="10.0.0.7") == (200, "ok\n")
    status, words = ask(server, "/readyz", Host="10.0.0.7")
    assert status == 503
    assert "migrations: " in words
    numbers(server)
    ask(server, "/about/privacy/?last")
    written = server.log.read_text()
    assert not any(path in written for path in ("/healthz", "/readyz", "/metrics"))


def test_killed_worker_is_replaced_and_its_counts_stay(server):
    for _time in range(8):
        ask(server, "/about/privacy/")
    before, old = counted(server), workers_of(server.process)
    os.kill(old[0], signal.SIGKILL)
    until(lambda: len(set(workers_of(server.process)) - {old[0]}) == 2)
    ask(server, "/about/privacy/")
    assert counted(server) == before + 1
    assert numbers(server).count("waymark_worker_memory_bytes{") == 2


def test_server_that_is_told_to_stop_finishes_and_leaves_no_counts(tmp_path):
    with running(tmp_path, "line") as server:
        shared = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp")
        folder = f"waymark-counts-{server.process.pid}-*"
        assert list(shared.glob(folder))
    assert server.process.returncode == 0
    assert not list(shared.glob(folder))
