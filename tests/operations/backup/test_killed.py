"""kill -9 at random moments: what has a backup's name is whole, and a database is the old or the new one."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from operations.backup import files, restoring
from tests.operations.backup.little import KEYS, PRIVATE, PUBLIC, Little, back_up, databases, names

ROOT = Path(__file__).resolve().parents[3]
TIMES = 4


@pytest.fixture
def large(town):
    """So large that a backup takes a while."""
    if connection.vendor == "sqlite":
        numbers = (
            "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) "
        )
        town.run(f"INSERT INTO people {numbers} SELECT i, hex(randomblob(100)) FROM n")
    else:
        words = "md5(i::text) || md5(random()::text) || md5(random()::text)"
        town.run(f"INSERT INTO people SELECT i, {words} FROM generate_series(10, 40000) i")
    return town


def start(act, database, folder, key):
    sqlite = connection.vendor == "sqlite"
    where = str(database.path) if sqlite else database.parameters
    return subprocess.Popen(
        [sys.executable, "-m", "tests.operations.backup.once", act, json.dumps(where), str(folder), key],
        cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(*arguments):
    """How long the work takes when nobody kills it."""
    began = time.monotonic()
    process = start(*arguments)
    _out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return time.monotonic() - began


def kill_sometime(pick, seconds, *arguments):
    process = start(*arguments)
    time.sleep(pick.uniform(0.3, 1) * seconds)
    process.kill()
    process.communicate(timeout=60)
    return process.returncode


def kill_while_it_writes(pick, folder, *arguments):
    """Kill it a moment after a new file is in the folder."""
    before = names(folder)
    process = start(*arguments)
    while names(folder) <= before and process.poll() is None:
        time.sleep(0.001)
    time.sleep(pick.uniform(0, 0.03))
    process.kill()
    process.communicate(timeout=60)
    return process.returncode


def test_a_backup_that_is_killed_leaves_no_file_that_looks_whole(large, folder):
    first = back_up(large.database, folder).path
    arguments = ("back up", large.database, folder, PUBLIC)
    seconds = run(*arguments)
    pick, killed = random.Random(7), 0
    for number in range(TIMES):
        if number % 2:
            killed += kill_sometime(pick, seconds, *arguments) != 0
        else:
            killed += kill_while_it_writes(pick, folder, *arguments) != 0
        for path in folder.glob("*.age"):
            assert restoring.examine(path, KEYS).rows["people"] > 39_000
    assert killed, "every run was finished before it was killed"
    assert first.exists() or killed < TIMES
    wait_until_nobody_is_connected(large.database)
    run(*arguments)
    assert all(files.NAME.fullmatch(name) for name in names(folder))
    assert len(names(folder)) <= 3
    if connection.vendor == "sqlite":
        assert names(large.database.folder) == {"town.sqlite3"}
    else:
        assert databases(large.database) == {large.database.name}


def test_a_restore_that_is_killed_leaves_the_old_database_or_the_new_one(large, folder, empty):
    path = back_up(large.database, folder).path
    arguments = ("restore", None, path, PRIVATE)
    other = Little(empty()).make(rows=7)
    seconds = run("restore", Little(empty()).make().database, *arguments[2:])
    pick = random.Random(7)
    for _time in range(TIMES):
        kill_sometime(pick, seconds, "restore", other.database, *arguments[2:])
        assert len(other.people) in (7, len(large.people))
        wait_until_nobody_is_connected(other.database)
    if connection.vendor == "sqlite":
        run("restore", other.database, *arguments[2:])
        left = names(other.database.folder)
        assert not [name for name in left if name.startswith(files.SCRATCH)]


def wait_until_nobody_is_connected(database):
    """The server notices a little later that a program is gone."""
    if connection.vendor == "sqlite":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE %s AND pid <> pg_backend_pid()"
    )
    for _try in range(100):
        with psycopg.connect(**database.parameters | {"application_name": "test"}) as opened:
            if not opened.execute(others, [f"{database.name[:30]}%"]).fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("somebody is still connected")
