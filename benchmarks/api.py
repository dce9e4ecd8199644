"""What a page of the API costs beside bare SQL and `orjson` (benchmarks/README.md)."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVICES = int(os.environ.get("SERVICES", "10000"))
ROUNDS = 60
PAGE = "/api/hsds/v3/services?full=true&per_page=50&page={}"
PAGES = SERVICES // 50

os.environ["WAYMARK_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["LOG_LEVEL"] = "ERROR"


def main():
    with tempfile.TemporaryDirectory() as folder, database(folder):
        prepare()
        page = Path(folder) / "page.json"
        with server("config.wsgi:application") as site:
            page.write_bytes(get(site, PAGE.format(1))[1])
            with server("benchmarks.floor:application", FLOOR_PAGE=str(page)) as floor:
                report(*measure(site, floor))


@contextmanager
def database(folder):
    """A database of its own, which DATABASE_URL names inside the block: nobody's is touched."""
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        connection.settings_dict["NAME"] = f"{folder}/bench.sqlite3"
        call_command("migrate", verbosity=0)
        yield
        return
    name = connection.settings_dict["NAME"]
    made = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{made}"
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def prepare():
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import data

    call_command("load_cities", verbosity=0)
    start = time.perf_counter()
    data.fill(SERVICES)
    print(f"{connection.vendor}, {SERVICES} services made in {time.perf_counter() - start:.0f} s\n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


@contextmanager
def server(application, **more):
    """The host and port of a gunicorn that serves this application."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", application]
    command += ["--workers", "1"]
    environment = {**os.environ, "PORT": str(port), **more}
    # Its log of every request would fill the screen; what fails is said by `get`.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        wait_for(connection)
        yield connection
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(connection):
    for _try in range(200):
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            connection.close()
            time.sleep(0.1)
    sys.exit("The server did not start.")


def get(connection, path, headers=None):
    """(milliseconds, body) of one answer; each over a connection of its own."""
    connection.close()
    start = time.perf_counter()
    connection.request("GET", path, headers=headers or {})
    response = connection.getresponse()
    body = response.read()
    took = (time.perf_counter() - start) * 1000
    if response.status not in (200, 304):
        sys.exit(f"{path}: {response.status} {body[:300]}")
    return took, body


ASKED = {
    "whole, asked before": lambda _n: PAGE.format(1),
    "whole, for the first time": lambda n: PAGE.format(2 + n % (PAGES - 1)),
    "short": lambda _n: "/api/hsds/v3/services?per_page=50",
    "searched": lambda _n: "/api/hsds/v3/services?per_page=50&search=harbour+night",
    "sites, whole": lambda _n: "/api/hsds/v3/service_at_locations?full=true&per_page=50",
    "changes, 200": lambda _n: "/api/v1/changes?since=p100",
    "ours, need": lambda _n: "/api/v1/services?city=benchtown&need=shelter&facets=false",
    "ours, with facets": lambda _n: "/api/v1/services?city=benchtown&need=shelter",
}


def measure(site, floor):
    """(times of the floor, name -> times, name -> bytes), all in turn."""
    floors, times, sizes = [], {}, {}
    for name, path in ASKED.items():
        if name != "whole, for the first time":
            get(site, path(0))
    etag = etag_of(site, PAGE.format(1))
    for number in range(ROUNDS):
        floors.append(get(floor, f"/?{1 + number % PAGES}")[0])
        for name, path in ASKED.items():
            took, body = get(site, path(number))
            times.setdefault(name, []).append(took)
            sizes[name] = len(body)
        took, body = get(site, PAGE.format(1), {"If-None-Match": etag})
        times.setdefault("whole, known already (304)", []).append(took)
        sizes["whole, known already (304)"] = len(body)
    return floors, times, sizes


def etag_of(connection, path):
    connection.close()
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response.headers["ETag"]


def report(floors, times, sizes):
    floor = statistics.median(floors)
    print(f"floor: the rows of a page of 50 whole services, and orjson: {floor:.1f} ms\n")
    print(f"{'page':<30}{'p50 ms':>9}{'p95 ms':>9}{'× floor':>9}{'bytes':>9}")
    for name, values in times.items():
        middle, slow = statistics.median(values), statistics.quantiles(values, n=20)[18]
        print(f"{name:<30}{middle:>9.1f}{slow:>9.1f}{middle / floor:>9.2f}{sizes[name]:>9}")
    print(json.dumps({"ratio": round(statistics.median(times["whole, asked before"]) / floor, 2)}))


if __name__ == "__main__":
    main()
