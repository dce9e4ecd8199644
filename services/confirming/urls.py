"""/check/<secret>/, and what the office sees of it: /office/<city>/checks/ and …/proposals/."""

from django.urls import path

from services.confirming import office, page

urlpatterns = [
    path("check/<str:secret>/", page.check, name="check"),
    path("office/<slug:city>/checks/", office.checks, name="office-checks"),
    path("office/<slug:city>/checks/settings/", office.change, name="office-checks-settings"),
    path(
        "office/<slug:city>/checks/<uuid:organization>/",
        office.organization,
        name="office-checks-organization",
    ),
    path("office/<slug:city>/proposals/", office.waiting, name="office-proposals"),
    path("office/<slug:city>/proposals/<int:pk>/", office.decide, name="office-proposal"),
]
