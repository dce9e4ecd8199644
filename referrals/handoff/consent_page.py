"""/<city>/refer/: what would be passed on, to whom, for how long; then the person's yes.

Everything comes by POST, so that no need stands in an address, a history or a log.
"""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from referrals import planning, visiting
from referrals.city_guide import CityGuide
from referrals.handoff import acts, codes, doors, letters, rules
from referrals.handoff.forms import ReferForm
from referrals.models import Referral
from referrals.pathway.plan import NoDoorError
from services import office
from services.models import Service
from services.names import names
from services.roles import Power
from services.visibility import Audience

Contact = Referral.Contact
#: So many of the worker's last codes are offered again.
CODES_OFFERED = 12


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires(Power.READ)
def refer(request, city):
    """The consent page for a door of the plan, and what follows from a yes."""
    if request.method != "POST":
        return redirect(CityGuide(city).plan_address)
    need = request.POST.get("need", "")
    listing = _listing(city, request.POST.get("service", ""), need)
    if listing is None:
        return render(request, "handoff/no_door.html", {"city": city}, status=404)
    form = _form(request, city, need)
    if not form.is_bound:
        return _page(request, city, listing, need, form)
    if not form.is_valid():
        return _page(request, city, listing, need, form, status=400)
    try:
        referral = acts.refer(
            _wanted(city, listing, need, form),
            consent=form.cleaned_data["consent"],
            worker=request.user,
        )
    except acts.DuplicateError as found:
        return _page(request, city, listing, need, form, same=found.referral, status=409)
    messages.success(request, _sent(referral))
    return _with_code(request, city, referral)


def _with_code(request, city, referral):
    """To the referral; while the guide is used, its code is offered for the next service too."""
    response = visiting.SeeOther(reverse("my-referral", args=[referral.pk]))
    seen = visiting.visit(request, visiting.guide_of(request, city))
    return (
        visiting.remember(response, seen.keeping(code=referral.code)) if seen.answers else response
    )


def _sent(referral):
    if letters.state_of_question(referral):
        return _("Sent. Tell the person their code.")
    return _(
        "Noted. This service has no address for mail: call them, and write down what they say."
    )


def _listing(city, service, need):
    listing = doors.listing_of(city, service[:40])
    if listing is None or not doors.can_be_referred_to(listing, need):
        return None
    # What the directory keeps in memory does not decide where somebody is sent.
    shown = Service.objects.visible_to(Audience.PROFESSIONAL).serving(city)
    return listing if shown.filter(pk=listing.id).exists() else None


def _form(request, city, need):
    groups = names(city).groups
    offered = _codes(request.user, city)
    how = {"email": request.user.email}
    if "contact" in request.POST:
        return ReferForm(groups, offered, request.POST, **how)
    initial = _from_the_guide(request, city, need)
    asked = codes.read(request.POST.get("code", "")) or initial["code"]
    initial["code"] = asked if asked in offered else ""
    return ReferForm(groups, offered, initial=initial, **how)


def _codes(user, city):
    """The codes of the worker's open referrals in a city, the newest first."""
    rows = Referral.objects.filter(worker=user, city=city, closed_at=None)
    found = rows.order_by("-created_at").values_list("code", flat=True)[: 4 * CODES_OFFERED]
    return list(dict.fromkeys(found))[:CODES_OFFERED]


def _from_the_guide(request, city, need):
    """What the answers on the device suggest; the worker sees it and may change all of it."""
    seen = visiting.visit(request, visiting.guide_of(request, city))
    facts = seen.journey.facts
    groups = sorted(facts.all_groups)
    return {
        "group": groups[0] if len(groups) == 1 else "",
        "urgency": _urgency(city, facts, need),
        "language": next(iter(facts.languages), ""),
        "contact": Contact.NONE,
        "code": seen.beside.code,
    }


def _urgency(city, facts, need):
    """That of the plan's step, where the plan has one for this need."""
    try:
        plan = planning.plan_for(city, facts, get_language(), Audience.PROFESSIONAL)
    except NoDoorError:
        return Referral.Urgency.THREE_DAYS
    urgency = next((step.urgency for step in plan.steps if step.need == need), "soon")
    return rules.FROM_PLAN[urgency]


def _wanted(city, listing, need, form):
    data = form.cleaned_data
    return acts.Wanted(
        city=city,
        service=Service.objects.select_related("organization").get(pk=listing.id),
        need=need,
        urgency=data["urgency"],
        group=data["group"],
        language=data["language"],
        contact=data["contact"],
        contact_value=form.contact_value,
        code=data.get("code", ""),
    )


def _page(request, city, listing, need, form, *, same=None, status=200):
    service = Service.objects.select_related("organization").get(pk=listing.id)
    context = {
        "city": city,
        "audience": Audience.PROFESSIONAL,
        "listing": listing,
        "need": need,
        "need_name": names(city).needs.get(need, need),
        "form": form,
        "same": same,
        "by_mail": bool(letters.address_of(service, city)),
        "days": rules.CONSENT.days,
        "kept": settings.REFERRAL_KEPT_DAYS,
    }
    return render(request, "handoff/refer.html", context, status=status)
