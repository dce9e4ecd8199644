"""A follower of `changes`, as a program of its own: keeps a copy until told to finish, prints it.

`python -m …follow FILE` follows until FILE exists and nothing more comes.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["WAYMARK_ENV"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

from django.test import Client
from django.test.utils import setup_test_environment

LIMIT = 7


def follow(client, finished):
    """(the copy, what is listed, what was told against the rules, how much was told)."""
    copy, listed, faults, cursors, cursor = {}, set(), [], [], None
    while True:
        last_round = finished.exists()
        query = {"limit": LIMIT} | ({"since": cursor} if cursor else {})
        page = client.get("/api/v1/changes", query).json()
        for change in page["changes"]:
            cursors.append(int(change["cursor"][1:]))
            take(client, change, copy, listed, faults)
        cursor = page["cursor"]
        if last_round and not page["more"] and not page["changes"]:
            break
        time.sleep(0.002)
    if cursors != list(range(1, len(cursors) + 1)):
        faults.append(f"cursors skip or repeat: {cursors}")
    return copy, listed, faults, len(cursors)


def take(client, change, copy, listed, faults):
    pk, kind = change["service"], change["change"]
    if (kind == "created") == (pk in listed):
        faults.append(f"{kind} of {pk}, which was {'there' if pk in listed else 'not there'}")
    if kind == "deleted":
        listed.discard(pk)
        copy.pop(pk, None)
        return
    listed.add(pk)
    response = client.get(f"/api/hsds/v3/services/{pk}")
    if response.status_code == 200:
        copy[pk] = response.json()
    else:
        copy.pop(pk, None)


def main(finished):
    setup_test_environment()
    client = Client()
    copy, listed, faults, told = follow(client, Path(finished))
    stream = client.get("/api/hsds/v3/services", {"format": "ndjson", "full": "true"})
    lines = b"".join(stream.streaming_content).splitlines()
    directory = {item["id"]: item for item in map(json.loads, lines)}
    print(
        json.dumps(
            {
                "faults": faults,
                "services": len(directory),
                "told": told,
                "missing": sorted(set(directory) - set(copy)),
                "left over": sorted(set(copy) - set(directory)),
                "different": sorted(
                    pk for pk in copy.keys() & directory.keys() if copy[pk] != directory[pk]
                ),
                "listed": sorted(listed) == sorted(directory),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
