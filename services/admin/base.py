"""What every part of the administration has in common: roles, scopes and silence about the rest."""

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import PaginationInlineFormSet

from services.roles import Power, standing_of
from services.visibility import Visibility


class SecureLinks:
    """A link typed without a scheme is taken as https."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class OfficeAdmin(SecureLinks, ModelAdmin):
    """Rows of one scope, for roles; what is out of it is as if it never was (404).

    Subclasses say who may open it (`opens_to`), which rows there are (`scope`), and, where rows may
    be deleted, by whom (`may_delete`) and what still needs one (`needed_by`).
    """

    view_on_site = False
    list_per_page = 50
    show_full_result_count = False

    def opens_to(self, standing):
        raise NotImplementedError

    def scope(self, standing):
        raise NotImplementedError

    def may_add(self, standing):
        return self.opens_to(standing)

    def may_delete(self, standing, obj=None):
        return standing.network

    def needed_by(self, obj):
        """Why a row cannot be deleted, in words that name no other row."""
        return []

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .filter(pk__in=self.scope(standing_of(request)).order_by().values("pk"))
        )

    def get_object(self, request, object_id, from_field=None):
        if "\x00" in object_id:
            return None
        return super().get_object(request, object_id, from_field)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def has_module_permission(self, request):
        return self.opens_to(standing_of(request))

    def has_view_permission(self, request, obj=None):
        return self.opens_to(standing_of(request))

    def has_change_permission(self, request, obj=None):
        return self.opens_to(standing_of(request))

    def has_add_permission(self, request):
        return self.may_add(standing_of(request))

    def has_delete_permission(self, request, obj=None):
        standing = standing_of(request)
        return self.opens_to(standing) and self.may_delete(standing, obj)

    def lookup_allowed(self, lookup, value, request):
        """By the filters of the list alone: Django allows a look into any field, letter by letter."""
        offered = {getattr(one, "parameter_name", one) for one in self.list_filter}
        return lookup.split("__")[0] in offered and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request, extra_context=None):
        """A list is named after what is in it."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def render_delete_form(self, request, context):
        """The name stands on the page; its title, which a browser keeps, has none."""
        context |= {"title": _("Delete?"), "subtitle": str(context["object"])}
        return super().render_delete_form(request, context)

    def get_deleted_objects(self, objs, request):
        """The row alone: what goes along with it may not be everybody's to know."""
        still = [text for obj in objs for text in self.needed_by(obj)]
        return [str(obj) for obj in objs], {}, set(), still

    def log_addition(self, request, obj, message):
        return self._log(request, obj, ADDITION)

    def log_change(self, request, obj, message):
        return self._log(request, obj, CHANGE)

    def log_deletions(self, request, queryset):
        return [self._log(request, obj, DELETION) for obj in queryset]

    def _log(self, request, obj, flag):
        """Who did what to which id: names and values are kept by the history alone."""
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=str(obj.pk)[:200],
            action_flag=flag,
            change_message="",
        )

    def history_view(self, request, object_id, extra_context=None):
        """Listings alone have one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        raise Http404


class OfficeFormSet(PaginationInlineFormSet):
    def clean(self):
        """A row that is not there for this editor is said to be gone: Django would pass over it."""
        super().clean()
        for form in self.initial_forms:
            if form.instance._state.adding:
                form.add_error(None, _("This row is not there any more."))


class OfficeInline(SecureLinks, TabularInline):
    """Rows that hang on a row: whoever may change that may change them."""

    formset = OfficeFormSet
    extra = 0
    hide_title = True

    def has_view_permission(self, request, obj=None):
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def get_formset(self, request, obj=None, **kwargs):
        """Every field of a table's row says what it is to a screen reader."""
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs.setdefault("aria-label", str(field.label or ""))
        return formset


def edits_listings(standing):
    """Whether somebody edits listings anywhere; the network's administrators edit European ones."""
    return standing.network or bool(standing.cities_with(Power.EDIT))


def unsealed(choices):
    """The choices of a visibility for who may not see, and so not seal, anything."""
    return [choice for choice in choices if choice[0] != Visibility.SEALED]


def still_has(rows, text):
    """A reason not to delete, from a queryset of what needs it: how many, never which."""
    count = rows.count()
    return [_(text) % {"count": count}] if count else []
