"""The back office: plain and safe. What is sealed is shown to superusers alone.

Nor can other staff find it out: lists are searched and filtered by what they may see,
and only superusers delete, because Django names everything that goes with a deleted thing.
"""

import datetime

from django.contrib import admin, messages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from parler.admin import TranslatableAdmin
from rest_framework_api_key.admin import APIKey  # which registers it

from services import webhooks
from services.models import (
    City,
    Confirmation,
    Country,
    Criterion,
    Delivery,
    KeyUse,
    Location,
    Mark,
    Need,
    Organization,
    PartnerKey,
    Phone,
    Place,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
    Source,
    TargetGroup,
    Webhook,
)
from services.visibility import Audience, Visibility


class SecureLinks:
    """A link typed without a scheme is taken as https."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class Guarded:
    """Deleted by superusers alone, and filtered by the filters of the list alone."""

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser and super().has_delete_permission(request, obj)

    def lookup_allowed(self, lookup, value, request):
        """Django itself allows a look into any field, letter by letter."""
        offered = lookup.split("__")[0] in self.list_filter
        return offered and super().lookup_allowed(lookup, value, request)


class SealedFromStaff:
    """Rows that are sealed do not exist for staff who are not superusers."""

    sealed = models.Q(visibility=Visibility.SEALED)

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.exclude(self.sealed)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Nor can they seal one, and so lose sight of it."""
        if db_field.name == "visibility" and not request.user.is_superuser:
            kwargs["choices"] = [c for c in db_field.choices if c[0] != Visibility.SEALED]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


def seen_by(request, relation):
    """The related rows that this user may see, to be searched instead of all of them."""
    audience = Audience.ADMINISTRATOR if request.user.is_superuser else Audience.PROFESSIONAL
    seen = models.Q(**{f"{relation}__visibility__in": audience.may_see})
    return models.FilteredRelation(relation, condition=seen)


def only_for_sealed(**related):
    """Whether sealed services alone belong to a row, of those that the row is related to."""
    services = Service.objects.filter(**related)
    shown = services.exclude(visibility=Visibility.SEALED)
    return models.Q(models.Exists(services)) & ~models.Q(models.Exists(shown))


class Part(SecureLinks, admin.TabularInline):
    extra = 0


class PhoneInline(SealedFromStaff, Part):
    model = Phone
    fields = ["number", "note", "opening_hours", "visibility", "position"]


class SiteInline(SealedFromStaff, Part):
    model = ServiceAtLocation
    autocomplete_fields = ["location"]
    sealed = models.Q(location__visibility=Visibility.SEALED)


class CriterionInline(Part):
    model = Criterion


class LanguageInline(Part):
    model = ServiceLanguage


class SourceInline(Part):
    model = Source


class MarkInline(Part):
    model = Mark


class ConfirmationInline(Part):
    model = Confirmation
    fields = ["field_group", "by", "how", "confirmed_at"]


@admin.register(Service)
class ServiceAdmin(Guarded, SecureLinks, SealedFromStaff, TranslatableAdmin):
    list_display = [
        "official_name",
        "organization",
        "reach",
        "status",
        "confidential",
        "last_modified",
    ]
    list_filter = ["status", "reach", "cities", "country", "needs", "target_groups", "confidential"]
    list_select_related = ["organization"]
    search_fields = ["official_name", "slug", "organization__name", "seen_phones__number"]
    search_help_text = _("Name, organisation or phone number")
    autocomplete_fields = ["organization"]
    filter_horizontal = ["cities", "needs", "target_groups"]
    readonly_fields = ["last_modified"]
    actions = ["publish", "withdraw"]
    inlines = [
        PhoneInline,
        SiteInline,
        CriterionInline,
        LanguageInline,
        SourceInline,
        MarkInline,
        ConfirmationInline,
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).alias(seen_phones=seen_by(request, "phones"))

    def get_search_results(self, request, queryset, search_term):
        """Django does not see that a service may have several phones that fit."""
        return super().get_search_results(request, queryset, search_term)[0], True

    def get_exclude(self, request, obj=None):
        return [] if request.user.is_superuser else ["sealed_note"]

    def save_model(self, request, obj, form, change):
        obj.last_modified = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        self._set_status(queryset, Service.Status.PUBLISHED)

    @admin.action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request, queryset):
        self._set_status(queryset, Service.Status.WITHDRAWN)

    def _set_status(self, queryset, status):
        """One save each: an update in the database would leave the cities' versions as they were."""
        for service in queryset:
            service.status, service.last_modified = status, timezone.now()
            service.save()


