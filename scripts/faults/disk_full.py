"""A full disk: reading and the guide go on, writes say "later", nothing is half, and space mends it.

With SQLite the database lies on a small file system of its own, which is filled to the last page. Where
none may be mounted, a limit on the size of files (RLIMIT_FSIZE) stands in for it. With
`--postgresql` the whole server lies there: first its tables find no room, then its log (WAL).
"""

import contextlib
import itertools
import os
import pwd
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from scripts.faults.asking import Browser, Tally
from scripts.faults.site import (
    ROOT,
    Site,
    connect,
    fill,
    free_port,
    path_of,
    sqlite_template,
    until,
)
from scripts.faults.verdict import Missing, main

CITY = "brussels"
SIZE = 32 * 1024 * 1024
#: A server of PostgreSQL, with its log, needs more than the database.
SERVER_SIZE = 256 * 1024 * 1024
TRIES = 6
KINDS = ("contact", "hours", "acceptance", "places", "place", "closed")
BEGUN_INSIDE = "WAYMARK_FAULT_DISK"
LIMIT = 8192
MOUNTS = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])


def show(verdict, folder, options):
    if options.postgresql:
        _show_postgresql(verdict)
        return
    small = os.environ.get(BEGUN_INSIDE)
    if small:
        verdict.saw("the database lies on a file system of 32 MB of its own")
        _show_sqlite(verdict, Path(small), _Filled(Path(small)))
    else:
        verdict.saw(
            "nothing is mounted: a limit on the size of files (RLIMIT_FSIZE) stands in for a full disk"
        )
        _show_sqlite(verdict, Path(folder), None)


class _Filled:
    """A file system without a free page, until `relieve`."""

    def __init__(self, folder):
        self._ballast = folder / "ballast"

    def begin(self):
        with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            for size in (1 << 20, 4096, 512, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * size)

    def relieve(self):
        self._ballast.unlink()


class _Limited:
    """Processes that may write nothing beyond the first pages of a file, until `relieve`."""

    def __init__(self, site):
        self._site = site

    def begin(self):
        self._limit(LIMIT)

    def relieve(self):
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size):
        for pid in self._site.workers():
            _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def _show_sqlite(verdict, folder, disk):
    database = folder / "site.sqlite3"
    shutil.copy(sqlite_template(), database)
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        Site(elsewhere, database=f"sqlite:///{database}", env={"REPORTS_PER_HOUR": "0"}) as site,
    ):
        disk = disk or _Limited(site)
        visitor = Visitor(site)
        verdict.expect(visitor.report().status == 303, "with room a report is taken")
        disk.begin()
        refused = _while_full(verdict, visitor)
        _judge_log(verdict, site, refused)
        disk.relieve()
        after = visitor.report()
        verdict.expect(
            after.status == 303, f"with room again a report is taken at once ({after.status})"
        )
        _judge_file(verdict, site, visitor)


class Visitor:
    """One person who reports, each time something else, so that each is a new row."""

    def __init__(self, site):
        self.site, self.browser = site, Browser(site.port)
        doors = [slug for slug, _pk in site.inside("directory")[CITY]]
        self._next = itertools.cycle(itertools.product(doors, KINDS))
        self.taken = 0

    def report(self):
        slug, kind = next(self._next)
        answer = self.browser.post(f"/{CITY}/services/{slug}/report/", {"kind": kind})
        self.taken += answer.status == 303
        return answer

    def kept(self):
        return self.site.query("SELECT COALESCE(SUM(count), 0) FROM services_report")[0][0]


def _while_full(verdict, visitor, tries=TRIES):
    """Read, walk and write; how many writes were refused."""
    answers = [visitor.report() for _try in range(tries)]
    refused = [answer for answer in answers if answer.status != 303]
    calm = [a for a in refused if a.status == 503 and a.headers["Retry-After"] and _is_calm(a)]
    verdict.expect(
        refused and len(calm) == len(refused),
        f"{len(refused)} of {tries} reports found no room; {len(calm)} of them got the calm page",
    )
    _read_on(verdict, visitor.browser)
    api = _api_write(visitor)
    verdict.saw(f"the API answered {api.status} to a plan, which it does not keep")
    return len(refused)


