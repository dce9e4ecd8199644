"""Make a backup: dump, restore what was dumped, seal, and only then let it take its place."""

import contextlib
import dataclasses
import datetime
from pathlib import Path

from operations.backup import age, archive, files
from operations.backup.manifest import Manifest


@dataclasses.dataclass(frozen=True)
class Made:
    """A backup that is whole and proved."""

    path: Path
    size: int
    manifest: Manifest
    proof: str
    deleted: list


def make(database, folder, public_keys, *, keep=None, now=None):
    """Write a backup of a database to a folder, sealed to public keys.

    The very bytes that are sealed are restored on their way, and what came of them is compared
    with what was counted in the snapshot: this machine could not open the file again.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    keys = age.recipients(public_keys)
    with _alone(database, folder), database.snapshot() as snapshot:
        files.require_room(folder, snapshot.expected)
        manifest = Manifest.of(snapshot, now)
        path, proof = _write(database, snapshot, manifest, folder, keys, now)
        deleted = files.remove_older(folder, keep, path) if keep else []
    return Made(path, path.stat().st_size, manifest, proof, deleted)


@contextlib.contextmanager
def _alone(database, folder):
    """Hold the database and the folder, which may be the one that the database lies in."""
    with contextlib.ExitStack() as held:
        held.enter_context(database.alone())
        if database.folder is None or database.folder.resolve() != folder.resolve():
            held.enter_context(files.alone(folder))
        yield


def _write(database, snapshot, manifest, folder, keys, now):
    whole = files.Whole(folder)
    try:
        with database.scratch(manifest) as scratch:
            dump = archive.pack(manifest, _and_restore(snapshot.chunks(), scratch))
            age.encrypt(dump, whole, keys)
            scratch.finish(manifest)
            proof = scratch.proof
        return whole.keep(now), proof
    finally:
        whole.drop()


def _and_restore(chunks, scratch):
    for chunk in chunks:
        scratch.write(chunk)
        yield chunk
