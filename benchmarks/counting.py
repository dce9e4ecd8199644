"""Queries and memory of one answer each, as JSON: `python -m benchmarks.counting CITY TOWN`."""

import json
import sys
import tracemalloc

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment

from benchmarks.asking import ASKS


def main(city, town):
    setup_test_environment()
    client = Client()
    print(json.dumps({ask.name: counted(client, ask, city, town) for ask in ASKS}))


def counted(client, ask, city, town):
    """Of an answer that was asked for twice before."""
    path, body = ask.in_city(city, town)
    headers = {}
    for _time in range(2):
        response = asked(client, path, body)
    if ask.known:
        headers = {"If-None-Match": response.headers["ETag"]}
    with CaptureQueriesContext(connection) as queries:
        asked(client, path, body, headers)
    # The next request forgets them.
    number = len(queries)
    tracemalloc.start()
    asked(client, path, body, headers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"queries": number, "kilobytes": peak / 1000}


def asked(client, path, body, headers=None):
    if body is None:
        return client.get(path, headers=headers or {})
    return client.post(path, body, content_type="application/json")


if __name__ == "__main__":
    main(*sys.argv[1:])