def _is_calm(answer):
    return "What was here before is not lost" in answer.text and "Traceback" not in answer.text


def _read_on(verdict, browser):
    read = Tally()
    for path in (
        f"/{CITY}/",
        f"/{CITY}/services/",
        "/api/v1/services?city=rome",
        "/api/v1/changes",
    ):
        read.note(path, browser.get(path))
    for number in range(3):
        plan = browser.walk_guide(CITY, random.Random(number), lambda a: read.note("guide", a))
        verdict.expect(plan.status == 200, f"the guide leads to a plan ({plan.status})")
    verdict.expect(
        all(status < 400 for status in read.statuses),
        f"reading and the guide go on: {read.in_words()} {read.bad or ''}".strip(),
    )


def _api_write(visitor):
    body = b'{"city": "brussels", "facts": {}}'
    kind = {"Content-Type": "application/json"}
    return visitor.browser.ask("POST", "/api/v1/referral-plan", body, kind)


def _judge_log(verdict, site, refused):
    log = site.logged()
    verdict.expect(
        "Traceback" not in log and 'File "' not in log,
        f"the log holds {log.count('Answered 503')} short lines for {refused} refusals, no traceback",
    )


def _judge_file(verdict, site, visitor):
    with contextlib.closing(sqlite3.connect(path_of(site.database))) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchall()
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    verdict.expect(whole == [("ok",)] and not orphans, "the database is whole, and no row is half")
    verdict.expect(
        visitor.kept() == visitor.taken,
        f"{visitor.kept()} reports are kept of {visitor.taken} that were answered as done",
    )


