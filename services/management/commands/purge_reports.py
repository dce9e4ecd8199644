"""`manage.py purge_reports`: delete reports and holds that were dealt with long ago."""

import datetime

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from services.models import Hold, Report

#: For so many days it can be seen who reported, answered and released.
KEPT_DAYS = 180


class Command(BaseCommand):
    help = f"Delete reports answered, and holds released, more than {KEPT_DAYS} days ago."

    def handle(self, *, verbosity, **_options):
        before = timezone.now() - datetime.timedelta(days=KEPT_DAYS)
        with transaction.atomic():
            reports = Report.objects.filter(resolved_at__lt=before)
            # While a hold stands, its reports tell who may not release it.
            reports = reports.exclude(hold__released_at=None, hold__isnull=False)
            count, _ = reports.delete()
            Hold.objects.filter(released_at__lt=before).delete()
        if verbosity:
            self.stdout.write(f"deleted reports: {count}")
