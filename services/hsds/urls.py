"""The endpoints under /api/hsds/v3/ and /api/oruk/v3/, with or without a slash at their end."""

from services.api.paths import either
from services.hsds import views

HSDS, ORUK = "api/hsds/v3/", "api/oruk/v3/"


def _endpoints(base, name, root):
    return [
        *either(base, root, f"{name}-root"),
        *either(f"{base}services", views.ServicesView, f"{name}-services"),
        *either(f"{base}services/<str:id>", views.ServiceView, f"{name}-service"),
        *either(f"{base}service_at_locations", views.SitesView, f"{name}-sites"),
        *either(f"{base}service_at_locations/<str:id>", views.SiteView, f"{name}-site"),
        *either(f"{base}taxonomies", views.TaxonomiesView, f"{name}-taxonomies"),
        *either(f"{base}taxonomies/<str:id>", views.TaxonomyView, f"{name}-taxonomy"),
        *either(f"{base}taxonomy_terms", views.TermsView, f"{name}-terms"),
        *either(f"{base}taxonomy_terms/<str:id>", views.TermView, f"{name}-term"),
    ]


#: The UK's profile has no organisations of their own.
urlpatterns = [
    *_endpoints(HSDS, "hsds", views.RootView),
    *either(f"{HSDS}organizations", views.OrganizationsView, "hsds-organizations"),
    *either(f"{HSDS}organizations/<str:id>", views.OrganizationView, "hsds-organization"),
    *_endpoints(ORUK, "oruk", views.OrukRootView),
]
