"""Deploy checks: production is no place for demo accounts, demo data, DEBUG or a guessable secret."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, register
from django.db import DatabaseError

from services.models import City

#: The people of the demonstration, and the one of earlier demonstrations.
DEMO_ADDRESSES = (
    "administrator@example.org",
    "network@example.org",
    "editor@example.org",
    "worker@example.org",
)
DEMO_USERNAME = "administrator"
#: How the secrets of demonstrations and of Django's project template begin.
KNOWN_SECRETS = ("demo-", "django-insecure-")
SHORTEST_SECRET = 50


@register(Tags.security, deploy=True)
def fit_for_production(app_configs, **_kwargs):
    """Everything that must not be deployed; nothing to say outside production."""
    if not settings.PRODUCTION:
        return []
    return [*_settings(), *_demo_account(), *_sample_cities()]


def _settings():
    if settings.DEBUG:
        yield Error("DEBUG is on: error pages would show what people typed.", id="services.E001")
    if settings.SECRET_KEY.startswith(KNOWN_SECRETS) or len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield Error(
            "SECRET_KEY is short or known to others: cookies could be read and forged.",
            hint="Set a long random one and keep it out of the repository.",
            id="services.E002",
        )


def _demo_account():
    if _any(get_user_model().objects.filter(username__in=(DEMO_USERNAME, *DEMO_ADDRESSES))):
        yield Error(
            "Accounts of the demonstration exist: their password may be known.",
            hint="Delete them, and invite somebody: manage.py invite ADDRESS --role network.",
            id="services.E003",
        )


def _sample_cities():
    if _any(City.objects.filter(is_sample=True)):
        yield Error(
            "Some cities hold sample data that nobody has confirmed.",
            hint="Untick “sample data” of a city once its listings are confirmed.",
            id="services.E004",
        )


def _any(queryset):
    """Whether there is one; in a database without tables there is none."""
    try:
        return queryset.exists()
    except DatabaseError:
        return False
