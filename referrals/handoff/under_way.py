"""Why somebody with referrals under way cannot close their account: answers would reach nobody."""

from django.utils.translation import ngettext

from accounts import closing
from referrals.models import Referral


def register():
    closing.REASONS.append(reason)


def reason(user):
    """A sentence where a person has referrals that are not closed, else nothing. One query."""
    number = Referral.objects.filter(worker=user, closed_at=None).count()
    return number and ngettext(
        "%(number)s of your referrals is under way, and its answer would reach nobody. Close it first.",
        "%(number)s of your referrals are under way, and their answers would reach nobody. Close them first.",
        number,
    ) % {"number": number}
