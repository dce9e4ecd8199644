"""Translations at the command line: by whoever runs the server, in the name of a city."""

from django.conf import settings
from django.core.management.base import CommandError

from services.models import City, Membership
from services.roles import Standing
from services.translating.transfer import listings_of
from services.translating.weighing import ENGLISH


def add_arguments(parser):
    parser.add_argument("--city", metavar="SLUG", required=True)
    parser.add_argument("--language", metavar="TAG", required=True)


def listings(slug, language):
    """The listings of a city as its administrators have them."""
    city = City.objects.select_related("country").filter(slug=slug).first()
    if city is None:
        known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no city “{slug}”. Known are: {known}.")
    targets = [code for code, _name in settings.LANGUAGES if code != ENGLISH]
    if language not in targets:
        raise CommandError(f"--language is one of {', '.join(targets)}.")
    roles = {city.pk: Membership.Role.ADMINISTRATOR}
    return listings_of(Standing(roles=roles, countries={city.pk: city.country_id}), city)
