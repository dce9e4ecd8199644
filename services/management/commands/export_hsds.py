"""`manage.py export_hsds`: the directory as files of the Human Services Data Specification."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from services.hsds import export
from services.models import City
from services.visibility import Audience

AUDIENCES = {"public": Audience.PUBLIC, "professional": Audience.PROFESSIONAL}


class Command(BaseCommand):
    help = "Write the published directory as HSDS. Nothing sealed leaves, whatever the audience."

    def add_arguments(self, parser):
        parser.add_argument("--city", metavar="SLUG", help="what somebody in this city can use")
        parser.add_argument(
            "--audience",
            choices=AUDIENCES,
            default="public",
            help="with professional, also what vetted workers may see (default: public)",
        )
        parser.add_argument("--format", choices=("json", "ndjson", "datapackage"), default="json")
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: printed")

    def handle(self, *, city, audience, output, **options):
        city = city and self._city(city)
        reader = export.reader_of(AUDIENCES[audience], city)
        found = export.services(reader, city)
        if options["format"] == "datapackage":
            if output is None:
                raise CommandError("A data package is a zip file: name it with --output.")
            self._writing(output, lambda: export.write_package(found, output))
            return
        pieces = export.as_json(found) if options["format"] == "json" else export.as_lines(found)
        if output is None:
            for piece in pieces:
                self.stdout.write(piece.decode(), ending="")
        else:
            self._writing(output, lambda: _write(pieces, output))

    def _city(self, slug):
        city = City.objects.filter(slug=slug).first()
        if city is None:
            known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no city “{slug}”. Known are: {known}.")
        return city

    def _writing(self, output, act):
        try:
            act()
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error


def _write(pieces, path):
    """Under another name first, so that a file that is there is a whole one."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(pieces)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
