"""`manage.py check_readiness`: mark a live city as a sample again once what it needs has expired."""

from django.core.management.base import BaseCommand

from referrals.readiness import keeping
from services.models import City


class Command(BaseCommand):
    help = (
        "Look at what each city needs; a live one that lacks something is a sample again. "
        "`tick` runs it every day."
    )

    def handle(self, *, verbosity, **_options):
        for city in City.objects.select_related("country"):
            fell_back = keeping.check(city)
            if verbosity:
                state = "a sample" if city.is_sample else "live"
                lacks = ", ".join(city.lacks) or "nothing"
                again = " again" if fell_back else ""
                self.stdout.write(f"{city.slug}: {state}{again}, lacks {lacks}")
