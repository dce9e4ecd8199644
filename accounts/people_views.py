"""The people of a city's office and of the network's: who has which role, and changing that.

Every page here is one of a *place*: a `City`, or None for the network's own administrators.
"""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import events, inviting, people
from accounts.forms import InvitationForm, RoleForm
from accounts.models import Invitation
from services import office
from services.models import Membership
from services.roles import Power

PAGE, NETWORK_PAGE = "office-people", "network-people"
page_methods = require_http_methods(["GET", "HEAD", "POST"])


@page_methods
@office.requires(Power.PEOPLE)
def city_people(request, city):
    """Who has which role in a city; invites by POST."""
    return _people(request, city)


@page_methods
@office.requires_network
def network_people(request):
    """The administrators of the network; invites by POST."""
    return _people(request, None)


@page_methods
@office.requires(Power.PEOPLE)
def city_person(request, city, pk):
    """One person's role in a city: change it, take it away, restore a lost second step."""
    return _person(request, city, pk)


@page_methods
@office.requires_network
def network_person(request, pk):
    """One administrator of the network."""
    return _person(request, None, pk)


@require_POST
@office.requires(Power.PEOPLE)
def city_invitation(request, city, pk):
    """Withdraw an invitation or send it again."""
    return _invitation(request, city, pk)


@require_POST
@office.requires_network
def network_invitation(request, pk):
    """Withdraw an invitation to the network or send it again."""
    return _invitation(request, None, pk)


def _people(request, city):
    form = InvitationForm(request.POST or None, city=city, by=request.user)
    if request.method == "POST" and form.is_valid():
        return _invite(request, city, form)
    context = {
        "form": form,
        "roles": people.roles_in(city),
        "invitations": Invitation.objects.unanswered().of(city),
        "events": events.of_city(city) if city else events.of_network(),
    }
    status = 200 if request.method != "POST" else 400
    return _page(request, "accounts/people.html", city, context, status=status)


def _invite(request, city, form):
    try:
        invitation, token = inviting.invite(
            form.cleaned_data["email"], form.chosen_role, city, by=request.user
        )
    except IntegrityError:
        # The same form was sent twice at once: the other one did it.
        return _to_people(city)
    _send(request, invitation, token)
    return _to_people(city)


def _send(request, invitation, token):
    if inviting.send(invitation, token, request):
        text = _("An invitation was sent to %(email)s.")
        messages.success(request, text % {"email": invitation.email})
    else:
        text = _(
            "The invitation to %(email)s is noted, but the mail could not be sent. "
            "Send it again in a while; if that fails too, tell whoever runs this site."
        )
        messages.error(request, text % {"email": invitation.email})


def _invitation(request, city, pk):
    invitation = get_object_or_404(Invitation.objects.of(city), pk=pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        messages.error(request, _("This invitation was answered or withdrawn already."))
    elif request.POST.get("do") == "withdraw":
        inviting.withdraw(invitation, by=request.user)
        messages.success(request, _("The invitation is withdrawn: its link no longer works."))
    elif request.POST.get("do") == "send":
        _send(request, invitation, inviting.renew(invitation, by=request.user))
    else:
        return _unknown(request)
    return _to_people(city)


def _person(request, city, pk):
    roles = Membership.objects.filter(city=city) if city else Membership.objects.filter(city=None)
    membership = get_object_or_404(roles.select_related("user"), pk=pk)
    if request.method == "POST":
        return _change(request, city, membership)
    return _person_page(request, city, membership, RoleForm(initial={"role": membership.role}))


def _person_page(request, city, membership, form, *, error="", status=200):
    context = {
        "membership": membership,
        "person": membership.user,
        "strong": people.roles_in(city).get(pk=membership.pk).strong,
        "is_self": membership.user_id == request.user.pk,
        "form": form,
        "may_restore": people.may_restore(
            membership.user, by=request.user, standing=request.standing
        ),
        "error": error,
    }
    return _page(request, "accounts/person.html", city, context, status=status)


def _change(request, city, membership):
    change = CHANGES.get(request.POST.get("do"))
    if change is None:
        return _unknown(request)
    form = RoleForm(request.POST)
    try:
        done = change(request, city, membership, form)
    except people.Refusal as refusal:
        return _person_page(request, city, membership, form, error=str(refusal), status=409)
    except Membership.DoesNotExist:
        # Taken away by somebody else, or by the first of two clicks.
        return _to_people(city)
    if not done:
        return _person_page(request, city, membership, form, status=400)
    messages.success(request, done)
    return _to_people(city)


def _change_role(request, city, membership, form):
    if city is None or not form.is_valid():
        return None
    role = form.cleaned_data["role"]
    people.change_role(membership, role, by=request.user, standing=request.standing)
    return _("The role is changed.")


def _remove(request, city, membership, form):
    people.remove(membership, by=request.user, standing=request.standing)
    return _("The role is taken away.")


def _restore(request, city, membership, form):
    person = membership.user
    if not people.may_restore(person, by=request.user, standing=request.standing):
        raise people.Refusal(_("You cannot restore this person’s second step."))
    people.restore(person, by=request.user, city=city, request=request)
    return _(
        "Their second step is removed and they are signed out everywhere. A mail tells them how to "
        "go on: sign in with the password, then set up a new one."
    )


def _sign_out(request, city, membership, form):
    person = membership.user
    if not people.may_restore(person, by=request.user, standing=request.standing):
        raise people.Refusal(_("You cannot sign this person out."))
    people.sign_out(person, by=request.user, city=city)
    return _("They are signed out everywhere, and sign in again as before.")


CHANGES = {"role": _change_role, "remove": _remove, "restore": _restore, "sign-out": _sign_out}


def _unknown(request):
    """A form that no page of ours sends."""
    return HttpResponseBadRequest(_("This form is not known here."), content_type="text/plain")


def _page(request, template, city, context, *, status):
    routes = "office" if city else "network"
    context |= {
        "place": city,
        "people_route": f"{routes}-people",
        "person_route": f"{routes}-person",
        "invitation_route": f"{routes}-invitation",
    }
    if city:
        return office.page(request, template, city, context, status=status, here=PAGE)
    return office.network_page(request, template, context, status=status, here=NETWORK_PAGE)


def _to_people(city):
    return redirect(PAGE, city.slug) if city else redirect(NETWORK_PAGE)
