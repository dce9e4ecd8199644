"""`manage.py load_cities`: the shipped cities, or files you name, into the directory."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from services.loading import FixtureError, load


class Command(BaseCommand):
    help = "Load cities from fixture files. Loading the same files again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="*", type=Path, help="files or folders (default: fixtures/)"
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="withdraw services that were loaded earlier and that the files no longer name",
        )

    def handle(self, *, files, prune, verbosity, **_options):
        if prune and any(path.is_file() for path in files):
            raise CommandError(
                "--prune needs whole folders: other files' services would be withdrawn."
            )
        try:
            counts = load(files or [settings.BASE_DIR / "fixtures"], prune=prune)
        except FixtureError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            for label, count in counts.items():
                self.stdout.write(f"{label}: {count}")
