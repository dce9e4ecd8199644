"""The doors of the back office: one's cities, and what is to do in one of them today."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from services import office, scopes
from services.keeping.start_page import recently_changed
from services.roles import Power, standing_of


@require_safe
@login_required
def cities(request):
    """The cities where somebody has a role; a single one opens at once."""
    request.standing = standing_of(request)
    if request.standing.waits:
        return redirect(office.SECOND_FACTOR_PAGE)
    found = list(scopes.cities(request.standing).prefetch_related("translations"))
    if request.standing.network:
        context = {"cities": found, "tasks": office.network_tasks(request)}
        return office.network_page(request, "office/cities.html", context)
    if len(found) == 1:
        return redirect("office-city", found[0].slug)
    return render(request, "office/cities.html", {"cities": found})


@require_safe
@office.requires(Power.READ)
def start(request, city):
    """What to do today, the most urgent first."""
    context = {
        "tasks": office.tasks(request, city),
        "edits": request.standing.may(Power.EDIT, city),
        "recent": recently_changed(request, city),
    }
    return office.page(request, "office/start.html", city, context, here="office-city")
