"""Prints a new key for `SEALING_KEYS`."""

import secrets

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Prints a new key for SEALING_KEYS. It is kept nowhere: this is the only time it is shown."
    )
    requires_system_checks = []

    def handle(self, **_options):
        self.stdout.write(secrets.token_urlsafe(32))
