"""What commands about one person with an account have in common."""

from django.core.management.base import BaseCommand, CommandError

from accounts.inviting import accounts_of


class AccountCommand(BaseCommand):
    """A command whose first word is the address that somebody signs in with."""

    def add_arguments(self, parser):
        parser.add_argument("email")

    def account(self, email):
        """The account of this address."""
        users = accounts_of(email)
        if len(users) != 1:
            raise CommandError("There is not exactly one account with this address.")
        return users[0]
