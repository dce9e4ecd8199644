"""The files of `deploy/` as linters see them; there is no container runtime and no systemd in tests."""

import re
import shutil

import pytest

from tests.deploy.tools import DEPLOY, run

UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
#: What `systemd-analyze security` may say at most; 10 is a service that may do everything.
EXPOSURE = 1.5


def names(paths):
    return [path.name for path in paths]


def test_the_container_file_is_clean():
    assert run("hadolint", DEPLOY / "Containerfile") == (0, "")


def test_the_linter_of_container_files_finds_something(tmp_path):
    (tmp_path / "Containerfile").write_text("FROM python\n")
    assert "DL3006" in run("hadolint", tmp_path / "Containerfile")[1]


def test_the_compose_file_follows_its_specification(tmp_path):
    asks = ("check-jsonschema", "--builtin-schema", "vendor.compose-spec")
    code, said = run(*asks, DEPLOY / "compose.yaml")
    assert code == 0, said
    wrong = (DEPLOY / "compose.yaml").read_text().replace("cap_drop", "cap_drops")
    (tmp_path / "compose.yaml").write_text(wrong)
    assert run(*asks, tmp_path / "compose.yaml")[0] == 1


@pytest.fixture
def units(tmp_path):
    """The units with programs that are there: on this machine the site is not installed."""
    for unit in UNITS:
        text = re.sub(r"/opt/waymark/\.venv/bin/\w+", shutil.which("true"), unit.read_text())
        (tmp_path / unit.name).write_text(text.replace("/opt/waymark", str(tmp_path)))
    return tmp_path


def test_systemd_takes_every_unit(units):
    files = sorted(units.glob("waymark*"))
    assert run("systemd-analyze", "verify", *files) == (0, "")


def test_systemd_says_what_is_wrong_with_a_unit(units):
    unit = units / "waymark.service"
    unit.write_text(unit.read_text().replace("Type=notify", "Tipe=notify"))
    assert "Tipe" in run("systemd-analyze", "verify", unit)[1]


@pytest.mark.parametrize("unit", SERVICES, ids=names(SERVICES))
def test_a_service_may_do_little(unit):
    code, said = run("systemd-analyze", "security", "--offline=true", unit)
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", said)
    assert exposure, (code, said)
    assert float(exposure[1]) <= EXPOSURE
