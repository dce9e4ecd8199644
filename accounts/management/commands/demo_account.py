"""`manage.py demo_account`: people to try the back office with, never in production."""

import os
import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import demo


class Command(BaseCommand):
    help = (
        "Make or renew the people of the demo. Their password is DEMO_PASSWORD, else a random one."
    )

    def handle(self, **_options):
        if settings.PRODUCTION:
            raise CommandError("Demo accounts are not for production: use manage.py invite.")
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        demo.make_people(password)
        for address, (_name, role, _cities) in demo.PEOPLE.items():
            self.stdout.write(f"{address}  {role.label}  {password}")
