"""The primary database stops, hangs and comes back, then its replica does, while somebody reads.

`scripts/faults/primary-down` makes both and starts this. Every line is something that was looked at;
the first that is otherwise ends the program with 1. Nothing of it leaves this machine.
"""

import contextlib
import datetime
import http.client
import http.cookies
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
#: A wait for a server that does not answer (`config.environment`), and what a page needs itself.
ONE_WAIT = 3 + 2
AT_ONCE = 3
#: Until the primary is asked again, it has started and its replica follows it.
BACK_WITHIN = 30
TRY_LATER = "Leave this page open and load it again"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class FaultError(Exception):
    """Something was otherwise than promised."""


class Browser:
    """Keeps cookies, follows nothing."""

    def __init__(self, port, **cookies):
        self.port, self.cookies = port, cookies

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def send(self, path, **fields):
        """A form of a page, with the token of its cookie."""
        fields["csrfmiddlewaretoken"] = self.cookies.get("csrftoken", "")
        return self.ask("POST", path, urlencode(fields), FORM)

    def ask(self, method, path, body=None, headers=()):
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(line):
            began = time.monotonic()
            own = {"Cookie": held} if held else {}
            line.request(method, path, body, {"Accept-Language": "en", **own, **dict(headers)})
            response = line.getresponse()
            response.text = response.read().decode()
            response.seconds = time.monotonic() - began
        self._keep(response)
        return response

    def _keep(self, response):
        for line in response.headers.get_all("Set-Cookie", []):
            for name, cookie in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = cookie.value
                if cookie["max-age"] == "0" or "1970" in cookie["expires"]:
                    del self.cookies[name]


class Reader(threading.Thread):
    """Somebody who reads all the while."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.browser, self.stopped = Browser(port), threading.Event()
        self.statuses, self.slowest = {}, 0.0

    def run(self):
        while not self.stopped.wait(0.05):
            try:
                response = self.browser.get("/harbour/services/")
            except OSError:
                self._count("no answer")
            else:
                self._count(response.status)
                self.slowest = max(self.slowest, response.seconds)

    def _count(self, answer):
        self.statuses[answer] = self.statuses.get(answer, 0) + 1


def main():
    # So that the site ends with this program.
    signal.signal(signal.SIGTERM, lambda *_ended: sys.exit(143))
    os.chdir(ROOT)
    os.environ |= {
        "WAYMARK_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PORT": str(_free_port()),
        "WEB_CONCURRENCY": "2",
    }
    import django

    django.setup()
    say("making the tables and a city …")
    known = prepare()
    with site() as port:
        try:
            walk(port, known)
        except FaultError as fault:
            sys.exit(f"FAULT  {fault}")
    say("nothing was lost.")


def prepare():
    """The city Harbour with an editor, signed in, and a partner's key."""
    from django.core.management import call_command

    from services.models import Membership
    from tests import factories
    from tests.people import browser_of

    call_command("migrate", verbosity=0, interactive=False)
    city = factories.make_city("harbour")
    always = {"opening_hours": "24/7"}
    factories.make_service(city, name="Alarm", needs=["emergency"], **always)
    listing = factories.make_service(
        city, name="Quay House", slug="quay-house", needs=["shelter"], **always
    )
    editor = browser_of(Membership.Role.EDITOR, city)
    key = factories.make_key()[1]
    return {"listing": listing, "session": editor.cookies["sessionid"].value, "key": key}


