"""Cities, countries and the taxonomy: the network's; a city's own words also its administrators'."""

from django.contrib import admin
from django.utils.translation import gettext_noop
from parler.admin import TranslatableAdmin

from services import scopes
from services.admin.base import OfficeAdmin, OfficeInline, still_has
from services.models import City, Country, Need, Place, Service, TargetGroup
from services.roles import Power, standing_of


class TranslatedAdmin(OfficeAdmin, TranslatableAdmin):
    """Words by language, each on a page of its own."""

    @property
    def change_form_template(self):
        return "admin/translated_form.html"


class NetworkAdmin(TranslatedAdmin):
    """For network administrators, who see every row."""

    def opens_to(self, standing):
        return standing.network

    def scope(self, standing):
        return self.model.objects.all()

    def needed_by(self, obj):
        return still_has(obj.services.all(), gettext_noop("%(count)s listings still use it."))


class PlaceInline(OfficeInline):
    model = Place


@admin.register(City)
class CityAdmin(TranslatedAdmin):
    list_display = ["__str__", "country", "is_sample"]
    list_filter = ["is_sample"]
    list_select_related = ["country"]
    search_fields = ["slug"]
    inlines = [PlaceInline]

    def opens_to(self, standing):
        return standing.network or bool(standing.cities_with(Power.CITY))

    def scope(self, standing):
        own = City.objects.filter(pk__in=standing.cities_with(Power.CITY))
        return City.objects.all() if standing.network else own & scopes.cities(standing)

    def may_add(self, standing):
        return standing.network

    def get_readonly_fields(self, request, obj=None):
        """What the network decides: whether a city is one, and where. It goes live on a page of its own."""
        return ["is_sample"] if standing_of(request).network else ["slug", "country", "is_sample"]

    def needed_by(self, obj):
        return still_has(
            Service.objects.filter(cities=obj), gettext_noop("%(count)s listings still use it.")
        ) + still_has(obj.memberships.all(), gettext_noop("%(count)s people have a role there."))


@admin.register(Country)
class CountryAdmin(NetworkAdmin):
    list_display = ["code", "name"]

    def needed_by(self, obj):
        return super().needed_by(obj) + still_has(
            obj.cities.all(), gettext_noop("%(count)s cities are in it.")
        )


@admin.register(Need)
class NeedAdmin(NetworkAdmin):
    list_display = ["__str__", "code", "stage", "position"]
    list_filter = ["stage"]

    def needed_by(self, obj):
        return still_has(
            Service.objects.filter(needs=obj), gettext_noop("%(count)s listings still use it.")
        )


@admin.register(TargetGroup)
class TargetGroupAdmin(NetworkAdmin):
    list_display = ["__str__", "code", "position"]

    def needed_by(self, obj):
        return still_has(
            Service.objects.filter(target_groups=obj),
            gettext_noop("%(count)s listings still use it."),
        )
