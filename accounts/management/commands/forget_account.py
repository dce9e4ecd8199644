"""`manage.py forget_account`: for somebody who has left, or asks to be forgotten."""

from django.core.management.base import CommandError

from accounts import people, personal_data
from accounts.management.account_command import AccountCommand


class Command(AccountCommand):
    help = (
        "Sign a person out everywhere and delete their account, roles and invitations; their work "
        "stays without a name. Says what it would do; --yes does it. There is no way back."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, email, yes, **_options):
        user = self.account(email)
        try:
            named = personal_data.forget(user, only_look=not yes)
        except people.Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for name, count in named.items():
            self.stdout.write(f"{count:>6}  {name}")
        self.stdout.write("Forgotten." if yes else "Nothing was changed. Add --yes to forget them.")
