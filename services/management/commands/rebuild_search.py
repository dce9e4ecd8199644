"""`manage.py rebuild_search`: every service's search text as this version makes it."""

from django.core.management.base import BaseCommand

from services import search
from services.models import Service


class Command(BaseCommand):
    help = "Bring the search text of every service up to date; after an upgrade that says so."

    def handle(self, *, verbosity, **_options):
        search.rebuild(Service.objects.all())
        if verbosity:
            self.stdout.write("The search text of every service is up to date.")
