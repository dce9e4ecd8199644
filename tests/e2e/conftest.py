"""The site as `make run` serves it, with a database of its own, and a real browser before it."""

import contextlib
import functools
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from tests.e2e import elsewhere, signing_in

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300
#: How the message ends that `make run` prints last.
LAST_WORDS = "(at /admin/)"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site(running_site):
    """The address of a running site with the four cities."""
    return running_site[0]


@pytest.fixture(scope="session")
def site_log(running_site):
    """The file that holds everything the running site has said."""
    return running_site[1]


@pytest.fixture(scope="session")
def site_shell(running_site):
    """A function that runs Python beside the running site, on its database; what was printed last."""

    def run(code):
        shell = [sys.executable, "manage.py", "shell", "-c", code]
        done = subprocess.run(
            shell, cwd=ROOT, env=running_site[2], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    return run


@pytest.fixture(scope="session")
def session_of(running_site):
    """`session_of(role, city_slug)`: the key of a session of somebody with that role in the running site."""
    return functools.partial(signing_in.session_of, running_site[2])


@pytest.fixture(scope="session")
def running_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    port = _free_port()
    with _database(folder) as database_url, open(folder / "log", "wb") as log:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "PORT": str(port),
            "LEAVE_URL": elsewhere.ADDRESS,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "WAYMARK_ENV": "demo",
            # Other processes of these tests know it too: they sign people in.
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "scripts.demo"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", server, folder / "log")
            yield f"http://127.0.0.1:{port}", folder / "log", environment
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="session")
def port_elsewhere(tmp_path_factory):
    """The port on which the site that *Leave now* opens is answered."""
    with elsewhere.running(tmp_path_factory.mktemp("elsewhere")) as port:
        yield port


# Not kept for the whole session: while Playwright runs, Django refuses to use the database.
@pytest.fixture(scope="module")
def browser(port_elsewhere):
    """A browser that finds this machine, and no other."""
    here = "EXCLUDE 127.0.0.1, EXCLUDE localhost"
    names = f"MAP {elsewhere.HOST} 127.0.0.1:{port_elsewhere}, MAP * ~NOTFOUND, {here}"
    flags = [*FLAGS, f"--host-resolver-rules={names}"]
    executable = _chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def open_browser(browser, site):
    """A function that opens a `Visit` with the wishes of one visitor; all are closed afterwards.

    `at` is another address of the same site.
    """
    with contextlib.ExitStack() as stack:

        def opened(*, at=site, **wishes):
            context = browser.new_context(base_url=at, ignore_https_errors=True, **wishes)
            stack.callback(context.close)
            return Visit(context, at)

        yield opened


@pytest.fixture
def visit(open_browser):
    """A visitor with a small phone."""
    return open_browser(viewport={"width": 360, "height": 740})


class Visit:
    """One visitor's page, with the requests it made of other sites and what it complained of."""

    def __init__(self, context, site):
        self.context = context
        self.site = site
        self.foreign = []
        self.complaints = []
        context.on("request", self._note_request)
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address):
        return self.page.goto(address)

    @property
    def path(self):
        return urlsplit(self.page.url).path

    def _note_request(self, request):
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.foreign.append(request.url)

    def _note_console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def _chromium():
    """The system's browser; without one these tests are skipped, or fail where all must be there."""
    wanted = os.environ.get("CHROMIUM", "chromium chromium-browser google-chrome").split()
    found = next(filter(None, map(shutil.which, wanted)), None)
    if found:
        return found
    missing = "No page was tested in a browser: Chromium is not installed."
    if os.environ.get("WAYMARK_REQUIRE_ALL") == "1":
        pytest.fail(f"{missing} WAYMARK_REQUIRE_ALL=1 allows nothing to be missing.")
    pytest.skip(missing)


@contextlib.contextmanager
def _database(folder):
    """A new database of the kind that the tests run on."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    name = f"waymark_site_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _wait_for(address, server, log):
    """Until the site answers and has said so: what it prints then belongs to no request."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        # Refused, reset, or no answer yet: on a busy machine all three come before the first page.
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(address, timeout=5)
            if LAST_WORDS in log.read_text():
                return
        time.sleep(0.1)
    pytest.fail(f"The site did not start:\n{log.read_text()}")
