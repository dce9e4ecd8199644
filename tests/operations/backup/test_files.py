"""A backup appears whole or not at all, and old ones leave after it."""

import datetime

import pytest

from operations.backup import files
from operations.backup.errors import BusyError, NoRoomError, ProofError, RefusedError
from tests.operations.backup.little import names

NOW = datetime.datetime(2026, 11, 27, 20, 0, tzinfo=datetime.UTC)


def test_a_file_has_its_name_when_it_is_whole_and_is_for_its_owner_alone(folder):
    whole = files.Whole(folder)
    whole.write(b"one")
    assert not [name for name in names(folder) if files.NAME.fullmatch(name)]
    path = whole.keep(NOW)
    whole.drop()
    assert names(folder) == {"waymark-20261127T200000Z.age"}
    assert path.read_bytes() == b"one"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_given_up_leaves_nothing(folder):
    whole = files.Whole(folder)
    whole.write(b"one")
    whole.drop()
    assert names(folder) == set()


def test_no_backup_takes_the_place_of_another_of_the_same_second(folder):
    for data in (b"one", b"two"):
        whole = files.Whole(folder)
        whole.write(data)
        whole.keep(NOW)
    assert sorted(path.read_bytes() for path in folder.glob("*.age")) == [b"one", b"two"]


def test_a_disk_that_does_not_give_back_what_was_written_is_noticed(folder):
    whole = files.Whole(folder)
    whole.write(b"one")
    whole.flush()
    whole.temporary.write_bytes(b"two")
    with pytest.raises(ProofError, match="broken"):
        whole.keep(NOW)
    assert not list(folder.glob("*.age"))


def test_one_run_at_a_time(folder):
    with files.alone(folder), pytest.raises(BusyError), files.alone(folder):
        pass
    with files.alone(folder):
        pass


def test_what_killed_runs_left_is_cleared_away_and_nothing_else(folder):
    (folder / f"{files.PART}x").write_bytes(b"half")
    (folder / f"{files.SCRATCH}x").mkdir()
    (folder / f"{files.SCRATCH}x" / "plain.sqlite3").write_bytes(b"plain")
    (folder / "waymark-20261127T200000Z.age").write_bytes(b"good")
    (folder / "notes.txt").write_bytes(b"mine")
    with files.alone(folder):
        assert names(folder) == {"waymark-20261127T200000Z.age", "notes.txt"}


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(RefusedError, match="mkdir"), files.alone(tmp_path / "share"):
        pass
    assert not (tmp_path / "share").exists()


def test_a_scratch_folder_is_for_its_owner_alone_and_gone_afterwards(folder):
    with files.scratch(folder) as made:
        assert made.stat().st_mode & 0o777 == 0o700
        (made / "plain").write_bytes(b"plain")
    assert names(folder) == set()


def test_too_little_room_is_said_before_anything_is_written(folder):
    with pytest.raises(NoRoomError, match="make room"):
        files.require_room(folder, 10**18)


def make_backups(folder, *days):
    for day in days:
        (folder / f"waymark-202611{day:02}T200000Z.age").write_bytes(b"")


def test_the_newest_backups_are_kept_and_what_is_no_backup(folder):
    make_backups(folder, 1, 2, 3, 4)
    (folder / "waymark-old.age").write_bytes(b"")
    files.remove_older(folder, 2, folder / "waymark-20261104T200000Z.age")
    assert sorted(names(folder)) == [
        "waymark-20261103T200000Z.age",
        "waymark-20261104T200000Z.age",
        "waymark-old.age",
    ]


def test_the_one_just_made_is_kept_even_where_the_clock_went_back(folder):
    make_backups(folder, 1, 20, 21)
    files.remove_older(folder, 1, folder / "waymark-20261101T200000Z.age")
    assert names(folder) == {"waymark-20261101T200000Z.age"}
