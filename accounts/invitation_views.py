"""Accepting an invitation: the link of the mail, and the page behind it."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import get_user_model
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts import inviting
from accounts.adapter import INVITATION_KEY
from accounts.forms import NewAccountForm
from services.names import names


@require_GET
def link(request, token):
    """Remember which invitation was opened and go to its page, whose address holds no secret."""
    token_hash = inviting.hash_of(token)
    invitation = inviting.with_hash(token_hash)
    if invitation is None:
        return _not_here(request)
    if not invitation.is_open:
        return _gone(request)
    request.session[INVITATION_KEY] = token_hash
    return redirect("invitation")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request):
    """The role that is offered, and what it takes to accept it."""
    found = inviting.with_hash(request.session.get(INVITATION_KEY, ""))
    if found is None:
        return _not_here(request)
    if not found.is_open:
        request.session.pop(INVITATION_KEY)
        return _gone(request)
    answer = _for_member if request.user.is_authenticated else _for_stranger
    try:
        return answer(request, found)
    except inviting.Gone:
        request.session.pop(INVITATION_KEY, None)
        return _gone(request)


def _for_member(request, found):
    if not inviting.is_for(found, request.user):
        return _page(request, found, "somebody_else")
    if found.invited_by_id == request.user.pk:
        return _page(request, found, "own")
    if request.method != "POST":
        return _page(request, found, "accept")
    inviting.accept(found, request.user)
    request.session.pop(INVITATION_KEY)
    return redirect("office")


def _for_stranger(request, found):
    if inviting.accounts_of(found.email):
        sign_in = f"{reverse('account_login')}?next={reverse('invitation')}"
        return _page(request, found, "sign_in", sign_in=sign_in)
    if request.method != "POST":
        return _page(request, found, "new", form=NewAccountForm(email=found.email))
    form = NewAccountForm(request.POST, email=found.email)
    if not form.is_valid():
        return _page(request, found, "new", form=form)
    user = inviting.accept_as_new(found, form.cleaned_data["name"], form.cleaned_data["password"])
    request.session.pop(INVITATION_KEY)
    return _sign_in(request, user)


def _sign_in(request, user):
    """Sign in whoever chose a password just now, who then is not asked for it again."""
    # The backend reads the account anew, as it will at every later sign-in.
    user = get_user_model().objects.get(pk=user.pk)
    login = Login(user=user, email=user.email, signup=True, redirect_url=reverse("mfa_index"))
    response = perform_login(request, login)
    record_authentication(request, user, method="password", reauthenticated=True)
    return response


def _page(request, found, state, **more):
    context = {
        "invitation": found,
        "state": state,
        "place": names(found.city).city if found.city else "",
        "by": found.invited_by and found.invited_by.get_full_name(),
    }
    return render(request, "accounts/invitation.html", context | more)


def _gone(request):
    return render(request, "accounts/invitation_gone.html", {"gone": True}, status=410)


def _not_here(request):
    return render(request, "accounts/invitation_gone.html", status=404)
