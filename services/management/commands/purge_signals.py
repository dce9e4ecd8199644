"""`manage.py purge_signals`: delete what was told of services and holds no more."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from services.models import Signal


class Command(BaseCommand):
    help = "Delete signals that have expired."

    def handle(self, *, verbosity, **_options):
        count, _ = Signal.objects.filter(expires_at__lte=timezone.now()).delete()
        if verbosity:
            self.stdout.write(f"deleted signals: {count}")
