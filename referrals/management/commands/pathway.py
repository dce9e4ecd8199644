"""`manage.py pathway brussels`: the pathway of a city as text."""

from django.core.management.base import BaseCommand, CommandError

from referrals.pathway import loading
from referrals.pathway.outline import outline


class Command(BaseCommand):
    help = "Print the questions, rules, windows and notices of a city's pathway, or of a country's."

    def add_arguments(self, parser):
        parser.add_argument("city", nargs="?", default="", help="for example brussels")
        parser.add_argument("--country", default="", help="for example BE")

    def handle(self, *args, city, country, **options):
        if city and city not in loading.cities_with_data():
            known = ", ".join(loading.cities_with_data())
            raise CommandError(f"No pathway file for “{city}”. There are: {known}.")
        self.stdout.write(outline(loading.load(city, country.upper())))
