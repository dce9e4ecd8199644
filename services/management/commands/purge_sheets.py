"""`manage.py purge_sheets`: forget uploaded spreadsheets that nobody applied within a day."""

from django.core.management.base import BaseCommand

from services.sheets import imports


class Command(BaseCommand):
    help = "Delete uploaded spreadsheets that have expired. `tick` runs it every hour."

    def handle(self, **_options):
        imports.purge()
