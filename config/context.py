"""What every template knows."""

from django.conf import settings
from django.utils.translation import get_language

from services.translating import catalogues


def site(request):
    return {
        "site_name": settings.SITE_NAME,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "languages": settings.LANGUAGES,
        "language_is_drafted": catalogues.has_drafts(get_language() or settings.LANGUAGE_CODE),
        "offline_days": settings.OFFLINE_DAYS,
        # While the primary database is away (`config.replicas`).
        "reads_as_anybody": getattr(request, "reads_as_anybody", False),
    }
