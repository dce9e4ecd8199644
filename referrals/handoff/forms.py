"""What a worker may pass on: choices of fixed lists and a way to reach themself. No free text."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.handoff import codes, contacts
from referrals.models import Referral
from services.languages import NAMES

Contact = Referral.Contact


class ReferForm(forms.Form):
    """The consent page: `cleaned_data` holds the fields of `acts.Wanted` and the yes."""

    group = forms.ChoiceField(label=_("Group"), required=False)
    urgency = forms.ChoiceField(
        label=_("How soon"),
        choices=Referral.Urgency.choices,
        error_messages={
            "required": _("Say how soon."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    language = forms.ChoiceField(label=_("Language they need"), required=False)
    code = forms.ChoiceField(
        label=_("Code"),
        required=False,
        help_text=_("The same person keeps the same code with every service."),
    )
    contact = forms.ChoiceField(
        label=_("How they reach you"),
        choices=Contact.choices,
        error_messages={
            "required": _("Say how they reach you."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    phone = forms.CharField(
        label=_("Your number at work"),
        required=False,
        max_length=40,
        help_text=_("Never the person’s. Like this: +32 2 535 45 42"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    consent = forms.BooleanField(
        label=_("They said yes to this"),
        error_messages={"required": _("Without their yes nothing is sent. Ask them first.")},
    )

    def __init__(self, groups, known_codes, *args, email="", **kwargs):
        super().__init__(*args, **kwargs)
        self._email = email
        self.fields["group"].choices = [("", _("Not said")), *groups.items()]
        tongues = sorted(((tag, str(name)) for tag, name in NAMES.items()), key=lambda row: row[1])
        self.fields["language"].choices = [("", _("None in particular")), *tongues]
        written = [(code, codes.written(code)) for code in known_codes]
        self.fields["code"].choices = [("", _("A new code")), *written]
        if not known_codes:
            del self.fields["code"]

    def clean(self):
        data = super().clean()
        if data.get("contact") == Contact.PHONE:
            self._check_phone(data.get("phone", ""))
        return data

    def _check_phone(self, number):
        if not number:
            self.add_error("phone", _("Write your number, or choose another way."))
            return
        if not contacts.is_number(number):
            # What was typed is not said again: it may be anything.
            text = _("This cannot be dialled. Write it like +32 2 535 45 42.")
            self.add_error("phone", text)

    @property
    def contact_value(self):
        """The number or address to seal; empty where nobody is to call."""
        chosen = self.cleaned_data["contact"]
        return {Contact.PHONE: self.cleaned_data["phone"], Contact.EMAIL: self._email}.get(
            chosen, ""
        )
