"""What the pathway keeps: nameless referrals while they are open, then counts alone."""

from referrals.models.counts import DeadEnd, Outcome
from referrals.models.deliveries import ReferralDelivery
from referrals.models.letters import Letter
from referrals.models.referral import Referral, ReferralEvent

__all__ = ["DeadEnd", "Letter", "Outcome", "Referral", "ReferralDelivery", "ReferralEvent"]
