"""A database of its own and servers on it, for as long as a block lasts."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def database(url, folder, name):
    """A new database beside the one of this address; its own address. Nobody's is touched."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder}/{name}.sqlite3"
        return
    import psycopg

    own = f"waymark_bench_{os.getpid()}_{name}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{own}"')
    try:
        yield url.rpartition("/")[0] + f"/{own}"
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')


def megabytes_of(url):
    """What the database of this address takes."""
    if url.startswith("sqlite"):
        return Path(url.removeprefix("sqlite:///")).stat().st_size / 1e6
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        size = server.execute("SELECT pg_database_size(current_database())").fetchone()
    return size[0] / 1e6


class Server:
    """A gunicorn with one worker that serves an application on this machine alone."""

    def __init__(self, process, port):
        self._process = process
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, path, body=None, headers=None):
        """(milliseconds, status, body) of one answer, over a connection of its own."""
        self._connection.close()
        start = time.perf_counter()
        method = "GET" if body is None else "POST"
        headers = {"Content-Type": "application/json"} if body and not headers else headers or {}
        self._connection.request(method, path, body=body, headers=headers)
        response = self._connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - start) * 1000
        self.etag = response.headers.get("ETag")
        return took, response.status, content

    @property
    def memory(self):
        """`Memory` of the worker."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        (pid,) = children.read_text().split()
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        found = {line.split()[0]: int(line.split()[1]) * 1024 / 1e6 for line in lines[1:]}
        return Memory(found["Pss:"], found["Rss:"])


class Memory(NamedTuple):
    """Megabytes of a process: with its part of what it shares with others, and with all of that."""

    part: float
    resident: float


@contextmanager
def server(application, url, **more):
    """A `Server` of this application on the database of this address, as the site is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", application]
    environment = {**os.environ, "PORT": str(port), "DATABASE_URL": url, **more}
    # Its log of every request would fill the screen; a status that is not expected is told.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, "--workers", "1"], cwd=ROOT, env=environment, **quiet)
    try:
        found = Server(process, port)
        _wait_for(found, process)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(found, process):
    for _try in range(600):
        try:
            found.ask("/healthz")
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit("The server did not start: see what its command says when it is run by itself.")
