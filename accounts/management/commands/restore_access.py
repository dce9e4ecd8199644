"""`manage.py restore_access`: for the last administrator, whom nobody else can restore."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from accounts import people
from accounts.management.account_command import AccountCommand


class Command(AccountCommand):
    help = "Remove a person's second factors, sign them out everywhere and tell them by mail."

    def handle(self, email, **_options):
        user = self.account(email)
        try:
            people.restore(user)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "Restored: they sign in with their password and set up a new second step."
        )
