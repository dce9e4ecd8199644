"""/office/<city>/readiness/: what is missing, and the button that takes the city live."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from referrals.readiness import keeping, lines
from services import office
from services.roles import Power

office.add_link(gettext_lazy("Readiness"), "readiness", Power.READ, 80)
office.add_link(gettext_lazy("Legal notes"), "legal", Power.READ, 82)


@require_safe
@office.requires(Power.READ)
def readiness(request, city):
    """Each thing that the city must have, with what to do where it lacks."""
    return _page(request, city, keeping.look(city))


@require_POST
@office.requires(Power.CITY)
def go_live(request, city):
    """Take the city live, if it lacks nothing."""
    try:
        changed = keeping.go_live(city, request.user)
    except keeping.NotReadyError:
        return _page(request, city, lines.lines(city), status=409)
    if changed:
        messages.success(request, _("The city is live: no page says “sample” any more."))
    return redirect("readiness", city.slug)


def _page(request, city, found, status=200):
    context = {
        "lines": found,
        "missing": len(lines.lacking(found)),
        "may_open": request.standing.may(Power.CITY, city),
        "refused": status == 409,
    }
    return office.page(
        request, "readiness/list.html", city, context, status=status, here="readiness"
    )


def tasks(request, city):
    """One task for those who may take the city live, from what was found when it was last looked at."""
    if not city.is_sample or not request.standing.may(Power.CITY, city):
        return
    address = reverse("readiness", args=[city.slug])
    count = len(city.lacks or ())
    if city.fell_back_at and count:
        text, position = _("The city is a sample again: see what has expired"), 5
    elif city.lacks == []:
        text, position = _("The city is ready: take it live"), 10
    else:
        text, position = _("See what the city needs before it goes live"), 60
    yield office.Task(text, address, count, position)


office.add_tasks(tasks)
