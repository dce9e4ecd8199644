"""What is inside the encryption: a tar that `age`, `tar` and the database's own programs can open.

manifest.json       what the backup holds, known before it is written
HOW-TO-OPEN.txt     the way in without this software
dump/000000 …       the dump, in parts, because its length is not known beforehand
sums.json           length and SHA-256 of the dump: the last member, so that a cut is seen
"""

import hashlib
import json
import tarfile

from operations.backup.age import NOT_WHOLE
from operations.backup.errors import DamagedError
from operations.backup.manifest import Manifest

PART = 4 * 1024 * 1024
READ = 64 * 1024
#: No manifest is nearly as long; what claims to be is not ours.
MOST_JSON = 4 * 1024 * 1024
HOW_TO_OPEN = """\
Waymark can open this backup (manage.py restore); so can age, tar and the database's programs:
    age --decrypt --identity KEY BACKUP.age | tar --extract
    cat dump/* > dump.whole
A dump of SQLite is packed with gzip: gunzip < dump.whole > waymark.sqlite3
A dump of PostgreSQL is of pg_dump: pg_restore --no-owner --no-acl --dbname NEW_DATABASE dump.whole
"""


def pack(manifest, chunks):
    """The bytes of an archive, one after the other, while the dump comes in."""
    yield from _member("manifest.json", manifest.as_json())
    yield from _member("HOW-TO-OPEN.txt", HOW_TO_OPEN.encode())
    digest, length = hashlib.sha256(), 0
    for number, part in enumerate(_parts(chunks)):
        digest.update(part)
        length += len(part)
        yield from _member(f"dump/{number:06}", part)
    sums = {"sha256": digest.hexdigest(), "bytes": length}
    yield from _member("sums.json", json.dumps(sums).encode())
    yield bytes(2 * tarfile.BLOCKSIZE)


def _member(name, data):
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    yield info.tobuf(tarfile.USTAR_FORMAT)
    yield bytes(data)
    yield bytes(-len(data) % tarfile.BLOCKSIZE)


def _parts(chunks):
    part = bytearray()
    for chunk in chunks:
        part += chunk
        while len(part) >= PART:
            yield bytes(part[:PART])
            del part[:PART]
    if part:
        yield bytes(part)


class Opened:
    """An archive that is being read: its manifest at once, its dump as it comes.

    `chunks()` reads to the very end of what lies underneath and then says whether it was whole.
    """

    def __init__(self, readable):
        self._readable = readable
        try:
            self._tar = tarfile.open(fileobj=readable, mode="r|", bufsize=64 * 1024)  # noqa: SIM115, a stream
            self.manifest = Manifest.from_json(self._read_json("manifest.json"))
        except tarfile.TarError as error:
            raise DamagedError(NOT_WHOLE) from error

    def _read_json(self, name):
        member = self._tar.next()
        if member is None or member.name != name or member.size > MOST_JSON:
            raise DamagedError(NOT_WHOLE)
        return self._tar.extractfile(member).read()

    def chunks(self):
        try:
            yield from self._chunks()
        except tarfile.TarError as error:
            raise DamagedError(NOT_WHOLE) from error

    def _chunks(self):
        digest, length, number = hashlib.sha256(), 0, 0
        while (member := self._tar.next()) and member.name != "sums.json":
            if member.name == "HOW-TO-OPEN.txt":
                continue
            if member.name != f"dump/{number:06}" or member.size > PART:
                raise DamagedError(NOT_WHOLE)
            part = self._tar.extractfile(member).read()
            digest.update(part)
            length, number = length + len(part), number + 1
            yield part
        self._compare(member, digest, length)
        while self._readable.read(READ):
            pass

    def _compare(self, member, digest, length):
        if member is None or member.size > MOST_JSON:
            raise DamagedError(NOT_WHOLE)
        try:
            sums = json.loads(self._tar.extractfile(member).read())
        except ValueError as error:
            raise DamagedError(NOT_WHOLE) from error
        if sums != {"sha256": digest.hexdigest(), "bytes": length}:
            raise DamagedError(NOT_WHOLE)
