"""Workers are replaced without dropping a request: `kill -HUP` of the server, under load."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
CLIENTS, MOST, WORKERS = 4, 2000, 2


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_until(holds):
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.1)


def answer(port):
    """The status of one request, or the type of the error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()


@pytest.fixture
def server(tmp_path):
    """(process, port, a function giving how often a word is in its log) of a site with two workers."""
    port, path = free_port(), tmp_path / "log"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "WAYMARK_ENV": "demo",
        "SECRET_KEY": "of-this-test-alone-" * 4,
        "PORT": str(port),
        "LOG_LEVEL": "info",
        "WEB_CONCURRENCY": str(WORKERS),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    with path.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_until(lambda: answer(port) == 200)
            yield process, port, lambda word: path.read_text().count(word)
        finally:
            process.terminate()
            process.wait(SECONDS)


@pytest.fixture
def load(server):
    """(answers, a function that ends it): requests one after another by some clients, not for ever."""
    answers, over = Counter(), threading.Event()

    def ask():
        for _each in range(MOST):
            if over.is_set():
                return
            answers[answer(server[1])] += 1
            time.sleep(0.02)

    clients = [threading.Thread(target=ask, daemon=True) for _each in range(CLIENTS)]
    for client in clients:
        client.start()

    def end():
        over.set()
        for client in clients:
            client.join(SECONDS)

    yield answers, end
    end()


def test_no_request_is_dropped_while_workers_are_replaced(server, load):
    process, _port, said = server
    answers, end = load
    wait_until(lambda: answers.total() > 50)
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: said("Booting worker") >= 2 * WORKERS and said("Worker exiting") >= WORKERS)
    before = answers.total()
    wait_until(lambda: answers.total() > before + 50)
    end()
    assert set(answers) == {200}
