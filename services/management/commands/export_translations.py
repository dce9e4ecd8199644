"""`manage.py export_translations`: the texts of a city's listings for translators."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from services.translating import operator, po, transfer


class Command(BaseCommand):
    help = "Write the texts of a city's listings as a PO file, to be translated and imported again."

    def add_arguments(self, parser):
        operator.add_arguments(parser)
        parser.add_argument("--output", type=Path, metavar="FILE", required=True)

    def handle(self, *, city, language, output, **_options):
        services = operator.listings(city, language)
        try:
            po.write(output, language, transfer.entries(services, language))
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
