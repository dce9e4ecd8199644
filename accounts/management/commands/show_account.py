"""`manage.py show_account`: what is kept of a person, for whoever asks for their own data."""

import json

from django.core.serializers.json import DjangoJSONEncoder

from accounts import personal_data
from accounts.management.account_command import AccountCommand


class Command(AccountCommand):
    help = "Print as JSON what is kept of the person who signs in with this address."

    def handle(self, email, **_options):
        told = [personal_data.of_person(self.account(email))]
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        self.stdout.write(text)
