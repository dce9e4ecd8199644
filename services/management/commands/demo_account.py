"""`manage.py demo_account`: one administrator to try the back office with, never in production."""

import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from services.checks import DEMO_USERNAME


class Command(BaseCommand):
    help = "Make or renew the demo administrator. Its password is DEMO_PASSWORD, else a random one."

    def handle(self, **_options):
        if settings.PRODUCTION:
            raise CommandError("Demo accounts are not for production: use createsuperuser.")
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        self._write(password)
        self.stdout.write(f"{DEMO_USERNAME}  {password}")

    def _write(self, password):
        users = get_user_model().objects
        user, _made = users.get_or_create(username=DEMO_USERNAME)
        user.is_active = user.is_staff = user.is_superuser = True
        # An unchanged password is not hashed again: that would end the sessions of an earlier start.
        if not user.check_password(password):
            user.set_password(password)
        user.save()
