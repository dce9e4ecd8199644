"""Deploy checks: production is no place for demo accounts, demo data, DEBUG or a guessable secret."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError
from django.db.models import Q

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
    """Cities of the demo are an error; those that the network has opened say themselves what they are.

    A city may be a sample in production: while it is being filled, and after what it needs has
    expired. That must not stop the others.
    """
    samples = City.objects.filter(is_sample=True)
    of_the_network = Q(geoname_id__isnull=False) | Q(fell_back_at__isnull=False)
    if _any(samples.exclude(of_the_network)):
        yield Error(
            "Some cities hold sample data that nobody has confirmed.",
            hint="Take each live on its page “Readiness”, or delete it.",
            id="services.E004",
        )
    if _any(samples.filter(of_the_network)):
        yield Caution(
            "Some cities are marked as a sample: they are not ready yet, or what they need has expired.",
            hint="`manage.py check_readiness` says what each of them lacks.",
            id="services.W004",
        )


def _any(queryset):
    """Whether there is one; in a database without tables there is none."""
    try:
        return queryset.exists()
    except DatabaseError:
        return False
