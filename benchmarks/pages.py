"""How long the pages take that people wait for (benchmarks/README.md)."""

import gzip
import json
import os
import statistics
import time

os.environ["WAYMARK_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment

from services import directory

ROUNDS = 15
CASE = {
    "city": "brussels",
    "facts": {
        "danger": "no",
        "age": "adult",
        "gender": "woman",
        "consent": "yes",
        "concerns": ["sexual-violence"],
        "hours_since": 20,
        "status": "undocumented",
        "languages": ["ar"],
    },
}


def ask_for_plan(client):
    return client.post("/api/v1/referral-plan", json.dumps(CASE), content_type="application/json")


#: What is asked for, by the name it has in the table.
PAGES = {
    "home": lambda client: client.get("/"),
    "city": lambda client: client.get("/brussels/"),
    "services": lambda client: client.get("/brussels/services/"),
    "services, filtered": lambda client: client.get(
        "/brussels/services/?need=shelter&group=women-girls&status=undocumented"
    ),
    "services, searched": lambda client: client.get("/brussels/services/?search=refuge"),
    "one service": lambda client: client.get("/brussels/services/cpvs-saint-pierre/"),
    "question": lambda client: client.get("/brussels/guide/danger/"),
    "plan": lambda client: client.get("/brussels/guide/plan/"),
    "plan by API": ask_for_plan,
}


def main():
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    try:
        call_command("load_cities", verbosity=0)
        report(*measure())
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measure():
    """The floor and, for each page, its times when first asked, when asked again, and its last answer."""
    client = Client()
    floor, first, again = [], {}, {}
    for _round in range(ROUNDS):
        floor.append(timed(bare_query)[0])
        for name, ask in PAGES.items():
            directory.forget()
            first.setdefault(name, []).append(timed(ask, client)[0])
            again.setdefault(name, []).append(timed(ask, client)[0])
    return statistics.median(floor), medians(first), medians(again), answers(client)


def timed(act, *args):
    start = time.perf_counter()
    result = act(*args)
    return (time.perf_counter() - start) * 1000, result


def medians(times):
    return {name: statistics.median(values) for name, values in times.items()}


def answers(client):
    """Each page's status, compressed size and number of queries, with the directory in memory."""
    found = {}
    for name, ask in PAGES.items():
        with CaptureQueriesContext(connection) as queries:
            response = ask(client)
        found[name] = (response.status_code, len(gzip.compress(response.content)), len(queries))
    return found


def bare_query():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM services_service WHERE status = %s", ["published"])
        return cursor.fetchall()


def report(floor, first, again, found):
    print(f"{connection.vendor}; floor {floor:.2f} ms; median of {ROUNDS} rounds\n")
    print(f"{'page':<20}{'first ms':>10}{'again ms':>10}{'× floor':>9}{'queries':>9}{'bytes':>8}")
    for name, (status, size, queries) in found.items():
        line = f"{name:<20}{first[name]:>10.1f}{again[name]:>10.1f}{again[name] / floor:>9.1f}"
        print(f"{line}{queries:>9}{size:>8}{'' if status == 200 else f'  status {status}'}")


if __name__ == "__main__":
    main()
