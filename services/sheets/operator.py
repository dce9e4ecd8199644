"""Sheets at the command line: by whoever runs the server, in the name of a city."""

from django.conf import settings
from django.core.management.base import CommandError

from services.models import City, Membership
from services.roles import Standing
from services.sheets.present import here


def around(slug, language, *, sealed):
    """The `Here` of a city for a command: an editor's, or an administrator's with `sealed`."""
    city = City.objects.select_related("country").filter(slug=slug).first()
    if city is None:
        known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no city “{slug}”. Known are: {known}.")
    if language not in dict(settings.LANGUAGES):
        raise CommandError(f"--language is one of {', '.join(dict(settings.LANGUAGES))}.")
    role = Membership.Role.ADMINISTRATOR if sealed else Membership.Role.EDITOR
    standing = Standing(roles={city.pk: role}, countries={city.pk: city.country_id})
    return here(standing, city, language, sealed=sealed)
