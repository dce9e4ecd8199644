"""The guide, the sheet, what can be kept of a city, referrals, the coverage, statistics and readiness of a city, and what the API has of them."""

from django.urls import include, path

from referrals import telling, views
from referrals.api import PathwayView, ReferralPlanView
from referrals.card import views as card
from services.api.paths import either

guide_urls = [
    path("", views.start, name="guide"),
    path("plan/", views.plan, name="plan"),
    path("start-again/", views.start_again, name="start-again"),
    path("told/", telling.told, name="told"),
    path("card/", card.make, name="card"),
    path("<slug:question>/", views.QuestionPage.as_view(), name="question"),
]

urlpatterns = [
    *either("api/v1/referral-plan", ReferralPlanView, "api-plan"),
    *either("api/v1/pathway", PathwayView, "api-pathway"),
    path("", include("referrals.handoff.urls")),
    path("", include("referrals.handoff.api_urls")),
    path("<slug:city>/guide/", include(guide_urls)),
    path("<slug:city>/still-right/", card.StillRight.as_view(), name="still-right"),
    path("", include("referrals.sheet.urls")),
    path("", include("referrals.offline.urls")),
    path("", include("referrals.readiness.urls")),
    path("office/<slug:city>/coverage/", include("referrals.coverage.urls")),
    path("", include("referrals.statistics.urls")),
]
