"""What the documentation names is there, and what is there is named."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
READ = re.compile(
    r"\b(?:folder|switch|words|web_address|whole_number)\(\s*env,\s*\"([A-Z_]+)\"|\benv(?:\.[a-z_]+)?\(\"([A-Z_]+)\""
)
FILES = [
    "README.md",
    "CHANGELOG.md",
    *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md")),
]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_operators_page_names_every_setting_and_no_other():
    code = read("config/settings.py") + read("config/environment.py")
    variables = {first or second for first, second in READ.findall(code)} | {
        "PORT",
        "DEMO_PASSWORD",
        # Read by `scripts/serve` and by gunicorn.
        "ENV_FILE",
        "MIGRATE",
        "WEB_CONCURRENCY",
    }
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", read("docs/operators.md"), re.MULTILINE))
    assert rows == variables


@pytest.mark.parametrize("name", FILES)
def test_paths_that_a_page_names_exist(name):
    for path in re.findall(
        r"`((?:config|services|referrals|learning|operations|deploy|fixtures|templates|static|tests|docs|scripts|benchmarks)/[\w./-]+)`",
        read(name),
    ):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("name", FILES)
def test_commands_that_a_page_names_exist(name):
    for command in re.findall(r"manage\.py ([a-z_]+)", read(name)):
        assert command in get_commands(), command
