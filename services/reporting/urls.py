"""/<city>/services/<service>/report/, /<city>/reported/ and /office/<city>/reports/."""

from django.urls import include, path

from services.reporting import office_views, views

office_urls = [
    path("", office_views.reports, name="office-reports"),
    path("answer/", office_views.resolve, name="office-resolve"),
    path("holds/<int:hold>/", office_views.hold, name="office-hold"),
    path("holds/<int:hold>/release/", office_views.release, name="office-release"),
]

urlpatterns = [
    path("office/<slug:city>/reports/", include(office_urls)),
    path("<slug:city>/services/<slug:service>/report/", views.report, name="report"),
    path("<slug:city>/reported/", views.reported, name="reported"),
]
