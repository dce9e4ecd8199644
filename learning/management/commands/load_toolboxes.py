"""`manage.py load_toolboxes`: the shipped passages of /learn/ into the database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from learning.fixture_files import FOLDER, FixtureError
from learning.loading import load


class Command(BaseCommand):
    help = (
        "Load the toolboxes and their translations. Loading the same files again changes nothing, "
        "and what somebody edited since is left alone."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "folder", nargs="?", type=Path, default=FOLDER, help="default: fixtures/"
        )

    def handle(self, *, folder, verbosity, **_options):
        try:
            counts = load(folder)
        except FixtureError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"toolboxes: {counts}")