class Server:
    """A server of PostgreSQL with everything it writes in one folder."""

    def __init__(self, folder):
        found = subprocess.run(
            [ROOT / "scripts" / "with-postgresql", "--find"],
            capture_output=True,
            text=True,
            check=False,
        )
        if found.returncode:
            raise Missing("PostgreSQL is not here: install postgresql.")
        self._programs, self.port = Path(found.stdout.strip()), free_port()
        self.folder, self.data = Path(folder), Path(folder) / "data"
        self._owner = _owner_of_servers()
        self.url = f"postgres://waymark@127.0.0.1:{self.port}/postgres"

    def make(self):
        if self._owner:
            shutil.chown(self.folder, *self._owner)
        self._run("initdb", "--username=waymark", "--auth=trust", "--encoding=UTF8", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\n")
            settings.write("unix_socket_directories = ''\nfsync = off\n")
            settings.write("max_wal_size = 64MB\nmin_wal_size = 32MB\n")
        self.start()

    def start(self):
        # In memory, not beside the data: a full disk must not keep the server from starting.
        self._run("pg_ctl", "--log=/dev/null", "--wait", "start")

    def stop(self):
        with contextlib.suppress(RuntimeError):
            self._run("pg_ctl", "--mode=immediate", "stop")

    def begin_again(self):
        self.stop()
        self.start()

    def _run(self, program, *arguments):
        user, group = self._owner or (None, None)
        ended = subprocess.run(
            [self._programs / program, f"--pgdata={self.data}", *arguments],
            user=user,
            group=group,
            extra_groups=[] if user else None,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise RuntimeError(f"{program}: {ended.stderr[-500:]}")


def _owner_of_servers():
    """PostgreSQL refuses to run as root; whom it runs as then."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(name)
            return person.pw_uid, person.pw_gid
    return None


def _show_postgresql(verdict):
    small = os.environ.get(BEGUN_INSIDE)
    if not small:
        raise Missing("a small file system for the server needs the right to mount one (root).")
    server = Server(small)
    server.make()
    try:
        fill(server.url)
        verdict.saw("PostgreSQL lies, with its log, on a file system of 256 MB of its own")
        with tempfile.TemporaryDirectory() as elsewhere:
            env = {"REPORTS_PER_HOUR": "0"}
            with Site(elsewhere, database=server.url, env=env) as site:
                _fill_server(verdict, server, site)
    finally:
        server.stop()


def _fill_server(verdict, server, site):
    visitor, disk = Visitor(site), _Filled(server.folder)
    verdict.expect(visitor.report().status == 303, "with room a report is taken")
    disk.begin()
    statuses = _write_until_refused(visitor)
    verdict.expect(
        set(statuses) == {303, 503},
        f"on a full disk what fits into pages at hand is taken, then 503: {dict(statuses)}",
    )
    verdict.saw(f"the site's log says: {', '.join(sorted(_codes(site)))}")
    stands = site.is_ready()
    if stands:
        _read_on(verdict, visitor.browser)
    else:
        verdict.saw("PostgreSQL has stopped by itself already: a checkpoint found no room")
    disk.relieve()
    if not stands:
        server.begin_again()
    _taken_again(verdict, visitor)
    disk.begin()
    _fill_log(server)
    page = visitor.browser.get(f"/{CITY}/")
    verdict.expect(
        not site.is_ready() and page.status == 503 and _is_calm(page),
        f"where its log (WAL) finds no room PostgreSQL stops by itself (PANIC); pages say {page.status}",
    )
    disk.relieve()
    server.begin_again()
    _taken_again(verdict, visitor)
    verdict.expect(
        visitor.kept() == visitor.taken,
        f"{visitor.kept()} reports are kept of {visitor.taken} that were answered as done",
    )


def _codes(site):
    """What kinds of refusals stand in the log."""
    return set(re.findall(r"Answered 503: (.*)", site.logged()))


def _taken_again(verdict, visitor):
    took = until(lambda: visitor.report().status == 303, 60, "a report to be taken again")
    verdict.expect(
        True, f"with room again a report is taken after {took:.0f} s, the site not restarted"
    )


def _fill_log(server):
    """Write into the server's log until the server is gone."""
    import psycopg

    many = "SELECT pg_logical_emit_message(false, 'fault', repeat('x', 1000000)) FROM generate_series(1, 200)"
    with contextlib.suppress(psycopg.Error), contextlib.closing(connect(server.url)) as connection:
        connection.execute(many)


def _write_until_refused(visitor, seconds=60):
    """Report until the disk says no several times; status -> how often."""
    statuses, ends = Counter(), time.monotonic() + seconds
    while time.monotonic() < ends and sum(statuses[s] for s in statuses if s != 303) < TRIES:
        statuses[visitor.report().status] += 1
    return statuses


def begin_inside():
    """Become this program in a place where a small file system is mounted; not where that is refused."""
    if BEGUN_INSIDE in os.environ or "--limit" in sys.argv or not shutil.which("unshare"):
        return
    size = SERVER_SIZE if "--postgresql" in sys.argv else SIZE
    with tempfile.TemporaryDirectory(prefix="waymark-small-", ignore_cleanup_errors=True) as folder:
        for command in MOUNTS:
            mount = f'mount -t tmpfs -o size={size},mode=755 none "$0"'
            if subprocess.run(
                [*command, "sh", "-c", mount, folder], capture_output=True
            ).returncode:
                continue
            program = [sys.executable, "-m", "scripts.faults.disk_full", *sys.argv[1:]]
            script = f'{mount} && exec "$@"'
            ended = subprocess.run(
                [*command, "sh", "-c", script, folder, *program],
                env=os.environ | {BEGUN_INSIDE: folder},
                cwd=ROOT,
                check=False,
            )
            raise SystemExit(ended.returncode)


if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    begin_inside()
    postgresql = {"action": "store_true", "help": "the same with PostgreSQL"}
    limit = {"action": "store_true", "help": "limit the size of files, mount nothing"}
    raise SystemExit(main("disk-full", show, postgresql=postgresql, limit=limit))