def walk(port, known):
    reader = Reader(port)
    editor = Browser(port, sessionid=known["session"])
    listing = known["listing"]
    wait_until(lambda: Browser(port).get("/harbour/").status == 200, "the replica has the city")
    reader.start()

    say("both databases run")
    reading(port)
    with_key(port, known["key"], 200)
    edit(editor, listing, "taking", 302)
    report(port, "contact", 303)
    has_rows((1, "taking"), "the edit and the report are in the primary")

    say("the primary stops, as if it had been killed")
    control("PRIMARY", "stop")
    without_primary(port, editor, known, AT_ONCE)

    say("the primary starts again")
    control("PRIMARY", "start")
    is_back(editor)
    has_rows((1, "taking"), "what was there before is there, and nothing else")
    edit(editor, listing, "full", 302)
    report(port, "hours", 303)
    has_rows((2, "full"), "what had to wait can be sent again, and is there once")
    with_key(port, known["key"], 200)
    wait_until(lambda: shows_full(port), "the replica follows")

    say("the primary starts anew and hangs: it accepts and never answers")
    # What freezes is the program that accepts; a connection from before would be answered as ever.
    control("PRIMARY", "stop")
    control("PRIMARY", "start")
    control("PRIMARY", "freeze")
    without_primary(port, editor, known, ONE_WAIT)
    control("PRIMARY", "thaw")
    is_back(editor)

    say("the replica falls behind")
    on_replica("SELECT pg_wal_replay_pause()")
    edit(editor, listing, "taking", 302)
    wait_until(lambda: not shows_full(port), "pages show the edit all the same")
    on_replica("SELECT pg_wal_replay_resume()")

    say("the replica stops")
    control("REPLICA", "stop")
    reading(port)
    edit(editor, listing, "full", 302)

    say("both are stopped")
    check(reader.statuses.keys() == {200}, f"the reader got every page so far: {reader.statuses}")
    check(reader.slowest < ONE_WAIT, f"the longest took {reader.slowest:.1f} seconds")
    reader.stopped.set()
    reader.join()
    control("PRIMARY", "stop")
    response = Browser(port).get("/harbour/")
    check(response.status == 503, "a page is a calm 503")
    # What it has said stands for two seconds.
    wait_until(lambda: Browser(port).get("/readyz").status == 503, "a balancer sends nobody here")
    check(Browser(port).get("/healthz").status == 200, "and nobody restarts the site for it")

    say("both start again")
    control("PRIMARY", "start")
    control("REPLICA", "start")
    wait_until(lambda: Browser(port).get("/harbour/").status == 200, "pages are there")
    is_back(editor)
    has_rows((2, "full"), "what was there before is there")


def without_primary(port, editor, known, within):
    """What is promised while the primary is away; `within` is how long the first may take."""
    first = Browser(port).get("/harbour/services/quay-house/report/")
    check(
        first.status == 503 and first.seconds < within, f"known after {first.seconds:.1f} seconds"
    )
    reading(port, within)
    with_key(port, known["key"], 503)
    changes = Browser(port).get("/api/v1/changes")
    is_asked_to_try_later(changes, "who follows the changes")
    report(port, "hours", 503)
    edit(editor, known["listing"], "full", 503)
    page = editor.get("/harbour/")
    check(page.status == 200 and "still signed in" in page.text, "the editor reads as anybody")
    check("sessionid" in editor.cookies, "and stays signed in")
    is_asked_to_try_later(editor.get("/office/harbour/"), "the office")
    leaver = Browser(port, sessionid="somebody")
    check(leaver.get("/leave/").status == 302, "leaving works")
    check("sessionid" not in leaver.cookies, "and forgets the session")


def reading(port, within=AT_ONCE):
    """Home, city, services, listing, the guide to a plan and a tap at a door, and the API.

    Of a server that hangs each process learns by one request that waits, and anew every ten seconds.
    """
    browser = Browser(port)
    for path in ("/", "/harbour/", "/harbour/services/", "/harbour/services/quay-house/"):
        is_there(browser.get(path), path, within)
    is_there(browser.get("/harbour/guide/danger/"), "a question", within)
    answer = browser.send("/harbour/guide/danger/", danger="no")
    check(answer.status == 303, "an answer leads on", answer)
    plan = is_there(browser.get("/harbour/guide/plan/"), "the plan", within)
    service = re.search(r'name="service" value="([0-9a-f-]+)"', plan.text)
    check(service is not None, "the plan has a door")
    tap = browser.send("/harbour/guide/told/", service=service[1], kind="no-answer")
    check(tap.status == 303, "a tap at a door moves the plan on the device", tap)
    facts = json.dumps({"city": "harbour", "facts": {}})
    body = {"Content-Type": "application/json"}
    is_there(
        browser.ask("POST", "/api/v1/referral-plan", facts, body), "the plan by the API", within
    )
    for path in ("v1/services?city=harbour", "v1/services/?city=harbour", "hsds/v3/services"):
        is_there(browser.get(f"/api/{path}"), f"/api/{path}", within)
    for path in ("/healthz", "/readyz"):
        is_there(browser.get(path), path, within)


