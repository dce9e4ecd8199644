"""`manage.py send_webhooks`: tell partners what was withdrawn, and how their referrals stand."""

from django.core.management.base import BaseCommand

from services import changes, webhooks


class Command(BaseCommand):
    help = "Send what webhooks wait for. `tick` runs it every minute; it may run twice at once."

    def handle(self, *, verbosity, **_options):
        # What a crash left without a number is queued now.
        changes.number()
        counts = webhooks.deliver_due()
        if verbosity:
            self.stdout.write(
                f"delivered: {counts['delivered']}, to be tried again: {counts['waiting']}, "
                f"given up: {counts['given-up']}"
            )
