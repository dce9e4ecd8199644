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
            self._write(output, lambda path: export.write_package(found, path))
            return
        pieces = export.as_json(found) if options["format"] == "json" else export.as_lines(found)
        if output is None:
            for piece in pieces:
                self.stdout.write(piece.decode(), ending="")
        else:
            self._write(output, lambda path: _write_pieces(pieces, path))

    def _city(self, slug):
        city = City.objects.filter(slug=slug).first()
        if city is None:
            known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no city “{slug}”. Known are: {known}.")
        return city

    def _write(self, output, write):
        if not output.name or output.is_dir():
            raise CommandError(f"{output} is a folder: name a file in it.")
        try:
            _write_whole(output, write)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error


def _write_whole(path, write):
    """Under another name first, so that a file that is there is a whole one."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        write(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_pieces(pieces, path):
    with path.open("wb") as file:
        file.writelines(pieces)
