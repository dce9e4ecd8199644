"""The same directory as such directories are mostly written with Django, to compare with.

The REST framework's views and serializers, django-filter, `prefetch_related`, a page of fifty, in the
middleware of a new project; nothing is kept between requests. That is how the directory for refugees
in Lebanon was built (https://github.com/theirc/ServiceInfo, of 2015, which runs on no Django of today).
It asks our tables, knows of no audience but the public, and leaves out facets, languages and trust.
"""

import os

os.environ["WAYMARK_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings

django.setup()

import django_filters
from django.core.wsgi import get_wsgi_application
from django.urls import include, path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import filters, pagination, routers, serializers, viewsets

from services import models

PARTS = {
    "translations": ("language_code", "name", "summary", "hours_note", "cost_note", "way_in"),
    "phones": ("number", "note", "opening_hours"),
    "criteria": ("code", "stance", "note", "limit"),
    "spoken": ("tag",),
    "sources": ("publisher", "url", "date"),
    "marks": ("kind", "text"),
    "confirmations": ("field_group", "by", "confirmed_at"),
}


def _of(model_of, columns, **nested):
    """A serializer of these columns of a model."""
    meta = type("Meta", (), {"model": model_of, "fields": (*columns, *nested)})
    return type("Made", (serializers.ModelSerializer,), {"Meta": meta, **nested})


_location = _of(models.Location, ("street", "postal_code", "town", "latitude", "longitude"))()
_nested = {
    name: _of(getattr(models.Service, name).rel.related_model, columns)(many=True)
    for name, columns in PARTS.items()
}
_nested["sites"] = _of(models.ServiceAtLocation, ("id",), location=_location)(many=True)
_nested["organization"] = _of(models.Organization, ("id", "name"))()
COLUMNS = (
    *("id", "slug", "official_name", "email", "website", "opening_hours", "interpreter", "cost"),
    *("age_min", "age_max", "reach", "how_to_get_in", "last_modified"),
    *("needs", "target_groups", "cities"),
)


class ServiceFilter(django_filters.FilterSet):
    city = django_filters.CharFilter("cities__slug")
    need = django_filters.CharFilter("needs__code")
    status = django_filters.CharFilter("criteria__code")


class Pages(pagination.PageNumberPagination):
    page_size = 50


class ServiceViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = (
        models.Service.objects.filter(status="published", held=False, visibility="public")
        .select_related("organization")
        .prefetch_related(*PARTS, "sites__location", "needs", "target_groups", "cities")
        .order_by("id")
    )
    serializer_class = _of(models.Service, COLUMNS, **_nested)
    lookup_field = "slug"
    filter_backends = (DjangoFilterBackend, filters.SearchFilter)
    filterset_class = ServiceFilter
    search_fields = ("official_name", "search_text")
    pagination_class = Pages
    throttle_classes = authentication_classes = permission_classes = ()


router = routers.SimpleRouter()
router.register("services", ServiceViewSet)
urlpatterns = [path("", include(router.urls))]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
application = get_wsgi_application()
