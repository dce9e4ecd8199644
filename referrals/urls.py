"""/<city>/guide/ and /api/v1/referral-plan."""

from django.urls import include, path

from referrals import views
from referrals.api import ReferralPlanView

guide_urls = [
    path("", views.start, name="guide"),
    path("plan/", views.plan, name="plan"),
    path("start-again/", views.start_again, name="start-again"),
    path("<slug:question>/", views.QuestionPage.as_view(), name="question"),
]

urlpatterns = [
    path("api/v1/referral-plan", ReferralPlanView.as_view(), name="api-plan"),
    path("<slug:city>/guide/", include(guide_urls)),
]
