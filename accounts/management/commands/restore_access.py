"""`manage.py restore_access`: for the last administrator, whom nobody else can restore."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from accounts import people
from accounts.inviting import accounts_of


class Command(BaseCommand):
    help = "Remove a person's second factors, sign them out everywhere and tell them by mail."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, email, **_options):
        users = accounts_of(email)
        if len(users) != 1:
            raise CommandError("There is not exactly one account with this address.")
        try:
            people.restore(users[0])
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "Restored: they sign in with their password and set up a new second step."
        )
