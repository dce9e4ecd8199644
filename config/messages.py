"""What a page says once, as “You have signed out”: Django's way to keep it, under our name of its cookie."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class InCookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Messages(FallbackStorage):
    """In a cookie, else in the session."""

    storage_classes = (InCookie, SessionStorage)