def edit(editor, listing, capacity, status):
    """The editor says how many places are free."""
    path = f"/office/harbour/listings/{listing.pk}/confirm/"
    editor.get(path)
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=2)
    response = editor.send(path, do="capacity", capacity=capacity, until=until.isoformat())
    if status == 503:
        is_asked_to_try_later(response, "an edit")
        check(TRY_LATER in response.text, "which says how to keep what was typed")
    else:
        check(response.status == status, f"an edit is answered {status}", response)


def report(port, kind, status):
    """Somebody without an account says that a listing is wrong."""
    browser = Browser(port)
    path = "/harbour/services/quay-house/report/"
    browser.get(path)
    response = browser.send(path, kind=kind)
    if status == 503:
        is_asked_to_try_later(response, "a report")
    else:
        check(response.status == status, f"a report is answered {status}", response)


def with_key(port, key, status):
    response = Browser(port).get("/api/v1/cities", Authorization=f"Api-Key {key}")
    check(response.status == status, f"a partner's key is answered {status}", response)


def is_back(editor):
    """Wait until every process of the server has found the primary again: each looks for itself."""
    from config.postgresql.base import PAUSE_SECONDS

    time.sleep(PAUSE_SECONDS)
    page = "/office/harbour/"
    wait_until(lambda: editor.get(page).status == 200, "the editor is still signed in")


def shows_full(port):
    return "Full" in Browser(port).get("/harbour/services/quay-house/").text


def is_there(response, what, within):
    check(response.status == 200, what, response)
    check(
        response.seconds < within,
        f"… within {within} seconds, not after {response.seconds:.1f} seconds",
        quiet=True,
    )
    return response


def is_asked_to_try_later(response, who):
    check(response.status == 503, f"{who} is asked to try later", response)
    check(response.headers["Retry-After"] is not None, "… and when", quiet=True)


def rows():
    """(reports, free places of the listing) in the primary."""
    from services.models import Report, Service

    return Report.objects.count(), Service.objects.get(slug="quay-house").capacity


def has_rows(expected, what):
    found = rows()
    check(found == expected, what if found == expected else f"{what}: {found}, not {expected}")


def check(is_so, what, response=None, *, quiet=False):
    if not is_so:
        raise FaultError(what if response is None else f"{what}: answered {response.status}")
    if not quiet:
        say(f"  ok  {what}")


def wait_until(is_so, what):
    end = time.monotonic() + BACK_WITHIN
    while not is_so():
        if time.monotonic() > end:
            raise FaultError(f"not within {BACK_WITHIN} seconds: {what}")
        time.sleep(0.2)
    say(f"  ok  {what}")


def on_replica(sql):
    from django.db import connections

    with connections["replica"].cursor() as cursor:
        cursor.execute(sql)
    connections["replica"].close()


def control(server, act):
    from django.db import connections

    # What this program asks the primary itself must not keep a connection across its end.
    connections.close_all()
    subprocess.run([os.environ[server], act], check=True, timeout=60)


@contextlib.contextmanager
def site():
    """The port of the site, served as in production."""
    port = int(os.environ["PORT"])
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_until(lambda: _listens(port), "the site answers")
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def _listens(port):
    with contextlib.suppress(OSError):
        return Browser(port).get("/healthz").status == 200
    return False


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    main()
