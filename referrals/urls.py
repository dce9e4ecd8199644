"""/<city>/guide/ and /api/v1/referral-plan."""

urlpatterns = []
