"""`make run` says in one line what keeps it from starting."""

import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from scripts import demo
from scripts.check_port import refusal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


def test_port_in_use_is_refused(taken_port):
    assert refusal(taken_port) == (
        f"Port {taken_port} is in use: choose another one, PORT=8001 make run"
    )


@pytest.mark.parametrize("port", ["", "0", "65536", "eighty", "-1", "80 80"])
def test_port_that_is_no_port_is_refused(port):
    assert refusal(port) == f"PORT is “{port}”: use a number from 1 to 65535."


def test_free_port_is_fine(taken_port):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = str(server.getsockname()[1])
    assert refusal(free) == ""


def test_run_stops_before_installing_when_its_port_is_taken(taken_port):
    ended = subprocess.run(
        [ROOT / "scripts" / "run"],
        env=os.environ | {"PORT": taken_port},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert ended.stderr.strip() == refusal(taken_port)
    assert ended.stdout == ""


def test_old_python_is_named_as_the_reason(tmp_path):
    """A Python that answers "too old" to the question of its version."""
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    ended = subprocess.run(
        ["bash", "-c", "source scripts/common.sh; find_python"],
        cwd=ROOT,
        env=os.environ | {"PYTHON": str(old)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("Python 3.11 or newer is needed.")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine on which the demo was never started."""
    monkeypatch.setattr(demo, "SECRET_FILE", tmp_path / "cache" / "key")
    for name in ("SECRET_KEY", "DEMO_PASSWORD", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_demo_keeps_its_secret_key_so_that_cookies_outlive_a_restart(machine):
    first, second = demo.demo_environment(), demo.demo_environment()
    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert stat.S_IMODE(demo.SECRET_FILE.stat().st_mode) == 0o600


def test_demo_says_its_address_and_a_new_password(machine):
    first, second = demo.demo_environment(), demo.demo_environment()
    assert first["DEMO_PASSWORD"] != second["DEMO_PASSWORD"]
    assert first["DEMO_PASSWORD"] in first["READY_MESSAGE"]
    assert "http://127.0.0.1:8000/" in first["READY_MESSAGE"]


def test_demo_takes_the_password_and_port_it_is_given(machine, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "an invented one")
    monkeypatch.setenv("PORT", "8123")
    message = demo.demo_environment()["READY_MESSAGE"]
    assert "an invented one" in message
    assert "http://127.0.0.1:8123/" in message


def test_demo_is_never_production(machine, monkeypatch):
    monkeypatch.setenv("WAYMARK_ENV", "production")
    assert demo.demo_environment()["WAYMARK_ENV"] == "demo"
