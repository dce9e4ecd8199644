"""`manage.py send_referrals`: tell workers of silence, and send the mails of referrals that wait."""

from django.core.management.base import BaseCommand, CommandError

from referrals.handoff import letters
from services.post import MailServerError


class Command(BaseCommand):
    help = (
        "Tell workers by mail where a service is silent, and send every mail of a referral that "
        "waits. `tick` runs it every five minutes; it may run twice at once, and be killed."
    )

    def handle(self, *, verbosity, **_options):
        told = letters.tell_of_silence()
        try:
            counts = letters.deliver()
        except MailServerError as error:
            raise CommandError(
                f"The mail server cannot be reached ({error}). What waits is sent by the next run."
            ) from error
        if verbosity:
            self.stdout.write(
                f"silent: {told}, sent: {counts['sent']}, to be tried again: {counts['waiting']}, "
                f"failed: {counts['failed']}, no longer needed: {counts['needless']}"
            )
