"""What is told to partners of the referrals that their programs made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.models.referral import ReferralEvent
from services.models.partners import AnyDelivery


class ReferralDelivery(AnyDelivery):
    """One event of a referral to be told to one webhook: waiting, delivered, or given up."""

    webhook = models.ForeignKey(
        "services.Webhook", models.CASCADE, related_name="referral_deliveries"
    )
    event = models.ForeignKey(ReferralEvent, models.CASCADE, related_name="deliveries")

    class Meta(AnyDelivery.Meta):
        verbose_name = _("delivery about a referral")
        verbose_name_plural = _("deliveries about referrals")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="referraldelivery_unique"),
            *AnyDelivery.Meta.constraints,
        ]
