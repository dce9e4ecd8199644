"""What is inside the encryption can be opened with `tar`, and says itself whether it is whole."""

import dataclasses
import gzip
import io
import tarfile

import pytest

from operations.backup import archive
from operations.backup.errors import DamagedError, RefusedError
from operations.backup.manifest import Manifest

MANIFEST = Manifest(
    vendor="sqlite",
    server="3",
    made_at="2026-11-27T20:00:00+00:00",
    size=7,
    rows={"people": 3},
    migrations=[["operations", "0001_initial"]],
)


def packed(*chunks, manifest=MANIFEST):
    return b"".join(archive.pack(manifest, chunks))


def unpacked(data):
    opened = archive.Opened(io.BytesIO(data))
    return opened.manifest, b"".join(opened.chunks())


def test_the_manifest_is_read_first_and_the_dump_after_it():
    manifest, dump = unpacked(packed(b"one", b"", b"two"))
    assert dump == b"onetwo"
    assert manifest.rows == {"people": 3}
    assert manifest.migrations == [["operations", "0001_initial"]]


def test_a_long_dump_goes_in_parts(monkeypatch):
    monkeypatch.setattr(archive, "PART", 10)
    data = packed(b"a" * 25, b"b" * 8)
    assert unpacked(data)[1] == b"a" * 25 + b"b" * 8
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert [m.size for m in tar if m.name.startswith("dump/")] == [10, 10, 10, 3]


def test_any_tar_opens_it_and_finds_how_to_go_on():
    with tarfile.open(fileobj=io.BytesIO(packed(gzip.compress(b"SQL")))) as tar:
        assert b"gunzip" in tar.extractfile("HOW-TO-OPEN.txt").read()
        assert gzip.decompress(tar.extractfile("dump/000000").read()) == b"SQL"


@pytest.mark.parametrize("left", [0, 100, 512, 1024, 3000, 4096, -1024])
def test_an_archive_that_is_cut_is_refused(left):
    whole = packed(b"zanzibar7" * 100)
    with pytest.raises(DamagedError):
        unpacked(whole[:left] if left >= 0 else whole[: whole.index(b"sums.json")])


def test_an_archive_with_another_dump_is_refused():
    with pytest.raises(DamagedError):
        unpacked(packed(b"zanzibar7").replace(b"zanzibar7", b"zanzibar8"))


def test_an_archive_without_a_part_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "PART", 512)
    whole = packed(b"a" * 1024)
    at = whole.index(b"dump/000000")
    with pytest.raises(DamagedError):
        unpacked(whole[:at] + whole[at + 1024 :])


def test_an_archive_of_another_form_is_left_to_the_version_that_made_it():
    newer = dataclasses.replace(MANIFEST, format=2)
    with pytest.raises(RefusedError, match="version"):
        unpacked(packed(b"", manifest=newer))
