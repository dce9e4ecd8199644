"""The short forms of the link's page and of the office: what may be typed, and what is wrong with it."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.confirming import fields
from services.confirming.answers import FULL_AT_MOST_DAYS
from services.hours import validate_opening_hours
from services.models import Service
from services.phones import line_of, validate_phone

WEB = URLValidator(schemes=["http", "https"])


class ChangeForm(forms.Form):
    """What a listing says today, to be typed over. `changed` holds what differs, by name of field.

    An emptied field takes the thing out of the listing.
    """

    email = forms.EmailField(label=fields.LABELS["email"], required=False, max_length=254)
    website = forms.URLField(
        label=fields.LABELS["website"],
        required=False,
        max_length=600,
        assume_scheme="https",
        validators=[WEB],
    )
    opening_hours = forms.CharField(
        label=fields.LABELS["opening_hours"],
        required=False,
        max_length=300,
        validators=[validate_opening_hours],
        help_text=_("Like this: Mo-Fr 09:00-17:00; Sa 10:00-12:00; PH off"),
    )
    hours_note = forms.CharField(
        label=fields.LABELS["hours_note"],
        required=False,
        max_length=300,
        help_text=_("What the line above cannot say. Nothing about a person."),
    )
    how_to_get_in = forms.ChoiceField(
        label=fields.LABELS["how_to_get_in"],
        required=False,
        choices=[("", _("not said")), *Service.WayIn.choices],
    )

    def __init__(self, listing, data=None, prefix=None):
        self._today = fields.said(listing)
        self._phones = {f"phone_{n}": p.written for n, p in enumerate(listing.phones)}
        initial = {name: self._today[name] for name in fields.LABELS} | self._phones
        super().__init__(data, prefix=prefix, initial=initial)
        if listing.confidential and not listing.website:
            # It may print the place, and so is withheld: nothing can be said about it here.
            del self.fields["website"]
        self._add_phones(listing)

    def _add_phones(self, listing):
        for number, phone in enumerate(listing.phones):
            word = _("Phone")
            label = f"{word} · {phone.note}" if phone.note else word
            self.fields[f"phone_{number}"] = _phone_field(label)
        self.fields["phone_new"] = _phone_field(_("A further phone"))
        first = [name for name in self.fields if name.startswith("phone_")]
        self.order_fields(first)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.changed:
            raise forms.ValidationError(
                _("Nothing differs from what is said today. If all is right, tap “Still right”.")
            )
        return cleaned

    @property
    def changed(self):
        """Name of field -> new value, of what differs."""
        new = {name: self.cleaned_data[name] for name in fields.LABELS if name in self.fields}
        for name, number in self._phones.items():
            new[f"{fields.PHONE}{number}"] = self.cleaned_data[name]
        new[fields.NEW_PHONE] = self.cleaned_data["phone_new"]
        return {name: value for name, value in new.items() if self._differs(name, value)}

    def _differs(self, name, value):
        today = self._today.get(name, "")
        if name.startswith(fields.PHONE) and value and today:
            return line_of(value) != line_of(today)
        return value != today


def _phone_field(label):
    return forms.CharField(
        label=label,
        required=False,
        max_length=40,
        validators=[validate_phone],
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )


class FullForm(forms.Form):
    """Until which day a service is full."""

    until = forms.DateField(
        label=_("Full until the end of"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, timezone_name, data=None, prefix=None):
        super().__init__(data, prefix=prefix)
        self._today = timezone.now().astimezone(ZoneInfo(timezone_name)).date()
        self._last = self._today + datetime.timedelta(days=FULL_AT_MOST_DAYS)
        self.fields["until"].widget.attrs |= {
            "min": self._today.isoformat(),
            "max": self._last.isoformat(),
        }

    def clean_until(self):
        until = self.cleaned_data["until"]
        if not self._today <= until <= self._last:
            raise forms.ValidationError(_("Choose a day from today to half a year ahead."))
        return until


class SettingsForm(forms.Form):
    """What a city chooses about these mails."""

    checks_on = forms.BooleanField(label=_("Ask organisations by mail"), required=False)
    checks_apply_at_once = forms.BooleanField(
        label=_("What they change counts at once, without an editor"),
        required=False,
        help_text=_(
            "Never who may see a listing, never a place, never that it is closed, and never where "
            "people would lose something by it."
        ),
    )
    check_every_days = forms.IntegerField(
        label=_("Days between an answer and the next mail"),
        validators=[MinValueValidator(14), MaxValueValidator(365)],
        widget=forms.NumberInput(attrs={"min": 14, "max": 365}),
    )
    checks_reply_to = forms.EmailField(
        label=_("Where answers to the mails go"),
        required=False,
        max_length=254,
        help_text=_("Your office. It is also named on the page of a link that no longer works."),
    )


class AddressForm(forms.Form):
    """Where and in which language one organisation is asked."""

    check_email = forms.EmailField(
        label=_("Address for these mails"),
        required=False,
        max_length=254,
        help_text=_("Empty: the address of one of its listings."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("as the city")), *settings.LANGUAGES],
    )
