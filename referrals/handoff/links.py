"""The link of a service that has no account: 256 random bits, of which a hash is kept.

It opens one referral while that is open and the person's yes holds; afterwards it says so.
"""

from django.urls import reverse

from referrals.models import Referral
from services import sealing
from services.confirming.links import digest, site_url
from services.models import Service
from services.visibility import Audience

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
    why = _why_gone(referral, now)
    if why:
        raise GoneError(referral, why)
    return referral


def _why_gone(referral, now):
    if not referral.is_open:
        return str(referral.state)
    # Nothing goes to a place that is on hold, withdrawn or sealed since.
    shown = Service.objects.visible_to(Audience.PROFESSIONAL).filter(pk=referral.service_id)
    return "expired" if now > referral.consent_until or not shown.exists() else ""


def address(secret, language):
    """The whole address of a link, as a mail writes it."""
    return f"{site_url()}{reverse('handoff', args=[secret])}?lang={language}"