@admin.register(Location)
class LocationAdmin(Guarded, SealedFromStaff, admin.ModelAdmin):
    """Listed by id and kind, never by address: a list is easily seen over a shoulder."""

    list_display = ["__str__", "kind", "visibility", "confidential"]
    list_filter = ["kind", "visibility", "confidential"]
    search_fields = ["id", "street", "town", "seen_services__official_name"]
    ordering = ["id"]
    sealed = SealedFromStaff.sealed | only_for_sealed(sites__location=models.OuterRef("pk"))

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.alias(seen_services=seen_by(request, "sites__service"))

    def get_search_results(self, request, queryset, search_term):
        """Django does not see that several services of a place may fit."""
        return super().get_search_results(request, queryset, search_term)[0], True


@admin.register(Organization)
class OrganizationAdmin(Guarded, SecureLinks, SealedFromStaff, admin.ModelAdmin):
    list_display = ["name", "website"]
    search_fields = ["name"]
    sealed = only_for_sealed(organization=models.OuterRef("pk"))


class PlaceInline(admin.TabularInline):
    model = Place
    extra = 0


@admin.register(City)
class CityAdmin(Guarded, TranslatableAdmin):
    list_display = ["__str__", "country", "is_sample"]
    list_filter = ["country", "is_sample"]
    search_fields = ["slug"]
    # A city goes live on its own page, once it lacks nothing.
    readonly_fields = ["is_sample"]
    inlines = [PlaceInline]


@admin.register(Country)
class CountryAdmin(Guarded, TranslatableAdmin):
    list_display = ["code", "name"]


@admin.register(Need)
class NeedAdmin(Guarded, TranslatableAdmin):
    list_display = ["__str__", "code", "stage", "position"]
    list_filter = ["stage"]


@admin.register(TargetGroup)
class TargetGroupAdmin(Guarded, TranslatableAdmin):
    list_display = ["__str__", "code", "position"]


# The library's own keys open nothing here: two kinds of key would be taken for one another.
admin.site.unregister(APIKey)


class SuperusersOnly:
    """Nobody else sees, makes, changes or deletes these."""

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


def in_a_year():
    return timezone.now() + datetime.timedelta(days=365)


class KeyUseInline(admin.TabularInline):
    """How much a key was used each day: to read alone."""

    model = KeyUse
    fields = readonly_fields = ["day", "requests"]
    extra = max_num = 0
    can_delete = False

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(PartnerKey)
class PartnerKeyAdmin(SuperusersOnly, Guarded, admin.ModelAdmin):
    list_display = ["prefix", "name", "level", "expiry_date", "_has_expired", "revoked"]
    list_filter = ["level", "revoked", "cities"]
    search_fields = ["prefix", "name"]
    fields = ["prefix", "name", "level", "cities", "expiry_date", "revoked"]
    filter_horizontal = ["cities"]
    inlines = [KeyUseInline]

    def get_readonly_fields(self, request, obj=None):
        """A revoked key stays as it was: it can only be deleted."""
        return self.fields if obj and obj.revoked else ["prefix"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "expiry_date":
            kwargs |= {"required": True, "initial": in_a_year}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        key = None if change else PartnerKey.objects.assign_key(obj)
        super().save_model(request, obj, form, change)
        if key:
            text = gettext("The key, not to be shown again: %(key)s")
            messages.warning(request, text % {"key": key})


@admin.register(Webhook)
class WebhookAdmin(SuperusersOnly, SecureLinks, Guarded, admin.ModelAdmin):
    list_display = ["__str__", "key", "url", "active", "waiting", "given_up"]
    list_filter = ["active"]
    list_select_related = ["key"]
    search_fields = ["url", "key__name", "key__prefix"]
    fields = ["key", "url", "active", "created_at", "waiting", "given_up"]

    def get_queryset(self, request):
        counts = {
            name: models.Count("deliveries", filter=models.Q(deliveries__state=state))
            for name, state in (
                ("count_waiting", Delivery.State.WAITING),
                ("count_given_up", Delivery.State.GIVEN_UP),
            )
        }
        return super().get_queryset(request).annotate(**counts)

    def get_readonly_fields(self, request, obj=None):
        """A webhook stays with its key: with another one it would be told of other listings."""
        return ["created_at", "waiting", "given_up", *(["key"] if obj else [])]

    def save_model(self, request, obj, form, change):
        secret = None if change else webhooks.give_secret(obj)
        super().save_model(request, obj, form, change)
        if secret:
            text = gettext("The secret that signs, not to be shown again: %(secret)s")
            messages.warning(request, text % {"secret": secret})

    @admin.display(description=_("waiting"))
    def waiting(self, obj):
        return getattr(obj, "count_waiting", 0)

    @admin.display(description=_("given up"))
    def given_up(self, obj):
        return getattr(obj, "count_given_up", 0)
