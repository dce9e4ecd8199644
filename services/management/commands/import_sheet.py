"""`manage.py import_sheet`: a spreadsheet of a city's listings, all of it or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from services.sheets import imports, operator
from services.sheets.applying import NotWrittenError
from services.sheets.plan import count
from services.sheets.tables import FileError


class Command(BaseCommand):
    help = "Import a CSV or XLSX of a city's listings: all of it or nothing. HSDS: import_hsds."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--city", metavar="SLUG", required=True)
        parser.add_argument("--language", default="en", metavar="TAG", help="of the texts")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument(
            "--sealed", action="store_true", help="as an administrator: also sealed columns"
        )

    def handle(self, *, file, city, language, dry_run, sealed, **_options):
        around = operator.around(city, language, sealed=sealed)
        try:
            lines = imports.run(file.read_bytes(), around, dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file} cannot be opened: {error.strerror}.") from error
        except (FileError, NotWrittenError) as error:
            raise CommandError(f"{error} Nothing was written.") from error
        self._tell(lines)
        counts = count(lines)
        said = ", ".join(f"{number} {state}" for state, number in counts.items())
        if counts["rejected"]:
            raise CommandError(f"Nothing was written, because rows were rejected: {said}.")
        self.stdout.write(f"{'Nothing was written. It would be: ' if dry_run else ''}{said}.")

    def _tell(self, lines):
        """Every complaint with its cell; of changes the cells alone, for a log holds no places."""
        for line in lines:
            for column, cell, message in line.complaints:
                self.stdout.write(_printable(f"{cell} {column}: {message}"))


def _printable(text):
    return "".join(c if c.isprintable() else "�" for c in text)
