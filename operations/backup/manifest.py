"""What a backup says of itself, and whether this code can live with it."""

import dataclasses
import datetime
import json
import tomllib
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from operations.backup.errors import DamagedError, ProofError, RefusedError

FORMAT = 1
PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
#: A session's key is the cookie that signs a person in, past the second step. It is in no backup:
#: who steals one and its key gets no sign-in, and restoring brings none back that was ended.
LEFT_OUT = ("django_session",)
OTHER_FORMAT = (
    "This backup is of a form that this version does not know: restore it with the version of "
    "Waymark that made it, or a newer one."
)


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What was backed up, when and from where; `rows` and `migrations` are of one snapshot."""

    vendor: str
    server: str
    made_at: str
    size: int
    rows: dict
    migrations: list
    waymark: str = ""
    left_out: tuple = LEFT_OUT
    format: int = FORMAT

    @classmethod
    def of(cls, snapshot, now):
        """The manifest of a database's snapshot."""
        return cls(
            vendor=snapshot.vendor,
            server=snapshot.server,
            made_at=now.astimezone(datetime.UTC).isoformat(timespec="seconds"),
            size=snapshot.size,
            rows=snapshot.rows,
            migrations=snapshot.migrations,
            waymark=_version(),
        )

    def as_json(self):
        return json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, data):
        try:
            values = json.loads(data)
            if values["format"] != FORMAT:
                raise RefusedError(OTHER_FORMAT)
            return cls(**values)
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedError(OTHER_FORMAT) from error

    def in_words(self):
        """Two lines for whoever restores it."""
        rows = f"{sum(self.rows.values()):,} rows in {len(self.rows)} tables"
        return (
            f"Made {self.made_at} by Waymark {self.waymark}, of {self.vendor} {self.server}.\n"
            f"Holds {rows}, {len(self.migrations)} migrations; no {', '.join(self.left_out)}."
        )

    def compare(self, rows, migrations):
        """Raise where a database that was restored from this backup differs from what was backed up."""
        expected = self.rows | dict.fromkeys(set(self.left_out) & set(self.rows), 0)
        differing = sorted(
            table
            for table in expected.keys() | rows.keys()
            if expected.get(table) != rows.get(table)
        )
        if differing:
            raise ProofError(f"Restored, but other numbers of rows in: {', '.join(differing)}.")
        if migrations != self.migrations:
            raise ProofError("Restored, but with other migrations than were backed up.")


def unknown_migrations(manifest):
    """What the backup's database has been through that this code does not know."""
    code = _migrations_of_this_code()
    known = set(code)
    for migration in code.values():
        known.update(migration.replaces)
    return [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]


def missing_migrations(manifest):
    """What this code asks for and the backup's database has not been through."""
    applied = {(app, name) for app, name in manifest.migrations}
    return [
        f"{app}.{name}"
        for (app, name), migration in sorted(_migrations_of_this_code().items())
        if (app, name) not in applied and not _replaced(migration, applied)
    ]


def _migrations_of_this_code():
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return loader.disk_migrations


def _replaced(migration, applied):
    return bool(migration.replaces) and applied.issuperset(migration.replaces)


def _version():
    try:
        return tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
    except (OSError, KeyError, ValueError):
        return "?"
