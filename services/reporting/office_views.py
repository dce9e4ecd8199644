"""The office's pages on reports: what is open, what is on hold, and the two who release it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from services import office, scopes
from services.models import Report
from services.reporting import holds, overview, resolving
from services.roles import Power

PAGE = "office-reports"


@require_safe
@office.requires(Power.RELEASE)
def reports(request, city):
    """Everything that is open, worst first."""
    context = {
        "holds": [
            {"hold": hold, "labels": overview.labels(hold)}
            for hold in overview.holds_now(request.standing, city)
        ],
        "reported": overview.reported(request.standing, city),
        "may_answer": request.standing.may(Power.EDIT, city),
        "released": overview.released_lately(request.standing, city),
    }
    return office.page(request, "office/reporting/reports.html", city, context, here=PAGE)


@require_POST
@office.requires(Power.EDIT)
def resolve(request, city):
    """Answer the reports of one kind about a listing."""
    answer, kind = request.POST.get("answer"), request.POST.get("kind")
    if answer not in resolving.ANSWERS or kind not in Report.Kind.values:
        raise SuspiciousOperation("no such answer")
    service = get_object_or_404(
        scopes.editable(request.standing, city), pk=_id(request.POST.get("service"))
    )
    try:
        count = resolving.resolve(service, kind, answer, request.user)
    except holds.RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("Noted. Thank you.") if count else _("Somebody else has answered this already.")
        messages.success(request, text)
    return redirect(PAGE, city.slug)


@require_safe
@office.requires(Power.RELEASE)
def hold(request, city, hold):
    """One hold: why, what the city lost by it, who has signed."""
    found = _hold(request, city, hold)
    context = {
        "hold": found,
        "labels": overview.labels(found),
        "signed": found.releases.select_related("user"),
        "has_signed": found.releases.filter(user=request.user).exists(),
        "missing": holds.missing(found),
        "absent": holds.absent(found),
        "why_not": holds.why_not(found, request.user, request.standing),
        "lost": [] if found.released_at else holds.lost_by(found),
    }
    return office.page(request, "office/reporting/hold.html", city, context, here=PAGE)


@require_POST
@office.requires(Power.RELEASE)
def release(request, city, hold):
    """Sign the release of a hold."""
    found = _hold(request, city, hold)
    try:
        found = holds.sign(found.pk, request.user, request.standing)
    except holds.RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("office-hold", city.slug, found.pk)
    if found.released_at:
        messages.success(request, _("It is in the directory again."))
        return redirect(PAGE, city.slug)
    waits = _("Your release is noted. It still waits for: %(missing)s.")
    messages.success(request, waits % {"missing": holds.missing(found)})
    return redirect("office-hold", city.slug, found.pk)


def _hold(request, city, pk):
    return get_object_or_404(overview.holds(request.standing, city), pk=pk)


def _id(text):
    try:
        return UUID(text or "")
    except ValueError:
        raise Http404 from None
