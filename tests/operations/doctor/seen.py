"""Run one check as the doctor does, and say what it found."""

from django.db.utils import ConnectionHandler

from operations.doctor import every_check  # noqa: F401  (checks register themselves)
from operations.doctor.finding import CHECKS
from operations.doctor.looking import look
from operations.doctor.site import Site


def report_of(code, site=None):
    """The report of a single check, with nothing that it needs looked at before."""
    return look(site or Site(), checks={code: CHECKS[code]})


def found(code, site=None):
    """What one check found, as (level, what)."""
    return [(f.level.name.lower(), f.what) for f in report_of(code, site).findings]


def levels(code, site=None):
    return [level for level, _what in found(code, site)]


def unseen(code, site=None):
    """Why a check did not look."""
    return report_of(code, site).not_looked_at.get(code, "")


class FileSite(Site):
    """A site whose database is a file of SQLite; `use` makes the doctor connect to it."""

    def database(self, alias="default"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(self.file)}

    @classmethod
    def use(cls, monkeypatch, file, **options):
        site = cls()
        site.file = file
        handler = ConnectionHandler(
            {
                "default": {
                    "ENGINE": "django.db.backends.sqlite3",
                    "NAME": str(file),
                    "OPTIONS": options,
                }
            }
        )
        monkeypatch.setattr("operations.doctor.database.connections", handler)
        return site, handler
