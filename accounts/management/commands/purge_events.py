"""`manage.py purge_events`: forget what happened to accounts long ago, and accounts that nobody uses."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts import closing, events


class Command(BaseCommand):
    help = (
        "Forget events, ended invitations and entries of the administration of a year ago, accounts "
        "without a role in which nobody signed in since, accounts closed a month ago, and ended sessions."
    )

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, help="keep so many days instead of EVENT_DAYS")

    def handle(self, days, **_options):
        gone = events.purge(days) + closing.close_idle()
        call_command("clearsessions")
        self.stdout.write(f"Forgotten: {gone}.")
