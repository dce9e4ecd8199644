"""`manage.py purge_requests`: forget requests to join that are half a year old."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from services.joining import asking


class Command(BaseCommand):
    help = "Delete requests to join that were decided, or never answered, 180 days ago. `tick` runs it every day."

    def handle(self, *, verbosity, **_options):
        deleted = asking.purge(timezone.now())
        if verbosity:
            self.stdout.write(f"deleted: {deleted}")
