"""`make serve` reads its settings without running them and says in one line what keeps it from starting."""

import os
import socket
import subprocess
import sys

import pytest
from django.core import checks

from operations import health
from scripts import serve

ROOT = serve.ROOT


@pytest.fixture
def settings_file(tmp_path):
    """A function that writes a file of settings and gives its name."""

    def written(text, mode=0o600):
        file = tmp_path / "waymark.env"
        file.write_text(text)
        file.chmod(mode)
        return str(file)

    return written


@pytest.fixture
def machine(monkeypatch):
    """A machine without a setting."""
    for name in ("ENV_FILE", "WAYMARK_ENV", "WEB_CONCURRENCY", "GUNICORN_CMD_ARGS", "MIGRATE"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PORT", str(server.getsockname()[1]))
    return monkeypatch


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("SITE_NAME=City guide", "City guide"),
        ("SITE_NAME='City guide'", "City guide"),
        ('SITE_NAME="City guide"', "City guide"),
        ("  export SITE_NAME=City guide  ", "City guide"),
        ("SITE_NAME=$(touch canary) `id` $HOME;\\n", "$(touch canary) `id` $HOME;\\n"),
        ("SITE_NAME=a=b # c", "a=b # c"),
        ("SITE_NAME=it's", "it's"),
        ("SITE_NAME=", ""),
        ("SITE_NAME=''", ""),
    ],
)
def test_value_is_taken_as_it_stands(settings_file, line, value):
    text = f"# a comment\n\n{line}\nPORT=8000\n"
    assert serve.read_file(settings_file(text)) == {"SITE_NAME": value, "PORT": "8000"}


@pytest.mark.parametrize("line", ["canary", "canary=1", "A B=canary", 'A="canary', "A='canary\""])
def test_line_that_is_no_setting_is_refused_by_its_number(settings_file, line):
    with pytest.raises(serve.RefusalError, match="ENV_FILE, line 2: write NAME=value") as refused:
        serve.read_file(settings_file(f"PORT=8000\n{line}\n"))
    assert "canary" not in str(refused.value)


def test_file_that_everybody_can_read_is_refused(settings_file):
    with pytest.raises(serve.RefusalError, match="chmod o-rwx"):
        serve.read_file(settings_file("PORT=8000", mode=0o644))


def test_file_that_is_not_there_is_refused():
    with pytest.raises(serve.RefusalError, match="cannot be read: No such file"):
        serve.read_file("/nowhere/waymark.env")


def test_environment_goes_before_the_file(machine, settings_file):
    machine.setenv(
        "ENV_FILE", settings_file("SITE_NAME=From the file\nLEAVE_URL=https://a.example")
    )
    machine.setenv("SITE_NAME", "From the environment")
    found = serve.serving_environment()
    assert found["SITE_NAME"] == "From the environment"
    assert found["LEAVE_URL"] == "https://a.example"
    assert found["WAYMARK_ENV"] == "production"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WAYMARK_ENV", "demo", "make run starts a demo"),
        ("WEB_CONCURRENCY", "many", "whole number, 1 to 64"),
        ("WEB_CONCURRENCY", "0", "whole number, 1 to 64"),
        ("WEB_CONCURRENCY", "65", "whole number, 1 to 64"),
        ("WEB_CONCURRENCY", "", "whole number, 1 to 64"),
        ("PORT", "eighty", "from 1 to 65535"),
    ],
)
def test_what_the_server_cannot_use_is_refused(machine, name, value, words):
    machine.setenv(name, value)
    with pytest.raises(serve.RefusalError, match=words):
        serve.serving_environment()


def test_taken_port_is_refused_unless_the_server_listens_elsewhere(machine):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        machine.setenv("PORT", str(taken.getsockname()[1]))
        with pytest.raises(serve.RefusalError, match="PORT=8001 make serve"):
            serve.serving_environment()
        machine.setenv("GUNICORN_CMD_ARGS", "--bind unix:/run/waymark/socket")
        assert serve.serving_environment()


class TestTables:
    @pytest.fixture
    def migrated(self, machine):
        """What was migrated, on a database that lacks something."""
        done = []
        machine.setattr(health, "pending_migrations", lambda connection: 3)
        machine.setattr(
            "django.core.management.call_command", lambda name, **options: done.append(name)
        )
        return done

    def test_waiting_migrations_are_refused_with_the_command(self, migrated):
        with pytest.raises(serve.RefusalError, match=r"Migrations wait: 3.*MIGRATE=1 make serve"):
            serve.bring_tables_up_to_date()
        assert migrated == []

    def test_they_are_done_when_asked_for(self, migrated, monkeypatch):
        monkeypatch.setenv("MIGRATE", "1")
        serve.bring_tables_up_to_date()
        assert migrated == ["migrate"]


def test_first_fault_of_the_checks_is_one_line(monkeypatch):
    faults = [
        checks.Warning("A caution.", id="services.W004"),
        checks.Error("Demo accounts exist.", hint="Delete them.", id="services.E003"),
        checks.Error("Another.", id="services.E001"),
    ]
    monkeypatch.setattr(checks, "run_checks", lambda **_wishes: faults)
    with pytest.raises(serve.RefusalError) as refused:
        serve.run_checks()
    assert str(refused.value) == (
        "Demo accounts exist. Delete them. (services.E003) 1 more: manage.py check --deploy."
    )


@pytest.mark.any_database
def test_command_says_it_in_one_line_and_ends(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "scripts.serve"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ALLOWED_HOSTS": "guide.example.org"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("SECRET_KEY is missing")
    assert len(ended.stderr.splitlines()) == 1
