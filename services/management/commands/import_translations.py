"""`manage.py import_translations`: what translators made of a city's texts; all of it or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from services.acting import Way
from services.translating import operator, po, transfer


class Command(BaseCommand):
    help = "Bring a PO file of a city's listings in. One wrong row keeps everything out."

    def add_arguments(self, parser):
        operator.add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="replace what somebody has checked, too"
        )

    def handle(self, *, city, language, file, replace, **_options):
        services = operator.listings(city, language)
        try:
            entries = po.read(file)
        except po.FileError as error:
            raise CommandError(str(error)) from error
        made = transfer.apply(services, language, entries, None, Way.COMMAND, replace=replace)
        if made.faults:
            said = (f"line {f.line} ({f.context}): {f.why}" for f in made.faults)
            raise CommandError("\n".join(["Nothing was written.", *said]))
        self.stdout.write(
            f"{len(made.changes(replace=replace))} written, {made.unchanged} unchanged, "
            f"{0 if replace else len(made.replaced)} checked ones kept, "
            f"{len(made.outdated)} of an English text that has changed"
        )
