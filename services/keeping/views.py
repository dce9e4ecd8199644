"""The pages on which a city's listings are kept true."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from services import consequences, office, scopes
from services.keeping import acts, missing
from services.keeping.finding import editable_or_404, listing_of, own_audience, page_of
from services.keeping.forms import CapacityForm, ConfirmForm
from services.keeping.listings_page import ListingsPage
from services.keeping.overview import overview
from services.keeping.said import said
from services.models import Confirmation, Service
from services.names import names
from services.roles import Power
from services.visibility import Audience

LISTINGS = "office-listings"
readable_or_posted = require_http_methods(["GET", "HEAD", "POST"])


def _page(request, template, city, context, **how):
    """A page of this part."""
    return office.page(request, f"office/keeping/{template}", city, context, here=LISTINGS, **how)


@require_safe
@office.requires(Power.EDIT)
def listings(request, city):
    """The city's listings, the most urgent first; 400 where a filter cannot be read."""
    services = scopes.editable(request.standing, city)
    needs = names(city).needs
    page = ListingsPage(overview(request, city), services, request.GET, needs)
    context = {"page": page, "form": page.form, "back": request.GET.urlencode()}
    context["one_tap"] = [group.value for group in Confirmation.FieldGroup]
    return _page(request, "listings.html", city, context, status=400 if page.form.errors else 200)


@readable_or_posted
@office.requires(Power.EDIT)
def confirm(request, city, pk):
    """What a listing says now, and that it is still right."""
    service = editable_or_404(request, city, pk)
    if request.method != "POST":
        return _confirm_page(request, city, service)
    if request.POST.get("do") == "capacity":
        return _set_capacity(request, city, service)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _confirm_page(request, city, service, form=form, status=400)
    try:
        groups = _stated(service, form.cleaned_data["groups"])
        done = acts.confirm(request.user, service, groups, form.cleaned_data["seen"])
    except acts.ChangedMeanwhileError:
        return _confirm_page(request, city, service, changed=True, status=409)
    said_so = _("%(name)s is confirmed.") if done else _("%(name)s was confirmed just before.")
    return _back(request, city, said_so % {"name": service})


def _stated(service, groups):
    """Without free places where the listing says nothing of them."""
    unknown = service.capacity == Service.Capacity.UNKNOWN
    return [g for g in groups if not (unknown and g == Confirmation.FieldGroup.CAPACITY)]


def _set_capacity(request, city, service):
    form = CapacityForm(request.POST, city=city)
    if not form.is_valid():
        return _confirm_page(request, city, service, capacity_form=form, status=400)
    acts.set_capacity(
        request.user, service, form.cleaned_data["capacity"], form.cleaned_data["until"]
    )
    return _back(request, city, _("Free places of %(name)s are noted.") % {"name": service})


def _confirm_page(
    request, city, service, *, form=None, capacity_form=None, changed=False, status=200
):
    page = page_of(service, city, own_audience(request, service))
    # Nothing is ticked beforehand: what nobody asked about is not confirmed by a press.
    ticked = form.data.getlist("groups") if form else []
    with timezone.override(ZoneInfo(city.timezone)):
        groups = said(page)
    context = {
        "service": service,
        "page": page,
        "groups": groups,
        "ticked": ticked,
        "form": form,
        "capacity_form": capacity_form or _capacity_form(service, city),
        "changed": changed,
        "seen": acts.stamp(service),
        "back": request.POST.get("back", request.GET.urlencode()),
    }
    return _page(request, "confirm.html", city, context, status=status)


def _capacity_form(service, city):
    until = service.capacity_until
    known = {"capacity": service.capacity}
    if until and until > timezone.now():
        known["until"] = until.astimezone(ZoneInfo(city.timezone)).date()
    return CapacityForm(city=city, initial=known)


def _back(request, city, message):
    """To the list as it was, with a word of what was done."""
    messages.success(request, message)
    return redirect(_list_address(request, city))


def _list_address(request, city):
    known = QueryDict(request.POST.get("back", "")[:600])
    kept = QueryDict(mutable=True)
    for name in ("show", "need", "text", "page"):
        if known.get(name):
            kept[name] = known[name]
    query = kept.urlencode()
    return reverse(LISTINGS, args=[city.slug]) + (f"?{query}" if query else "")


@readable_or_posted
@office.requires(Power.EDIT)
def publish(request, city, pk):
    """What a listing lacks, said before everybody can see it."""
    service = editable_or_404(request, city, pk)
    listing = listing_of(service, city, Audience.PROFESSIONAL)
    blocking = list(missing.blocking(listing))
    if request.method == "POST" and not blocking:
        acts.set_status(request.user, service, Service.Status.PUBLISHED)
        return _back(request, city, _("%(name)s is published.") % {"name": service})
    context = {
        "service": service,
        "blocking": blocking,
        "wanting": list(missing.wanting(listing)),
        "back": request.POST.get("back", request.GET.urlencode()),
    }
    status = 409 if request.method == "POST" else 200
    return _page(request, "publish.html", city, context, status=status)


@readable_or_posted
@office.requires(Power.EDIT)
def withdraw(request, city, pk):
    """What people would lose, said before a listing is taken from them."""
    service = editable_or_404(request, city, pk)
    if request.method == "POST":
        acts.set_status(request.user, service, Service.Status.WITHDRAWN)
        return _back(request, city, _("%(name)s is withdrawn.") % {"name": service})

    def edit():
        acts.set_status(request.user, service, Service.Status.WITHDRAWN)

    is_seen = service.status == Service.Status.PUBLISHED
    losses = consequences.of_edit(service, edit) if is_seen else []
    context = {"service": service, "losses": losses, "back": request.GET.urlencode()}
    return _page(request, "withdraw.html", city, context)


AUDIENCES = {
    "public": Audience.PUBLIC,
    "professional": Audience.PROFESSIONAL,
    "administrator": Audience.ADMINISTRATOR,
}


@require_safe
@office.requires(Power.EDIT)
def preview(request, city, pk):
    """A listing as each audience sees it, or would once it is published."""
    service = editable_or_404(request, city, pk)
    wanted = request.GET.get("as", "public")
    if wanted not in AUDIENCES:
        return render(request, "400.html", status=400)
    open_to = _previews(request, service)
    if wanted not in open_to:
        return office.refused(request)
    audience = AUDIENCES[wanted]
    page = page_of(service, city, audience)
    context = {
        "service": service,
        "listing": page.listing,
        "page": page,
        "wanted": wanted,
        "open_to": open_to,
        "is_seen": audience.sees(service.visibility),
    }
    return _page(request, "preview.html", city, context)


def _previews(request, service):
    """The audiences as which this person may see a listing: what is sealed only for who may see that."""
    names = list(AUDIENCES)
    return names if own_audience(request, service) is Audience.ADMINISTRATOR else names[:-1]
