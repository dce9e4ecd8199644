"""`manage.py export_sheet`: the listings of a city as a spreadsheet."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from services.sheets import operator, writing


class Command(BaseCommand):
    help = "Write a city's own listings as CSV or XLSX, to be edited and imported again."

    def add_arguments(self, parser):
        parser.add_argument("--city", metavar="SLUG", required=True)
        parser.add_argument("--output", type=Path, metavar="FILE", required=True)
        parser.add_argument("--language", default="en", metavar="TAG", help="of the texts")
        parser.add_argument(
            "--sealed", action="store_true", help="with what only the city's administrators see"
        )
        parser.add_argument(
            "--template", action="store_true", help="an empty sheet with an example"
        )

    def handle(self, *, city, output, language, sealed, template, **_options):
        form = output.suffix.lower().lstrip(".")
        if form not in writing.WRITERS:
            raise CommandError("The file must end in .csv or .xlsx.")
        make = writing.template if template else writing.export
        content = make(operator.around(city, language, sealed=sealed), form)
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
