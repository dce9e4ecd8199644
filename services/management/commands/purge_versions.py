"""`manage.py purge_versions`: forget how listings stood long ago, or one of them at once."""

import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from services.models import ListingVersion, Service

AT_ONCE = 500
#: What `--days` may be: a hundred years at most, and nothing of the future.
DAYS = range(36_501)


class Command(BaseCommand):
    help = (
        "Delete versions of listings older than VERSION_DAYS; with --listing all of one listing, "
        "for a number or name that must not stand in its history. The newest of each stays."
    )

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--days", type=int, help="keep so many days instead of VERSION_DAYS")
        which.add_argument("--listing", metavar="SLUG", help="the whole history of this listing")

    def handle(self, *, days, listing, verbosity, **_options):
        if days is not None and days not in DAYS:
            raise CommandError(f"--days is a number from {DAYS[0]} to {DAYS[-1]}.")
        versions = ListingVersion.objects.order_by()
        if listing:
            service = Service.objects.filter(slug=listing).first()
            if service is None:
                raise CommandError("There is no listing with this slug.")
            versions = versions.filter(service=service)
        else:
            kept = datetime.timedelta(days=settings.VERSION_DAYS if days is None else days)
            versions = versions.filter(made_at__lt=timezone.now() - kept)
        count = _delete(versions)
        if verbosity:
            self.stdout.write(f"deleted versions: {count}")


def _delete(versions):
    """Delete these but the newest of each listing, some at a time; how many."""
    newer = ListingVersion.objects.filter(service=OuterRef("service"), id__gt=OuterRef("id"))
    old, count = versions.filter(Exists(newer)), 0
    while some := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        ListingVersion.objects.filter(pk__in=some).delete()
        count += len(some)
    return count
