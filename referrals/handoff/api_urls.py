"""Referrals under /api/v1/, with or without a slash at the end."""

from referrals.handoff.api import (
    OneReferralView,
    ReferralActView,
    ReferralRefusalView,
    ReferralsView,
)
from services.api.paths import either

BASE = "api/v1/referrals"

urlpatterns = [
    *either(BASE, ReferralsView, "api-referrals"),
    *either(f"{BASE}/<str:id>", OneReferralView, "api-referral"),
    *either(f"{BASE}/<str:id>/refuse", ReferralRefusalView, "api-referral-refusal"),
    *either(f"{BASE}/<str:id>/<str:act>", ReferralActView, "api-referral-act"),
]
