"""Whole addresses of this site, for links in mails."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse


def address_of(route, *arguments, request=None):
    """The whole address of a route: under `SITE_URL`, else where this request came in."""
    path = reverse(route, args=arguments)
    if settings.SITE_URL:
        return settings.SITE_URL + path
    if request is None:
        raise ImproperlyConfigured(
            "SITE_URL is not set: a mail could not say where this site is. "
            "Set it, like https://guide.example.org."
        )
    return request.build_absolute_uri(path)
