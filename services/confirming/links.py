"""The link of a mail: 256 random bits, of which a hash is kept; good for thirty days."""

import datetime
import hashlib
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from services import sealing
from services.models import Check

PURPOSE = b"links of checks, version 1"
DAYS = 30
#: How long a link still says thanks after the last answer, so that a second tap is no fright.
THANKS = datetime.timedelta(hours=1)


class GoneError(Exception):
    """A link that was good once: used up or too old."""

    def __init__(self, check, *, used):
        super().__init__("gone")
        self.check, self.used = check, used


def new_secret():
    """(secret, its hash, the secret sealed)."""
    secret = secrets.token_urlsafe(32)
    return secret, digest(secret), sealing.box(PURPOSE).encrypt(secret.encode()).decode()


def digest(secret):
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def opened(sealed):
    """The secret of a mail that is still to be sent."""
    return sealing.box(PURPOSE).decrypt(sealed.encode()).decode()


def good_until(now):
    return now + datetime.timedelta(days=DAYS)


def find(secret, now):
    """The `Check` that a link opens, or None where there never was one; `GoneError` for an old one."""
    check = (
        Check.objects.select_related("city", "organization")
        .filter(token_hash=digest(secret))
        .first()
    )
    if check is None:
        return None
    if check.closed_at and now > check.closed_at + THANKS:
        raise GoneError(check, used=True)
    if now > check.expires_at:
        raise GoneError(check, used=False)
    return check


def address(secret, language):
    """The whole address of a link, as a mail writes it."""
    return f"{site_url()}{reverse('check', args=[secret])}?lang={language}"


def site_url():
    """Where the site is: `SITE_URL`, else its first host."""
    configured = getattr(settings, "SITE_URL", "")
    return configured or f"https://{settings.ALLOWED_HOSTS[0]}"


def host():
    """The site's name in headers of mails."""
    return urlsplit(site_url()).hostname
