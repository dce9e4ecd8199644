"""How allauth behaves here: no open sign-up, one clear answer to too many tries, sealed secrets."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts import mail
from accounts.addresses import address_of
from services.roles import SECOND_FACTORS
from services.sealing import box

#: Where an invitation that was opened waits until it is answered: a hash, in the session.
INVITATION_KEY = "invitation"
TOO_MANY = ("too_many_login_attempts", "rate_limited")


class _TooMany:
    """Answers 429, where allauth would say it beside a field with 200."""

    def validation_error(self, code, *args):
        if code in TOO_MANY:
            raise ImmediateHttpResponse(respond_429(context.request))
        return super().validation_error(code, *args)


class AccountAdapter(_TooMany, DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """An account is made by accepting an invitation (`accounts.inviting`), by nothing else."""
        return False

    def get_login_redirect_url(self, request):
        """Whoever signed in to accept an invitation goes back to it."""
        if INVITATION_KEY in request.session:
            return reverse("invitation")
        return super().get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")

    def get_reset_password_from_key_url(self, key):
        user, _hyphen, token = key.partition("-")
        return address_of("account_reset_password_from_key", user, token, request=self.request)

    def send_mail(self, template_prefix, email, context):
        """As allauth does, but a mail server that is away breaks no page."""
        context = {"request": self.request, "email": email} | context
        mail.deliver(self.render_mail(template_prefix, email, context))


class FactorAdapter(_TooMany, DefaultMFAAdapter):
    def encrypt(self, text):
        """A copy of the database alone is nobody's second factor."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Of what cannot be opened, as after a change of SECRET_KEY, a secret that nobody knows."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()

    def can_delete_authenticator(self, authenticator):
        """The last second factor stays for as long as its owner has a role, which would sleep."""
        user = authenticator.user
        if not (user.is_superuser or user.memberships.exists()):
            return True
        others = Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user, type):  # noqa: A002  (allauth's name)
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def build_totp_svg(self, url):
        """The picture as an element of the page: the policy allows no picture within an address."""
        return super().build_totp_svg(url).partition("?>")[2].strip()

    def _get_site_name(self):
        return settings.SITE_NAME


def _box():
    return box(b"second factors")
