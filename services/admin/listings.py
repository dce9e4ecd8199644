"""Listings in the administration: one form, its history, and what is asked before something is lost."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from services import consequences, history, history_words, reverting, scopes, vouching
from services.acting import Way, acting
from services.admin import listing_form, two_editors
from services.admin.base import edits_listings, unsealed
from services.admin.network import TranslatedAdmin
from services.models import City, Confirmation, Phone, Service
from services.roles import Power, standing_of
from services.translating import weighing
from services.visibility import Visibility

ANYWAY, BACK = "_anyway", "_back"


class CityFilter(admin.SimpleListFilter):
    """The cities where one edits, and no other."""

    title = _("city")
    parameter_name = "city"

    def lookups(self, request, model_admin):
        own = City.objects.filter(pk__in=standing_of(request).cities_with(Power.EDIT))
        return [(city.slug, str(city)) for city in own.prefetch_related("translations")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        own = City.objects.filter(pk__in=standing_of(request).cities_with(Power.EDIT))
        return queryset.filter(cities__in=own.filter(slug=self.value()))


def _with_sealed_number(services, searched):
    """Ids of those services that have a sealed phone with this in its number."""
    phones = Phone.objects.filter(
        visibility=Visibility.SEALED, service__in=services.order_by().values("pk")
    )
    return {p.service_id for p in phones.order_by().iterator() if searched in p.number}


@admin.register(Service)
class ServiceAdmin(TranslatedAdmin):
    form = listing_form.ListingForm
    inlines = listing_form.INLINES
    list_display = [
        "official_name",
        "organization",
        "reach",
        "status",
        "confidential",
        "last_modified",
    ]
    list_filter = ["status", "reach", CityFilter, "needs", "target_groups", "confidential"]
    list_select_related = ["organization"]
    search_fields = ["official_name", "slug", "organization__name"]
    search_help_text = _("Name, organisation or phone number")
    autocomplete_fields = ["organization"]
    actions = ["publish", "withdraw"]
    prefetch_language_column = False

    @property
    def change_form_template(self):
        return "admin/services/service/form.html"

    def opens_to(self, standing):
        return edits_listings(standing)

    def scope(self, standing):
        return scopes.editable(standing)

    def may_delete(self, standing, obj=None):
        """City administrators alone; who may not see what is sealed cannot know what would go."""
        if obj is None:
            return bool(standing.cities_with(Power.SEALED))
        return scopes.sees_sealed(standing, obj)

    def get_search_results(self, request, queryset, search_term):
        """By words as everywhere, and by the numbers that one may see; each listing once."""
        found, _several = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return found, False
        seen = unsealed(Visibility.choices)
        numbers = {"phones__number__icontains": search_term.strip()}
        open_numbers = queryset.filter(phones__visibility__in=[v for v, _w in seen], **numbers)
        sealed_ones = queryset.filter(pk__in=scopes.sealed_seen(standing_of(request)).values("pk"))
        ids = [found, open_numbers]
        matching = {pk for rows in ids for pk in rows.order_by().values_list("pk", flat=True)}
        matching |= _with_sealed_number(sealed_ones, search_term.strip())
        return queryset.filter(pk__in=matching), False

    def render_delete_form(self, request, context):
        """With what people would lose by it; an instance of its own is deleted for trial."""
        service = context["object"]

        def delete():
            Service.objects.get(pk=service.pk).delete()

        if consequences.asks():
            context["found"] = consequences.of_edit(service, delete)
        context["can_withdraw"] = service.status != Service.Status.WITHDRAWN
        return super().render_delete_form(request, context)

    # -- The form

    def get_fieldsets(self, request, obj=None):
        return listing_form.fieldsets(self._sees_sealed(request, obj))

    def _sees_sealed(self, request, obj=None):
        """Also told to the inlines, which ask the request."""
        known = getattr(request, "_sealed_of", {})
        key = obj.pk if obj else None
        if key not in known:
            known[key] = listing_form.sees_sealed(standing_of(request), obj)
            request._sealed_of = known
        request.sees_sealed = known[key]
        return known[key]

    def get_form(self, request, obj=None, **kwargs):
        sealed = self._sees_sealed(request, obj)
        form = super().get_form(request, obj, **kwargs)
        form.standing, form.sees_sealed = standing_of(request), sealed
        form.told = getattr(request, "told", ())
        return form

    def get_inline_instances(self, request, obj=None):
        self._sees_sealed(request, obj)
        return super().get_inline_instances(request, obj)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("widget", UnfoldAdminCheckboxSelectMultipleWidget)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "organization":
            kwargs["queryset"] = scopes.organizations(standing_of(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        """A new listing is a draft of one's city, if there is only one."""
        own = list(City.objects.filter(pk__in=standing_of(request).cities_with(Power.EDIT))[:2])
        preset = {"status": Service.Status.DRAFT}
        if len(own) == 1:
            preset |= {"cities": [own[0].pk], "country": own[0].country_id}
            preset["official_language"] = (own[0].languages or ["en"])[0]
        return preset | super().get_changeform_initial_data(request)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        response = super().render_change_form(request, context, add, change, form_url, obj)
        context = response.context_data
        context["sections"] = listing_form.sections(
            context["adminform"], context["inline_admin_formsets"]
        )
        context["both"] = getattr(request, "both", ())
        if change and obj:
            sheet = getattr(request, "sheet_now", None) or self._sheet(request, obj)
            context["base"] = two_editors.sealed_up(sheet, self._salt(request, obj))
        return response

    def get_language_tabs(self, request, obj, available_languages, css_class=None):
        """The languages of the listing's cities first."""
        tabs = super().get_language_tabs(request, obj, available_languages, css_class)
        cities = obj.cities.all() if obj and obj.pk else scopes.cities(standing_of(request))
        first = [code for city in cities for code in city.languages]
        tabs.sort(key=lambda tab: first.index(tab[2]) if tab[2] in first else len(first))
        return tabs

    # -- Saving

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)

        def save():
            return self._save(request, object_id, form_url, extra_context)

        with acting(request.user, Way.FORM), transaction.atomic():
            service = self._locked(request, object_id)
            if service is None:
                return save()
            self._meet_others(request, service)
            if BACK in request.POST:
                told = gettext("Nothing is saved yet.")
                request.told = (*getattr(request, "told", ()), told)
            return self._weigh(request, service, save)

    def _locked(self, request, object_id):
        """The listing, which nobody else changes until this is done."""
        if object_id is None:
            return None
        found = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404
        Service.objects.select_for_update().filter(pk=found.pk).order_by().values_list("pk").first()
        return found

    def _save(self, request, object_id, form_url, extra_context):
        with vouching.dropping_overwritten(unquote(object_id) if object_id else None):
            response = super().changeform_view(request, object_id, form_url, extra_context)
        self._confirm(request)
        history.settle()
        return response

    def _weigh(self, request, service, save):
        """Save, unless people would lose something by it and nobody has said "anyway"."""
        if ANYWAY in request.POST or BACK in request.POST or not consequences.asks():
            return save()
        tried, request.trying = [], True
        found = consequences.of_edit(service, lambda: tried.append(save()))
        request.trying = False
        if tried[0].status_code != 302:
            return tried[0]
        return self._ask(request, found, str(service)) if found else save()

    def _ask(self, request, found, title):
        """The page between: what would be lost, with all that was posted."""
        posted = [(name, v) for name, values in request.POST.lists() for v in values]
        left_out = {"csrfmiddlewaretoken", ANYWAY, BACK}
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Before this is saved"),
            "name": title,
            "found": found,
            "posted": [(name, value) for name, value in posted if name not in left_out],
        }
        return TemplateResponse(request, "admin/services/service/weigh.html", context)

    def message_user(self, request, *args, **kwargs):
        if not getattr(request, "trying", False):
            super().message_user(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.last_modified = timezone.now()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        values = form.cleaned_data
        if values.get("translation_checked"):
            weighing.check(form.instance, form.language_code)
        request.confirmed = (form.instance.pk, values.get("checked"), values.get("checked_how", ""))

    def _confirm(self, request):
        """After the confirmations of what was overwritten have been dropped."""
        pk, groups, how = getattr(request, "confirmed", (None, (), ""))
        for group in groups or ():
            Confirmation.objects.create(
                service_id=pk, field_group=group, by=Confirmation.By.CITY, how=how
            )

    # -- Two editors

    def _sheet(self, request, obj):
        """What the form shows of the listing as it is now."""
        fresh = self.get_object(request, str(obj.pk))
        form = self.get_form(request, fresh, change=True)(instance=fresh)
        formsets = [
            formset(
                instance=fresh,
                prefix=formset.get_default_prefix(),
                queryset=inline.get_queryset(request),
            )
            for formset, inline in self.get_formsets_with_inlines(request, fresh)
        ]
        return two_editors.sheet_of(form, formsets)

    def _salt(self, request, obj):
        return f"{request.user.pk}:{obj.pk}:{self.get_form_language(request, obj)}"

    def _meet_others(self, request, service):
        """Take in what others saved since the form was opened; tell what both have touched."""
        base = two_editors.opened(request.POST.get(two_editors.BASE), self._salt(request, service))
        now = request.sheet_now = self._sheet(request, service)
        if base is None:
            text = gettext("This form was opened in another way. Look at it again, then save.")
            request.told = (text,)
            return
        merged = two_editors.merge(request.POST, base, now)
        request.POST = merged.data
        if merged.both:
            request.both = merged.both
            request.told = (gettext("Somebody has saved this listing meanwhile."),)
            request.told += tuple(two_editors.sentences(merged.both))
        elif merged.others:
            text = gettext("Saved by somebody else meanwhile, and kept: %(fields)s.")
            fields = ", ".join(dict.fromkeys(merged.others))
            messages.info(request, text % {"fields": fields})

    # -- Publishing and withdrawing from the list

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        return self._set_status(request, queryset, Service.Status.PUBLISHED)

    @admin.action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request, queryset):
        return self._set_status(request, queryset, Service.Status.WITHDRAWN)

    def _set_status(self, request, queryset, status):
        """One save each: an update in the database would leave the cities' versions as they were."""

        services = list(queryset)

        def change():
            for service in Service.objects.filter(pk__in=[s.pk for s in services]):
                service.status, service.last_modified = status, timezone.now()
                service.save()

        with acting(request.user, Way.FORM), transaction.atomic():
            if ANYWAY not in request.POST and consequences.asks():
                found = consequences.of_edits(services, change)
                if found:
                    return self._ask(request, found, ", ".join(map(str, services)))
            change()
            history.settle()
        return None

    # -- History

    def get_urls(self):
        revert = path(
            "<path:object_id>/history/<int:version>/revert/",
            self.admin_site.admin_view(require_POST(self.revert_view)),
            name="services_service_revert",
        )
        return [revert, *super().get_urls()]

    def history_view(self, request, object_id, extra_context=None):
        service = self._of_history(request, object_id)
        entries = history_words.entries(service, standing_of(request))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History"),
            "subtitle": str(service),
            "service": service,
            "entries": entries,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/services/service/history.html", context)

    def revert_view(self, request, object_id, version):
        service = self._of_history(request, object_id)
        standing = standing_of(request)
        found = history_words.shown_version(service, version, standing)
        if found is None:
            raise Http404
        try:
            left = reverting.revert(service, found, request.user, standing)
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
        else:
            messages.success(request, gettext("The listing stands again as it did then."))
            for text in left:
                messages.warning(request, text)
        return redirect(reverse("admin:services_service_history", args=[service.pk]))

    def _of_history(self, request, object_id):
        if not self.has_change_permission(request):
            raise PermissionDenied
        service = self.get_object(request, unquote(object_id))
        if service is None:
            raise Http404
        return service
