"""A machine set wrongly in more than ten ways, and one that is set well, asked as operators ask.

Both are real: a process of its own, its environment, a file of SQLite, a mail server.
"""

import contextlib
import datetime
import json
import os
import resource
import secrets
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from operations.models import Upkeep
from tests.factories import make_city
from tests.operations.doctor.conftest import GOOD_SECRET
from tests.people import make_person

ROOT = Path(__file__).resolve().parents[3]
#: What belongs to the checkout and the machine that run the test: tests of its own set these wrong.
ELSEWHERE = {"D60", "D61", "D62", "D63", "D64", "D65"}
#: What production does not start without, or makes no backups without; nothing is sealed with them.
KEYS = {
    "SEALING_KEYS": "zqx" + "A" * 40,
    "BACKUP_PUBLIC_KEY": "age1v7glz9ffv00f3vcp95u0dh6r03yhetu5vxu7f5ydleyumx3ftcgqdtq64y",
}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="copies a database of SQLite"),
]


@pytest.fixture
def machine(tmp_path):
    """Asks the doctor about a machine: `machine(environment, files=…)`."""
    file = tmp_path / "site.sqlite3"

    def ask(environ, *, files=4096, mode=0o600):
        _copy_database(file)
        file.chmod(mode)
        limits = (files, max(files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [sys.executable, "manage.py", "doctor", "--json"],
            cwd=ROOT,
            env=kept
            | KEYS
            | {"DATABASE_URL": f"sqlite:///{file}", "BACKUP_DIR": tmp_path}
            | environ,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limits),
            capture_output=True,
            text=True,
            timeout=120,
        )

    return ask


def _copy_database(file):
    """What the test has put into its database, as a file."""
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(file)) as copy:
        copy.deserialize(connection.connection.serialize())
        with contextlib.closing(sqlite3.connect(file.with_suffix(".new"))) as kept:
            copy.backup(kept)
    file.with_suffix(".new").replace(file)


def codes(ended):
    assert ended.stderr == ""
    return {finding["code"] for finding in json.loads(ended.stdout)["findings"]}


def done(name, ago):
    Upkeep.objects.create(name=name, succeeded_at=timezone.now() - ago)


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_machine_set_wrongly_in_many_ways(machine):
    make_city(is_sample=True)
    get_user_model().objects.create_user("editor@example.org")
    make_person("editor", make_city(), strong=False)
    done("backup", datetime.timedelta(days=3))
    done("tick", datetime.timedelta(hours=1))
    wrong = {
        "LOG_LEVEL": "loud",
        "SECRET_KEY": "ab" * 40,
        "ALLOWED_HOSTS": "guide.example.org",
        "SITE_URL": "https://other.example.org",
        "SECURE_SSL_REDIRECT": "false",
        "SECURE_HSTS_SECONDS": "60",
        "EMAIL_URL": f"smtp://127.0.0.1:{closed_port()}",
        "DEFAULT_FROM_EMAIL": "guide@localhost",
        "WEB_CONCURRENCY": "4000",
    }
    ended = machine(wrong, files=256, mode=0o644)
    expected = {
        "D01",  # a variable that cannot be used
        "D02",  # a secret that can be guessed
        "D05",  # links in mails lead elsewhere
        "D06",  # http in the clear
        "D07",  # a short HSTS
        "D10",  # no mail server
        "D11",  # mails from this machine
        "D26",  # a database that everybody reads
        "D40",  # an old backup
        "D41",  # never tried
        "D43",  # no tick
        "D52",  # a demo account
        "D53",  # a sample
        "D54",  # nobody keeps the network
        "D55",  # a role without second step
        "D65",  # more processes than memory
        "D66",  # few open files
    }
    assert codes(ended) - ELSEWHERE == expected - ELSEWHERE
    assert "D65" in codes(ended)
    assert ended.returncode == 2


def test_a_machine_that_is_set_well(machine, tmp_path):
    make_city(is_sample=False)
    make_person("network")
    done("backup", datetime.timedelta(hours=2))
    done("restore-check", datetime.timedelta(days=20))
    done("tick", datetime.timedelta(minutes=1))
    server = Controller(None, hostname="127.0.0.1", port=closed_port())
    server.start()
    try:
        ended = machine(
            {
                "SECRET_KEY": GOOD_SECRET,
                "SEALING_KEYS": secrets.token_urlsafe(32),
                "ALLOWED_HOSTS": "guide.example.org",
                "SITE_URL": "https://guide.example.org",
                "BEHIND_PROXY": "true",
                "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
                "DEFAULT_FROM_EMAIL": "Guide <guide@guide.example.org>",
            }
        )
    finally:
        server.stop()
    assert codes(ended) - ELSEWHERE == set()
