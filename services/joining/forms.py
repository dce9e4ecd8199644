"""What is asked of whoever wants a city to join, and of whoever opens it."""

import zoneinfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from services.joining import opening
from services.models import City, JoinRequest
from services.models.places import validate_city_slug
from services.phones import is_short_code, validate_phone


class AskingForm(forms.Form):
    """A request to join. No field takes free text about anybody."""

    organization = forms.CharField(
        label=_("Your organisation"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Write the name of your organisation.")},
    )
    kind = forms.ChoiceField(
        label=_("It is"),
        choices=JoinRequest.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    role = forms.ChoiceField(
        label=_("Your part in it"),
        choices=JoinRequest.Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    email = forms.EmailField(
        label=_("Your e-mail at work"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write the address at which you read the answer.")},
    )
    consent = forms.BooleanField(
        label=_("The network may answer me at this address."),
        error_messages={"required": _("Tick this: without it nobody can answer you.")},
    )


class CityForm(forms.Form):
    """What a new city is called, and how it tells the time and speaks."""

    slug = forms.SlugField(
        label=_("Address in the site"),
        max_length=50,
        validators=[validate_city_slug],
        help_text=_("Small letters, digits and hyphens. It stays when the name changes."),
    )
    timezone = forms.ChoiceField(label=_("Time zone"))
    languages = forms.CharField(
        label=_("Languages of the city"),
        max_length=60,
        help_text=_("Tags with commas, the most used first, for example: fr, nl, de"),
    )
    number = forms.CharField(
        label=_("Emergency number"),
        max_length=30,
        error_messages={"required": _("Write the number to call when a life is at risk.")},
        help_text=_(
            "The number that brings help at once, anywhere in the country, day and night. "
            "Look it up at the source; every plan of the city ends here."
        ),
    )
    centre = forms.BooleanField(
        label=_("Offer the centre of the city as a place to measure from"), required=False
    )

    def __init__(self, spot, *args, **kwargs):
        self.spot = spot
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = [(z, z) for z in _zones_of(spot)]
        if not opening.needs_number(spot.country):
            del self.fields["number"]
        for code, name in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": name},
                max_length=120,
                required=code == "en",
            )

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        validate_city_slug(slug)
        if City.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another city has this address. Choose a different one."))
        return slug

    def clean_languages(self):
        tags = [tag.strip() for tag in self.cleaned_data["languages"].split(",")]
        wrong = [tag for tag in tags if not _is_tag(tag)]
        if wrong:
            raise ValidationError(
                _("“%(tag)s” is not a language tag such as fr or pt."), params={"tag": wrong[0]}
            )
        return list(dict.fromkeys(tags))

    def clean_number(self):
        number = self.cleaned_data["number"]
        if not is_short_code(number):
            validate_phone(number)
        return number

    @property
    def values(self):
        """What `opening.open_city` takes."""
        given = self.cleaned_data
        names = {code: given[f"name_{code}"] for code, _name in settings.LANGUAGES}
        return {
            "slug": given["slug"],
            "timezone": given["timezone"],
            "languages": given["languages"],
            "number": given.get("number", ""),
            "centre": given["centre"],
            "names": {code: name for code, name in names.items() if name},
        }


def _is_tag(tag):
    return tag.isascii() and tag.replace("-", "").isalnum() and 2 <= len(tag) <= 12


def _zones_of(spot):
    """The gazetteer's zone first, then every other."""
    return [spot.timezone, *sorted(zoneinfo.available_timezones() - {spot.timezone})]
