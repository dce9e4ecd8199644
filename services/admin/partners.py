"""Partners: keys that read the directory and webhooks that are told of it, for the network alone."""

import datetime

from django.contrib import admin, messages
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from services import webhooks
from services.admin.base import OfficeAdmin, OfficeInline
from services.models import Delivery, KeyUse, PartnerKey, Webhook


class ForTheNetwork(OfficeAdmin):
    """Nobody but network administrators sees, makes, changes or deletes these."""

    def opens_to(self, standing):
        return standing.network

    def scope(self, standing):
        return self.model.objects.all()


def in_a_year():
    return timezone.now() + datetime.timedelta(days=365)


class KeyUseInline(OfficeInline):
    """How much a key was used each day: to read alone."""

    model = KeyUse
    fields = readonly_fields = ["day", "requests"]
    max_num = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(PartnerKey)
class PartnerKeyAdmin(ForTheNetwork):
    list_display = ["prefix", "name", "level", "expiry_date", "expired", "revoked"]
    list_filter = ["level", "may_refer", "revoked", "cities"]
    search_fields = ["prefix", "name"]
    fields = ["prefix", "name", "level", "cities", "may_refer", "expiry_date", "revoked"]
    inlines = [KeyUseInline]

    def get_readonly_fields(self, request, obj=None):
        """A revoked key stays as it was: it can only be deleted."""
        return self.fields if obj and obj.revoked else ["prefix"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "cities":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        if db_field.name == "expiry_date":
            kwargs |= {"required": True, "initial": in_a_year}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("expired"), boolean=True)
    def expired(self, obj):
        return obj.has_expired

    def save_model(self, request, obj, form, change):
        key = None if change else PartnerKey.objects.assign_key(obj)
        super().save_model(request, obj, form, change)
        if key:
            text = gettext("The key, not to be shown again: %(key)s")
            messages.warning(request, text % {"key": key})


def _deliveries(state):
    """How many deliveries of a webhook are in a state, whatever they tell."""
    return sum((_count(model, state) for model in webhooks.tables()), models.Value(0))


def _count(model, state):
    rows = model.objects.filter(webhook=models.OuterRef("pk"), state=state).order_by()
    counted = rows.values("webhook").annotate(number=models.Count("pk")).values("number")
    return Coalesce(models.Subquery(counted), 0)


@admin.register(Webhook)
class WebhookAdmin(ForTheNetwork):
    list_display = ["__str__", "key", "url", "active", "waiting", "given_up"]
    list_filter = ["active"]
    list_select_related = ["key"]
    search_fields = ["url", "key__name", "key__prefix"]
    fields = ["key", "url", "active", "created_at", "waiting", "given_up"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                count_waiting=_deliveries(Delivery.State.WAITING),
                count_given_up=_deliveries(Delivery.State.GIVEN_UP),
            )
        )

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
