"""Zip files of tables, unpacked in memory and not believed in anything they say of themselves."""

import io
import lzma
import struct
import zipfile
import zlib

#: Files in a package.
MOST_FILES = 100
#: All that `zipfile` raises over bytes that are no package, a password, or an unknown packing.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


def unpacked(content, where, most):
    """File name -> bytes of the tables in a package of at most so many bytes; nothing is written to disk."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _entries(package, where, most)
    except _BROKEN:
        where.refuse("cannot be unpacked: it is broken, cut off, or needs a password.")


def _entries(package, where, most):
    infos = [info for info in package.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        where.refuse(f"holds more than {MOST_FILES} files.")
    found, left = {}, most
    for info in infos:
        name = info.filename
        if name.startswith(("/", "\\")) or ".." in name or "\\" in name or ":" in name:
            where.refuse("holds a file whose name leads out of the package.")
        if not name.lower().endswith(".csv"):
            continue
        # What an entry says of its own length need not be true.
        with package.open(info) as file:
            data = file.read(left + 1)
        left -= len(data)
        if left < 0:
            where.refuse(f"unpacks to more than {most // 1_000_000} MB.")
        if found.setdefault(name.rpartition("/")[2], data) is not data:
            where.refuse("holds two tables of the same name.")
    return found
