"""`manage.py import_hsds`: a feed of the Human Services Data Specification into the directory."""

from django.core.management.base import BaseCommand, CommandError

from services.fixture_files import LANGUAGE_TAG
from services.fixture_shapes import FixtureError
from services.hsds import importing, reading
from services.models import City


class Command(BaseCommand):
    help = (
        "Import HSDS 3.0 to 3.2 or Open Referral UK 3.0 as drafts of a city: all of it or nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "source", help="a .json, .ndjson or .zip file, a folder of CSVs, or an https address"
        )
        parser.add_argument("--city", metavar="SLUG", required=True)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument(
            "--restore",
            action="store_true",
            help="bring back an export of this software: published, with all that it holds",
        )
        parser.add_argument(
            "--publisher",
            default="",
            metavar="NAME",
            help="who publishes the feed (default: the file's name, or the host); keep it the same",
        )
        parser.add_argument(
            "--language", default="en", metavar="TAG", help="of the feed's texts (default: en)"
        )

    def handle(self, *, source, city, dry_run, restore, **options):
        if not LANGUAGE_TAG.fullmatch(options["language"]):
            raise CommandError("--language is a tag such as en or fr.")
        city = self._city(city)
        try:
            report = importing.run(
                reading.read(source),
                city,
                restore=restore,
                dry_run=dry_run,
                publisher=options["publisher"].strip(),
                language=options["language"],
            )
        except FixtureError as error:
            raise CommandError(f"{error} Nothing was written.") from error
        self._tell(report, options["verbosity"])
        if report.count("rejected"):
            raise CommandError(f"Nothing was written, because rows were rejected: {report}.")
        self.stdout.write(f"{'Nothing was written. It would be: ' if dry_run else ''}{report}.")

    def _city(self, slug):
        city = City.objects.select_related("country").filter(slug=slug).first()
        if city is None:
            known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no city “{slug}”. Known are: {known}.")
        return city

    def _tell(self, report, verbosity):
        for note in report.notes:
            self.stdout.write(_printable(note))
        rejected = [line for line in report.lines if line.state == "rejected"]
        for line in rejected or report.lines:
            is_news = line.state != "unchanged" or line.notes
            if rejected or verbosity > (0 if is_news else 1):
                self._tell_line(line)

    def _tell_line(self, line):
        spot = ", ".join(part for part in (line.where.file, line.where.row) if part)
        name = f" “{line.name}”" if line.name else ""
        said = [
            f"rejected{name}: {line.complaint}" if line.complaint else f"{line.state}{name}: {spot}"
        ]
        said += [f"    {field}{': ' if field else ''}{words}" for field, words in line.notes]
        for one in said:
            self.stdout.write(_printable(one))


def _printable(text):
    """The text without what would steer a terminal: much of it was written by others."""
    return "".join(c if c.isprintable() else "�" for c in text)
