"""Disk, memory, clock and files."""

import resource
import subprocess
from pathlib import Path

import pytest

from operations.doctor import machine
from operations.doctor.finding import CannotTell
from operations.doctor.site import Site
from tests.operations.doctor.seen import found, levels, unseen

GIGABYTE = 1024 * machine.MEGABYTE


def judged(seen):
    return [one.level.name.lower() for one in seen]


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        (100 * machine.MEGABYTE, 20 * GIGABYTE, "fault"),
        (900 * machine.MEGABYTE, 8 * GIGABYTE, "risk"),
        (4 * GIGABYTE, 100 * GIGABYTE, "risk"),
        (6 * GIGABYTE, 100 * GIGABYTE, None),
    ],
)
def test_room_on_a_disk(free, total, level):
    assert judged(machine.room_state("/srv", free, total)) == ([level] if level else [])


def test_each_disk_is_asked_once(settings, monkeypatch, tmp_path):
    (tmp_path / "backups").mkdir()
    settings.BACKUP_DIR = str(tmp_path / "backups")
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path))
    usage = type("Usage", (), {"free": 1, "total": GIGABYTE})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: usage)
    assert levels("D60") == ["fault"]


@pytest.mark.parametrize(("says", "wrong"), [("yes\n", False), ("no\n", True)])
def test_a_clock_that_follows_no_other(monkeypatch, says, wrong):
    answer = subprocess.CompletedProcess([], 0, stdout=says)
    monkeypatch.setattr(machine.subprocess, "run", lambda *_a, **_k: answer)
    assert levels("D61") == ["risk"] * wrong


def test_a_clock_that_nobody_knows_of(monkeypatch):
    def missing(*_args, **_options):
        raise FileNotFoundError

    monkeypatch.setattr(machine.subprocess, "run", missing)
    assert unseen("D61")


def test_static_files_of_another_release(production, tmp_path, monkeypatch):
    production.STATIC_ROOT = tmp_path
    source = tmp_path / "site.css"
    source.touch()
    monkeypatch.setattr(machine, "_source_files", lambda: [source])
    assert levels("D62") == ["fault"]
    (tmp_path / "staticfiles.json").touch()
    assert found("D62") == []
    newer = source.stat().st_mtime + 60
    machine.os.utime(source, (newer, newer))
    assert levels("D62") == ["risk"]


def test_every_source_of_static_files_is_there():
    names = {path.name for path in machine._source_files()}
    assert "site.css" in names or len(names) > 20


def test_catalogues_that_were_not_compiled(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").touch()
    assert "nl" in found("D63")[0][1]
    (folder / "django.mo").touch()
    assert found("D63") == []
    machine.os.utime(folder / "django.mo", (1, 1))
    assert levels("D63") == ["risk"]


def test_a_file_of_secrets_that_everybody_reads(settings, monkeypatch, tmp_path):
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(machine, "ENV_FILES", ())
    (tmp_path / "key").touch(mode=0o640)
    site = Site(environ={"SECRET_KEY_FILE": str(tmp_path / "key"), "SSL_CERT_FILE": "/etc/hosts"})
    assert found("D64", site) == []
    (tmp_path / "key").chmod(0o644)
    (tmp_path / ".env").touch(mode=0o644)
    assert levels("D64", site) == ["risk", "risk"]


@pytest.mark.parametrize(("workers", "wrong"), [(1, False), (5, False), (6, True)])
def test_more_processes_than_memory(workers, wrong):
    assert judged(machine.memory_state(workers, GIGABYTE)) == ["risk"] * wrong


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({}, "1"),
        ({"WEB_CONCURRENCY": "4"}, "4"),
        ({"WEB_CONCURRENCY": "4", "GUNICORN_CMD_ARGS": "--workers=8 --threads 2"}, "8"),
        ({"GUNICORN_CMD_ARGS": "-w 3"}, "3"),
    ],
)
def test_how_many_processes_are_asked_for(environ, asked):
    assert machine.asked_workers(environ) == asked


def test_a_number_of_processes_that_is_none():
    assert levels("D65", Site(environ={"WEB_CONCURRENCY": "many"})) == ["fault"]


def test_memory_of_a_container_counts(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal:  4194304 kB\nMemFree: 1 kB\n")
    (tmp_path / "max").write_text("1073741824\n")
    assert machine.memory_there(tmp_path / "meminfo", tmp_path / "max") == GIGABYTE
    (tmp_path / "max").write_text("max\n")
    assert machine.memory_there(tmp_path / "meminfo", tmp_path / "max") == 4 * GIGABYTE
    with pytest.raises(CannotTell):
        machine.memory_there(Path("/nonexistent"), tmp_path / "max")


@pytest.mark.parametrize(
    ("soft", "wrong"), [(256, True), (1024, False), (resource.RLIM_INFINITY, False)]
)
def test_few_open_files(monkeypatch, soft, wrong):
    monkeypatch.setattr(machine.resource, "getrlimit", lambda _which: (soft, soft))
    assert levels("D66") == ["risk"] * wrong


def test_folders_that_cannot_be_written(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path))
    settings.BACKUP_DIR = ""
    assert found("D67") == []
    settings.BACKUP_DIR = str(tmp_path / "none")
    assert "is no folder" in found("D67")[0][1]
    monkeypatch.setattr(machine.os, "access", lambda *_args: False)
    assert levels("D67") == ["fault", "fault"]
