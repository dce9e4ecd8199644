"""The directory under /api/v1/, with or without a slash at the end."""

from django.urls import path

from services.api import docs
from services.api.changes import ChangesView
from services.api.listings import GeoJSONView, ServicesView, ServiceView
from services.api.paths import either
from services.api.vocabularies import CitiesView, NeedsView, TargetGroupsView

BASE = "api/v1/"

urlpatterns = [
    path("api/", docs.docs, name="docs"),
    path("api/openapi.json", docs.OpenAPIView.as_view(), name="openapi"),
    path("api/profile/", docs.profile, name="profile"),
    *either(f"{BASE}cities", CitiesView, "api-cities"),
    *either(f"{BASE}services", ServicesView, "api-services"),
    *either(f"{BASE}services.geojson", GeoJSONView, "api-geojson"),
    *either(f"{BASE}services/<str:id>", ServiceView, "api-service"),
    *either(f"{BASE}changes", ChangesView, "api-changes"),
    *either(f"{BASE}needs", NeedsView, "api-needs"),
    *either(f"{BASE}target-groups", TargetGroupsView, "api-target-groups"),
]
