"""What a server of PostgreSQL needs."""

import datetime
import ipaddress

from django.utils import timezone

from operations.doctor.database import connection_to, one_row
from operations.doctor.finding import CannotTell, check, fault, risk
from operations.doctor.site import is_own_machine

#: The day on which a major version got its last mending (postgresql.org, “Versioning Policy”).
LAST_DAY = {
    14: datetime.date(2026, 11, 12),
    15: datetime.date(2027, 11, 11),
    16: datetime.date(2028, 11, 9),
    17: datetime.date(2029, 11, 8),
    18: datetime.date(2030, 11, 14),
}
CLOCK_SECONDS = 5


def server(site):
    if site.vendor != "postgresql":
        raise CannotTell("the database is SQLite")
    return connection_to(site)


@check("D28", "PostgreSQL's version", needs=["D20"])
def version(site):
    major = server(site).pg_version // 10000
    yield from version_state(major, site.now.date())


def version_state(major, today):
    """An old server works, but its holes stay open; a version we do not know is newer than this list."""
    last = LAST_DAY.get(major, datetime.date.min if major < min(LAST_DAY) else datetime.date.max)
    if last < today:
        yield risk(
            f"PostgreSQL {major} gets no more mending.",
            f"Upgrade to {max(LAST_DAY)}: pg_upgrade, after a backup",
        )


@check("D29", "PostgreSQL's encoding", needs=["D20"])
def encoding(site):
    (name,) = one_row(server(site), "SHOW server_encoding")
    if name != "UTF8":
        yield fault(
            f"The database's encoding is {name}: not every name can be written in it.",
            "createdb --encoding UTF8 --template template0 NAME, and load a backup into it",
        )


@check("D30", "PostgreSQL's safety", needs=["D20"])
def durable(site):
    for name in ("fsync", "full_page_writes"):
        (value,) = one_row(server(site), "SELECT current_setting(%s)", [name])
        if value == "off":
            yield fault(
                f"{name} is off: a power cut destroys the database.",
                f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();",
            )


@check("D31", "search index", needs=["D20"])
def trigrams(site):
    found = one_row(server(site), "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    if not found:
        yield risk(
            "The extension pg_trgm is missing: search reads every listing.",
            "CREATE EXTENSION pg_trgm; as the database's owner, then manage.py migrate",
        )


@check("D32", "encrypted connection", needs=["D20"])
def encrypted(site):
    row = one_row(
        server(site),
        "SELECT ssl, inet_server_addr()::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    )
    options = site.database().get("OPTIONS", {})
    yield from encryption_state(site.database()["HOST"], *row, options.get("sslmode", ""))


def encryption_state(host, is_encrypted, address, mode):
    """`sslmode=disable` is taken as meant inside a private network, such as that of containers."""
    near = not host or host.startswith("/") or is_own_machine(host)
    private = bool(address) and ipaddress.ip_interface(address).ip.is_private
    if not (near or is_encrypted or (mode == "disable" and private)):
        yield risk(
            f"What is read from the database at {host} crosses the network in the clear.",
            "DATABASE_URL=postgres://…?sslmode=verify-full (sslmode=disable in a network of its own)",
        )


@check("D33", "PostgreSQL's role", needs=["D20"])
def role(site):
    (is_superuser,) = one_row(
        server(site), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    if is_superuser:
        yield risk(
            "The site signs in to the database as a superuser: a hole in it opens the whole server.",
            "CREATE ROLE waymark LOGIN; ALTER DATABASE … OWNER TO waymark; and DATABASE_URL with it",
        )


@check("D34", "clocks", needs=["D20"])
def clock(site):
    (there,) = one_row(server(site), "SELECT clock_timestamp()")
    yield from clock_state((there - timezone.now()).total_seconds())


def clock_state(seconds):
    if abs(seconds) > CLOCK_SECONDS:
        yield fault(
            f"The database's clock and this machine's differ by {abs(seconds):.0f} seconds.",
            "timedatectl set-ntp true, on both",
        )
