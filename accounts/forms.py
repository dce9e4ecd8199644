"""Forms of accounts and of the people page."""

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from accounts.inviting import accounts_of
from accounts.models import ADDRESS_LENGTH
from services.models import Membership

Role = Membership.Role
IN_CITIES = [(role.value, role.label) for role in Role if role != Role.NETWORK]


class InvitationForm(forms.Form):
    """Who is invited as what; nobody invites themself, or somebody who has that role already."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=IN_CITIES)

    def __init__(self, *args, city, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.city, self.by = city, by
        if city is None:
            del self.fields["role"]

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        users = accounts_of(email)
        if self.by in users:
            raise forms.ValidationError(_("This is your own address."))
        if Membership.objects.filter(user__in=users, city=self.city).exists():
            raise forms.ValidationError(
                _("Somebody with this address has a role here: see the list. You can change it.")
            )
        return email

    @property
    def chosen_role(self):
        return self.cleaned_data.get("role", Role.NETWORK)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=IN_CITIES)


class NewAccountForm(forms.Form):
    """What somebody without an account says when they accept an invitation."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As your colleagues know you. Only people with a role in your city see it."),
        max_length=get_user_model()._meta.get_field("first_name").max_length,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 10 characters. A few words in a row are easy to remember."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        password = self.cleaned_data.get("password")
        if password:
            name = self.cleaned_data.get("name", "")
            user = get_user_model()(username=self.email, email=self.email, first_name=name)
            try:
                password_validation.validate_password(password, user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return self.cleaned_data


class CloseForm(forms.Form):
    sure = forms.BooleanField(
        label=_("I am sure: close my account for good"),
        error_messages={"required": _("Tick this if you are sure.")},
    )


class ResetPasswordForm(account_forms.ResetPasswordForm):
    """An address without an account gets a mail that says so: as quick, and no page tells which."""

    def save(self, request, **kwargs):
        if self.users:
            return super().save(request, **kwargs)
        email = self.cleaned_data["email"]
        get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class AddPasskeyForm(AddWebAuthnForm):
    """allauth's, in plainer words, and without a password by default."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        required=False,
        max_length=100,
        validators=[ProhibitNullCharactersValidator()],
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone, without the password"),
        required=False,
        initial=True,
    )
