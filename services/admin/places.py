"""Places and organisations: those of the listings that one may edit."""

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_noop

from services import scopes
from services.acting import Way, acting
from services.admin.base import OfficeAdmin, edits_listings, still_has, unsealed
from services.models import Location, Organization, Service
from services.reverting import shared_with_others
from services.roles import Power, standing_of
from services.visibility import Visibility


class ListingPartAdmin(OfficeAdmin):
    """A thing that listings share: changed by editors, deleted by administrators."""

    def opens_to(self, standing):
        return edits_listings(standing)

    def may_delete(self, standing, obj=None):
        return bool(standing.cities_with(Power.SEALED))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with acting(request.user, Way.FORM):
            return super().changeform_view(request, object_id, form_url, extra_context)


def _by_sealed_address(places, searched):
    """Ids of those sealed places whose address has every word: no database finds them."""
    words = searched.casefold().split()
    sealed = places.filter(visibility=Visibility.SEALED).order_by()
    return [
        place.pk
        for place in sealed.iterator()
        if all(word in f"{place.street} {place.town}".casefold() for word in words)
    ]


@admin.register(Location)
class LocationAdmin(ListingPartAdmin):
    """Listed by id and kind, never by address: a list is easily seen over a shoulder.

    A place is added on the form of its listing: without one it would belong to nobody.
    """

    list_display = ["__str__", "kind", "visibility", "confidential"]
    list_filter = ["kind", "visibility", "confidential"]
    search_fields = ["id", "street", "town"]
    ordering = ["id"]

    def scope(self, standing):
        return scopes.locations(standing)

    def may_add(self, standing):
        return False

    def get_search_results(self, request, queryset, search_term):
        """By address, and by the names of the listings there that one may edit; each place once."""
        found, _several = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return found, False
        named = scopes.editable(standing_of(request)).filter(official_name__icontains=search_term)
        by_name = queryset.filter(sites__service__in=named)
        return queryset.filter(
            models.Q(pk__in=found.values("pk"))
            | models.Q(pk__in=by_name.values("pk"))
            | models.Q(pk__in=_by_sealed_address(queryset, search_term))
        ), False

    def has_change_permission(self, request, obj=None):
        """A place of others' listings too is theirs to change as well: one may read it."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not shared_with_others(obj, standing_of(request)))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.has_change_permission(
            request, obj
        )

    def get_exclude(self, request, obj=None):
        return [] if standing_of(request).cities_with(Power.SEALED) else ["confidential"]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "visibility" and not standing_of(request).cities_with(Power.SEALED):
            kwargs["choices"] = unsealed(db_field.choices)
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def needed_by(self, obj):
        return still_has(
            Service.objects.filter(sites__location=obj),
            gettext_noop("%(count)s listings are there. Remove the place on their forms."),
        )


@admin.register(Organization)
class OrganizationAdmin(ListingPartAdmin):
    """Anybody who edits may add one; one that listings of others have too is only read."""

    list_display = ["name", "website"]
    search_fields = ["name"]

    def scope(self, standing):
        return scopes.organizations(standing)

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        editable = scopes.editable(standing_of(request)).values("pk")
        return not Service.objects.filter(organization=obj).exclude(pk__in=editable).exists()

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.has_change_permission(
            request, obj
        )

    def needed_by(self, obj):
        return still_has(obj.services.all(), gettext_noop("%(count)s listings still use it."))
