"""`manage.py show_account`: what is kept of a person, for whoever asks for their own data."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from accounts import personal_data
from accounts.inviting import accounts_of


class Command(BaseCommand):
    help = "Print as JSON what is kept of the person who signs in with this address."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, email, **_options):
        users = accounts_of(email)
        if not users:
            raise CommandError("There is no account with this address.")
        told = [personal_data.of_person(user) for user in users]
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        self.stdout.write(text)
