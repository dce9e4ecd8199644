"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from config import pages
from operations import health, metrics

#: The fixed addresses come first: a city cannot take their place.
urlpatterns = [
    path("about/privacy/", pages.privacy, name="privacy"),
    # Before the administration's own: that one asks for no second factor.
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("language/<slug:code>/", pages.language, name="language"),
    path("leave/", pages.leave, name="leave"),
    # What programs ask for all the time is found first.
    path("", include("services.hsds.urls")),
    path("", include("services.api.urls")),
    path("", include("accounts.urls")),
    path("", include("services.confirming.urls")),
    path("", include("services.office_urls")),
    path("", include("services.keeping.urls")),
    path("", include("services.sheets.urls")),
    path("", include("services.translating.urls")),
    path("", include("services.joining.urls")),
    path("learn/practice/", include("learning.practice.urls")),
    # Before the guide, whose questions would take its page of help for one of them.
    path("", include("learning.urls")),
    path("", include("referrals.urls")),
    path("", include("services.reporting.urls")),
    path("", include("services.signals.urls")),
    path("", include("services.urls")),
]

handler400 = "config.pages.bad_request"
handler403 = "config.pages.forbidden"
handler404 = "config.pages.not_found"
handler429 = "config.pages.too_many"
handler500 = "config.pages.broken"
