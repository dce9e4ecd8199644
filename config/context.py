"""What every template knows."""

import functools

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from services.translating import catalogues


@functools.cache
def _languages():
    """(code, name, address that chooses it) of each; an address takes longer to write than the rest of its line."""
    return [(code, name, reverse("language", args=[code])) for code, name in settings.LANGUAGES]


def site(request):
    return {
        "site_name": settings.SITE_NAME,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "languages": _languages(),
        "language_is_drafted": catalogues.has_drafts(get_language() or settings.LANGUAGE_CODE),
        "offline_days": settings.OFFLINE_DAYS,
        # While the primary database is away (`config.replicas`).
        "reads_as_anybody": getattr(request, "reads_as_anybody", False),
    }
