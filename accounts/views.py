"""Pages of one's own account: allauth's views where ours must say or do more, and late forms."""

from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts import again, demo
from accounts.adapter import FactorAdapter
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


@require_safe
@login_required
def late_form(request):
    """What somebody sent after they had been signed out, to be sent once more."""
    form = again.kept(request)
    again.forget(request)
    if form is None:
        return redirect("office")
    return render(request, "accounts/again.html", {"late": form})
