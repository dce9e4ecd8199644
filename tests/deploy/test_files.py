"""Our own rules for the files of `deploy/`, read as what they are."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.tools import DEPLOY

ROOT = DEPLOY.parent
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = sorted(COMPOSE["services"])
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


#: Said beside the command, not in a file of settings.
NOT_IN_A_FILE = {"ENV_FILE", "MIGRATE"}


def table():
    """The variables in the list of docs/operators.md."""
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)
    return [name for name in found if name not in NOT_IN_A_FILE]


def test_the_example_names_every_variable_of_the_documentation_once():
    text = (DEPLOY / "waymark.env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) == sorted(table())


def test_every_line_of_the_example_is_read_alike_by_a_shell_and_by_systemd():
    """Values stand in double quotes where a shell would take them apart."""
    for line in (DEPLOY / "waymark.env.example").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            assert re.fullmatch(r'#?[A-Z_]+=("[^"$`\\]*"|[\w./:@,+-]*)', line), line


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_locked(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(mount.startswith("/tmp:") for mount in service["tmpfs"])
    assert "privileged" not in service
    assert not any("docker.sock" in volume for volume in service.get("volumes", []))


def test_nothing_is_published_but_the_site_and_that_to_this_machine():
    ports = {name: COMPOSE["services"][name].get("ports", []) for name in SERVICES}
    assert {name for name, published in ports.items() if published} == {"app"}
    assert ports["app"] == ["127.0.0.1:8000:8000"]


def test_the_database_is_alone_with_the_site():
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_no_secret_stands_in_the_compose_file():
    for name in SERVICES:
        service = COMPOSE["services"][name]
        for variable, value in service["environment"].items():
            if re.search("PASSWORD|KEY|URL", variable):
                assert variable.endswith("_FILE"), variable
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert all(secret["file"].startswith("secrets/") for secret in COMPOSE["secrets"].values())


def test_the_image_runs_as_nobody_in_particular_and_asks_itself_whether_it_answers():
    last = (DEPLOY / "Containerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "healthcheck.py" in last
    assert not re.search(r"^ARG|^ADD|SECRET|curl", last, re.MULTILINE)


def test_an_image_holds_the_code_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    named = {line[1:].split("/")[0] for line in rules if line.startswith("!")}
    asked = subprocess.run(
        ["git", "ls-files", "*.py", "locale", "static", "templates", "fixtures", "requirements"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    tracked = {name.split("/")[0] for name in asked.stdout.splitlines()}
    assert named == (tracked | {"deploy"}) - {"benchmarks", "scripts", "tests"}


def hardening(unit):
    """The part of a unit that says what it may not do."""
    text = unit.read_text()
    return text[text.index("NoNewPrivileges") : text.index("DevicePolicy=closed")].splitlines()


def test_every_service_is_hardened_alike():
    assert len({tuple(hardening(unit)) for unit in UNITS}) == 1


#: Compiled files come and go while others collect their tests.
FILES = sorted(path for path in DEPLOY.rglob("*") if "__pycache__" not in path.parts)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_files_stay_small(path):
    assert path.is_dir() or len(Path(path).read_text().splitlines()) <= 140


def test_a_service_with_wrong_settings_is_not_started_again_and_again():
    unit = (DEPLOY / "systemd" / "waymark.service").read_text()
    code = re.search(r"APPLICATION_DOES_NOT_LOAD = (\d+)", (ROOT / "config/wsgi.py").read_text())[1]
    assert f"RestartPreventExitStatus={code}\n" in unit
