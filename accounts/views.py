"""Pages of one's own account: allauth's views where ours must say or do more, and late forms."""

import datetime
from zoneinfo import ZoneInfo

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import again, closing, demo, people, sessions
from accounts.adapter import FactorAdapter
from accounts.events import Kind, record
from accounts.forms import CloseForm
from accounts.session_store import stored
from services.office import SECOND_FACTOR_PAGE
from services.roles import standing_of


class Factors(IndexView):
    """One's second factors, why a role needs one, and the way on."""

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "standing": standing_of(self.request),
            "roles": list(
                user.memberships.select_related("city").prefetch_related("city__translations")
            ),
        }


class SecondStep(AuthenticateView):
    """The second step of signing in; the demonstration shows its own people what to type."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "demo_code": demo.code_for(self.stage.login.user)
        }


class RecoveryCodes(ViewRecoveryCodesView):
    """The recovery codes; without any, the page where they are made."""

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return redirect(SECOND_FACTOR_PAGE)


class RemovePasskey(RemoveWebAuthnView):
    """allauth asks about the last factor for code generators only."""

    def form_valid(self, form):
        if FactorAdapter().can_delete_authenticator(self.object):
            return super().form_valid(form)
        messages.error(
            self.request,
            gettext(
                "This is your only second step, and your role needs one. "
                "Add another one first, then remove this one."
            ),
        )
        return redirect("mfa_list_webauthn")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required(allow_get=True)
def signed_in(request):
    """Every browser in which one is signed in; by POST, signs out of one, or of all but this."""
    here = request.session.session_key
    if request.method != "POST":
        found = sessions.sessions_of(request.user, here)
        with timezone.override(_clock_of(request.user)):
            return render(request, "accounts/signed_in.html", {"sessions": found})
    match request.POST.get("do"), request.POST.get("session", ""):
        case "others", _any:
            ended = sessions.end_sessions(request.user, but=here)
        case "one", wanted if wanted != stored(here):
            ended = sessions.end_session(request.user, wanted)
        case _:
            text = gettext("This form is not known here.")
            return HttpResponseBadRequest(text, content_type="text/plain")
    _tell_of(request, ended)
    return redirect("sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required(allow_get=True)
def close(request):
    """Close one's own account; 409 while something of theirs would be left without anybody."""
    is_asked, error = request.method == "POST", ""
    form = CloseForm(request.POST if is_asked else None)
    if form.is_valid():
        try:
            closing.close(request.user)
        except people.Refusal as refusal:
            error = str(refusal)
        else:
            logout(request)
            return render(request, "accounts/closed.html")
    roles = request.user.memberships.select_related("city").prefetch_related("city__translations")
    context = {"form": form, "error": error, "roles": roles}
    status = 409 if error else 400 if is_asked else 200
    return render(request, "accounts/close.html", context, status=status)


def _clock_of(user):
    """The clock of the city where somebody has a role, of several the first; else UTC."""
    role = user.memberships.exclude(city=None).select_related("city").order_by("pk").first()
    return ZoneInfo(role.city.timezone) if role else datetime.UTC


def _tell_of(request, ended):
    if not ended:
        messages.info(request, gettext("You were signed out there already."))
        return
    record(Kind.SIGNED_OUT, actor=request.user, subject=request.user)
    text = ngettext(
        "You are signed out of %(number)s other browser.",
        "You are signed out of %(number)s other browsers.",
        ended,
    )
    messages.success(request, text % {"number": ended})


@require_safe
@login_required
def late_form(request):
    """What somebody sent after they had been signed out, to be sent once more."""
    form = again.kept(request)
    again.forget(request)
    if form is None:
        return redirect("office")
    return render(request, "accounts/again.html", {"late": form})
