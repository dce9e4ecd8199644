"""The site as production runs it: its own gunicorn settings, a database of its own, this machine only."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "faults"
#: Guards nothing: the databases made here hold invented and published data and are thrown away.
SECRET_KEY = hashlib.sha256(b"scripts/faults").hexdigest()
SEALING_KEY = SECRET_KEY[:43]
TEMPLATE_NAME = "faults_template"
#: What a prepared database depends on.
SOURCES = ("fixtures/**/*", "*/migrations/*.py", "services/loading.py", "services/fixture_*.py")
STARTS_WITHIN, STOPS_WITHIN = 90, 30


class Site:
    """Serves from the beginning to the end of a `with`; `folder` holds its database and its log.

    `env` is added to its environment. With `database` the database of that URL is used as it is;
    else a fresh one with the demo's cities is made.
    """

    def __init__(self, folder, *, workers=2, env=None, database=None, port=None):
        self.folder, self.port = Path(folder), port or free_port()
        self.database = database or fresh_database(self.folder)
        self.log = self.folder / "site.log"
        self.environment = {
            **without_ours(os.environ),
            "WAYMARK_ENV": "production",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": SECRET_KEY,
            "SEALING_KEYS": SEALING_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "BEHIND_PROXY": "1",
            "SITE_URL": "https://guide.example.org",
            "DATABASE_URL": self.database,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(workers),
            "LOG_LEVEL": "WARNING",
            **(env or {}),
        }

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        drop(self.database)

    def start(self):
        collect_static_files()
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
        with self.log.open("ab") as log:
            self.master = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            until(self.answers, STARTS_WITHIN, "the site to answer", self._gone)
        except TimeoutError as error:
            self.stop()
            raise TimeoutError(f"{error} It said: {self.logged()[-1500:]}") from error

    def stop(self):
        if self.master.poll() is None:
            self.master.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.master.wait(STOPS_WITHIN)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.master.pid, signal.SIGKILL)
        self.master.wait()

    def _gone(self):
        return self.master.poll() is not None

    def workers(self):
        """The processes that answer, oldest first."""
        return sorted(children_of(self.master.pid))

    def answers(self):
        """Whether the site says that it is well."""
        return answers(self.port)

    def is_ready(self):
        """Whether the site says that its database answers."""
        return answers(self.port, "/readyz")

    def manage(self, *arguments, **environment):
        """Run a command of `manage.py`; the finished process."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def inside(self, what, *arguments):
        """What `scripts.faults.inside` says, which runs with the site's settings."""
        return inside(self.environment, what, *arguments)

    def query(self, sql, *values):
        """Rows of the site's database."""
        with contextlib.closing(connect(self.database)) as connection:
            mark = "?" if self.is_sqlite else "%s"
            found = connection.execute(sql.replace("?", mark), values)
            return found.fetchall() if found.description else []

    @property
    def is_sqlite(self):
        return self.database.startswith("sqlite")

    def logged(self):
        return self.log.read_text(errors="replace")


def answers(port, path="/healthz"):
    """Whether the site behind a port says that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as page:
            return page.status == 200
    except OSError:
        return False


def inside(environment, what, *arguments):
    ended = subprocess.run(
        [sys.executable, "-m", "scripts.faults.inside", what, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"{what} failed:\n{ended.stderr[-2000:]}")
    return json.loads(ended.stdout.splitlines()[-1])


def without_ours(environment):
    """The environment without settings of the site that happen to be set here."""
    ours = ("DJANGO_", "WAYMARK_", "DATABASE_", "API_", "EMAIL_", "GUNICORN_", "WEB_")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}


def connect(url):
    if url.startswith("sqlite"):
        return sqlite3.connect(path_of(url), timeout=30, isolation_level=None)
    import psycopg

    return psycopg.connect(url, autocommit=True)


def path_of(url):
    return url.removeprefix("sqlite:///")


def fresh_database(folder):
    """The URL of a database with the demo's cities: on the server of DATABASE_URL, else a file.

    What it is copied from is made once for a state of the code: about a minute.
    """
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        return _fresh_on(server)
    copy = Path(folder) / "site.sqlite3"
    shutil.copy(sqlite_template(), copy)
    return f"sqlite:///{copy}"


def _fresh_on(server):
    name = f"faults_{os.getpid()}_{time.monotonic_ns()}"
    with contextlib.closing(connect(server)) as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(known, [TEMPLATE_NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {TEMPLATE_NAME}")
            fill(renamed(server, TEMPLATE_NAME))
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE_NAME}")
    return renamed(server, name)


def drop(url):
    """Remove a database that was made here on a server; a file goes with its folder."""
    name = urlsplit(url).path.strip("/")
    if url.startswith("postgres") and name.startswith("faults_"):
        with contextlib.closing(connect(os.environ["DATABASE_URL"])) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def renamed(url, name):
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def sqlite_template():
    kept = CACHE / f"{_state()}.sqlite3"
    with one_at_a_time():
        if not kept.exists():
            _make_template(kept)
    return kept


def _make_template(kept):
    for old in CACHE.glob("*.sqlite3"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=CACHE) as new:
        made = Path(new) / "site.sqlite3"
        fill(f"sqlite:///{made}")
        # Else the last pages would stay behind in the log beside it.
        with contextlib.closing(sqlite3.connect(made)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made.replace(kept)


def _state():
    found = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file()})
    digest = hashlib.sha256()
    for path in found:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def fill(url):
    """Make the tables and load the demo's cities, as if each had gone live."""
    say("Making a database with the demo's cities, about a minute …")
    environment = {**without_ours(os.environ), "WAYMARK_ENV": "demo", "DATABASE_URL": url}
    inside(environment | {"SECRET_KEY": SECRET_KEY, "SEALING_KEYS": SEALING_KEY}, "fill")


def collect_static_files():
    """Production reads the list of their names; made where it is missing or older than a file."""
    names = ROOT / "staticfiles" / "staticfiles.json"
    with one_at_a_time():
        newest = max(file.stat().st_mtime for file in (ROOT / "static").rglob("*"))
        if names.exists() and names.stat().st_mtime > newest:
            return
        environment = {**without_ours(os.environ), "WAYMARK_ENV": "demo"}
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


@contextlib.contextmanager
def one_at_a_time():
    """What is kept for the next run is made by one process."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "making").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def children_of(pid):
    """Ids of the processes that a process started."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(child) for child in listed.split()]


def has_served(pid):
    """Whether a worker has answered something: its threads begin with the first request."""
    try:
        return len(os.listdir(f"/proc/{pid}/task")) > 1
    except FileNotFoundError:
        return False


def memory_of(pid):
    """Megabytes of a process, with its part of what it shares with others (PSS); 0 once it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def until(holds, seconds, what, is_hopeless=lambda: False):
    """Wait until something holds; how long that took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds or is_hopeless():
            raise TimeoutError(f"Waited {time.monotonic() - began:.0f} s in vain for {what}.")
        time.sleep(0.05)
    return time.monotonic() - began


def say(words):
    print(words, file=sys.stderr, flush=True)
