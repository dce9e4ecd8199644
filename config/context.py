"""What every template knows."""

from django.conf import settings


def site(request):
    return {
        "site_name": settings.SITE_NAME,
        "leave_url": settings.LEAVE_URL,
        "languages": settings.LANGUAGES,
    }
