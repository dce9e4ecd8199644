"""The link of a service that has no account: 256 random bits, of which a hash is kept.

It opens one referral while that is open and the person's yes holds; afterwards it says so.
"""

from django.urls import reverse

from referrals.models import Referral
from services import sealing
from services.confirming.links import digest, site_url

PURPOSE = b"links of referrals, version 1"


class GoneError(Exception):
    """A link that was good once; `why` is closed, recalled or expired."""

    def __init__(self, referral, why):
        super().__init__(why)
        self.referral, self.why = referral, why


def seal(secret):
    """The secret of a link, for a mail that is still to be sent."""
    return sealing.box(PURPOSE).encrypt(secret.encode()).decode()


def opened(sealed):
    """What `seal` has sealed; InvalidToken where the server's secret is another one now."""
    return sealing.box(PURPOSE).decrypt(sealed.encode()).decode()


def find(secret, now):
    """The open `Referral` of a link, None where there never was one; GoneError for an old one."""
    with_all = Referral.objects.select_related("city", "service__organization")
    referral = with_all.filter(token_hash=digest(secret)).first()
    if referral is None:
        return None
    if not referral.is_open:
        raise GoneError(referral, str(referral.state))
    if now > referral.consent_until:
        raise GoneError(referral, "expired")
    return referral


def address(secret, language):
    """The whole address of a link, as a mail writes it."""
    return f"{site_url()}{reverse('handoff', args=[secret])}?lang={language}"
