"""`manage.py send_checks`: ask organisations by mail whether their listings are still right."""

from django.core.management.base import BaseCommand, CommandError

from services.confirming import due, mailing
from services.models import City


class Command(BaseCommand):
    help = (
        "Send one mail to each organisation whose listings age, in cities that switched this on. "
        "`tick` runs it every day; it may run twice at once. At its end it deletes mails, links and "
        "decided proposals that are older than a year."
    )

    def add_arguments(self, parser):
        parser.add_argument("--city", help="only for organisations with a listing in this city")
        parser.add_argument(
            "--dry-run", action="store_true", help="say who would be asked; send and delete nothing"
        )

    def handle(self, *, city, dry_run, verbosity, **_options):
        found = self._city(city)
        if dry_run:
            return self._say_who(found)
        try:
            counts = mailing.run(found)
        except mailing.MailServerError as error:
            raise CommandError(
                f"The mail server cannot be reached ({error}). What waits is sent by the next run."
            ) from error
        if verbosity:
            self.stdout.write(
                f"sent: {counts['sent']}, to be tried again: {counts['waiting']}, "
                f"failed: {counts['failed']}, deleted: {counts['deleted']}"
            )
        return None

    def _city(self, slug):
        if slug is None:
            return None
        city = City.objects.filter(slug=slug).first()
        if city is None:
            raise CommandError(f"There is no city “{slug}”.")
        if not city.checks_on:
            raise CommandError(f"“{slug}” has not switched these mails on.")
        return city

    def _say_who(self, city):
        for one in due.find(city=city):
            names = ", ".join(mailing.names_of(one))
            self.stdout.write(f"{one.organization.name} <{one.email}> ({one.language}): {names}")
