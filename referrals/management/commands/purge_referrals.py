"""`manage.py purge_referrals`: close referrals that are over, and reduce closed ones to counts."""

from django.core.management.base import BaseCommand

from referrals.handoff import purging


class Command(BaseCommand):
    help = (
        "Close referrals whose 30 days of consent are over, and delete those that closed "
        "REFERRAL_KEPT_DAYS ago: what they taught was counted when they closed. Counts are deleted "
        "after five years. `tick` runs it every day; it may run twice at once, and be killed."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")

    def handle(self, *, dry_run, verbosity, **_options):
        done = purging.foresee() if dry_run else purging.purge()
        if verbosity:
            self.stdout.write(
                f"closed: {done.closed}, reduced to counts: {done.reduced}, open: {done.open}, "
                f"old counts deleted: {done.old_counts}"
            )
