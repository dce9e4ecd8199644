"""All wrong variables are told at once, by a command that needs none of them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from operations.doctor import entry, variables

ROOT = Path(__file__).resolve().parents[3]
WRONG = {
    "WAYMARK_ENV": "staging",
    "SECRET_KEY": "zqx-short",
    "ALLOWED_HOSTS": "*",
    "DATABASE_URL": "mysql://user:zqx-password@host/name",
    "EMAIL_URL": "pigeon://user:zqx-password@mail.example.org",
    "DEFAULT_FROM_EMAIL": "the guide",
    "SITE_URL": "guide.example.org",
    "LOG_LEVEL": "loud: very",
    "BEHIND_PROXY": "perhaps",
    "OFFLINE_DAYS": "a week",
    "TILE_URL": "http://tiles.example.org",
}


def python(*arguments, **environ):
    """A process of its own, with this environment and nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=kept | environ,
        capture_output=True,
        text=True,
        timeout=120,
    )


def doctor(*arguments, **environ):
    return python("manage.py", "doctor", *arguments, **environ)


def test_every_wrong_variable_is_named_and_no_secret_is_shown():
    ended = doctor(**WRONG)
    assert ended.returncode == 2
    assert ended.stderr == ""
    told = [line for line in ended.stdout.splitlines() if line.startswith("FAULT")]
    for name in WRONG:
        assert any(f"  {name} " in line for line in told), name
    assert "zqx" not in ended.stdout


def test_a_secret_in_a_file_that_cannot_be_read(tmp_path):
    ended = doctor(SECRET_KEY_FILE=str(tmp_path / "none"))
    assert "FAULT D02  SECRET_KEY_FILE names a file that cannot be read." in ended.stdout


def test_a_file_that_holds_a_wrong_secret_hides_nothing_else(tmp_path):
    (tmp_path / "key").write_text("zqx-short\n")
    ended = doctor(SECRET_KEY_FILE=str(tmp_path / "key"), WAYMARK_ENV="staging", LOG_LEVEL="loud")
    assert {"D01", "D02", "D03"} <= set(re.findall(r"^FAULT (D\d+)", ended.stdout, re.MULTILINE))
    assert "does not load" not in ended.stdout


def test_nothing_is_asked_of_a_database_whose_address_is_wrong():
    said = json.loads(doctor("--json", **WRONG).stdout)
    assert said["not_seen"]["D22"] == "D20 comes first"
    assert len(said["findings"]) >= len(WRONG)


def test_settings_load_without_what_was_set_aside():
    """Where a release asks for one more, `stand_ins` has to know it, or others are not looked at."""
    asks = (
        "from operations.doctor import variables; wrong = {}; variables.set_wrong_aside(wrong);"
        "import config.settings; print(*wrong)"
    )
    ended = python("-c", asks)
    assert ended.stderr == ""
    assert (
        {"SECRET_KEY", "ALLOWED_HOSTS"} <= set(ended.stdout.split()) <= set(variables.stand_ins())
    )


def test_what_is_set_aside_does_not_come_back():
    environ = {"EMAIL_URL": " ", "EMAIL_URL_FILE": "/nonexistent"}
    variables._set_aside(environ, "EMAIL_URL")
    assert environ == {}


@pytest.mark.parametrize(
    ("said", "what", "mend"),
    [
        ("PORT is “a: b”: use a number.", "PORT is “a: b”.", "Use a number."),
        (
            "X_URL cannot be read. Write it like a://b.",
            "X_URL cannot be read.",
            "Write it like a://b.",
        ),
        ("KEYS: key 1 is none. Write keys.", "KEYS: key 1 is none.", "Write keys."),
        ("LEVEL holds something else", "LEVEL holds something else", entry.HELP),
    ],
)
def test_a_refusal_says_what_is_wrong_and_how_to_mend_it(said, what, mend):
    found = entry._wrong("LEVEL", said)
    assert (found.code, found.what, found.mend) == ("D01", what, mend)


def test_a_site_that_does_not_load_is_one_line(monkeypatch):
    def damaged():
        raise ModuleNotFoundError("zqx-words", name="allauth")

    monkeypatch.setattr(variables, "set_wrong_aside", lambda wrong: wrong.update(LOG_LEVEL="no"))
    monkeypatch.setattr("django.setup", damaged)
    wrong, found = entry.examine().findings
    assert (wrong.code, wrong.what) == ("D01", "no")
    assert "ModuleNotFoundError allauth at test_variables.py" in found.what
    assert "zqx" not in found.what


def test_a_machine_without_the_packages_is_one_line():
    """Python leaves out what is installed beside it."""
    ended = python("-S", "manage.py", "doctor")
    assert ended.returncode == 2
    assert ended.stderr == ""
    assert "FAULT D01  The site does not load: ModuleNotFoundError django" in ended.stdout
