"""What a file of SQLite needs."""

import stat
from pathlib import Path

from operations.doctor.database import connection_to, one_row, sqlite_file
from operations.doctor.finding import CannotTell, check, fault, risk

MOUNTS = Path("/proc/self/mounts")
#: Locks and shared memory of SQLite do not hold across machines.
NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "ceph", "glusterfs", "9p", "afs")


@check("D24", "write-ahead log", needs=["D20"])
def journal(site):
    sqlite_file(site)
    (mode,) = one_row(connection_to(site), "PRAGMA journal_mode")
    if mode != "wal":
        yield risk(
            f"SQLite keeps its journal as “{mode}”: every edit stops all reading.",
            f'sqlite3 {site.database()["NAME"]} "PRAGMA journal_mode=WAL", on a local disk',
        )


@check("D25", "file system", needs=["DATABASE_URL"])
def network_file_system(site):
    if not MOUNTS.exists():
        raise CannotTell("this system does not say")
    kind = file_system_of(sqlite_file(site).resolve(), MOUNTS.read_text())
    if kind in NETWORK:
        yield fault(
            f"The database is a file on a network disk ({kind}): two machines would destroy it.",
            "Move it to a local disk, or use PostgreSQL: DATABASE_URL",
        )


def file_system_of(path, mounts):
    """The kind of file system that a path is on, by the lines of /proc/mounts."""
    found = ("", "")
    for line in mounts.splitlines():
        _device, point, kind, *_rest = line.split()
        point = point.replace("\\040", " ")
        inside = point == "/" or path == Path(point) or Path(point) in path.parents
        # The last of the same length lies on top.
        if inside and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]


@check("D26", "who can read the file", needs=["DATABASE_URL"], production=True)
def readable_by_all(site):
    file = sqlite_file(site)
    for path in (file, file.with_name(file.name + "-wal")):
        if path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield risk(
                f"Everybody on this machine can read {path.name}.",
                f"chmod o-rwx {file}*; and UMask=0077 in the unit",
            )
            return


@check("D27", "damage", needs=["D20"])
def damage(site):
    sqlite_file(site)
    (said,) = one_row(connection_to(site), "PRAGMA quick_check(1)")
    if said != "ok":
        yield fault(
            "The database file is damaged.",
            "Stop the site, keep a copy of the file, then manage.py restore the last good backup",
        )
