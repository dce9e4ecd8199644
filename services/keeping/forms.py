"""What those who keep a listing fill in about it."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models import Confirmation, Service

#: Nobody knows for longer than this whether there will be a free place.
LONGEST = datetime.timedelta(days=90)


class ConfirmForm(forms.Form):
    """Which groups of fields are still right, and what was looked at."""

    groups = forms.MultipleChoiceField(
        choices=Confirmation.FieldGroup.choices,
        error_messages={"required": _("Tick what you found to be right.")},
    )
    seen = forms.CharField(max_length=40)


class CapacityForm(forms.Form):
    """Free places, and the last day on which that holds."""

    capacity = forms.ChoiceField(label=_("Free places"), choices=Service.Capacity)
    until = forms.DateField(
        label=_("Holds until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, data=None, *, city, **kwargs):
        super().__init__(data, **kwargs)
        self._zone = ZoneInfo(city.timezone)

    def clean(self):
        cleaned = super().clean()
        capacity, day = cleaned.get("capacity"), cleaned.get("until")
        if capacity == Service.Capacity.UNKNOWN:
            cleaned["until"] = None
        elif capacity and "until" not in self.errors:
            cleaned["until"] = self._end_of(day)
        return cleaned

    def _end_of(self, day):
        """The last minute of a day on the city's clock."""
        if day is None:
            self.add_error("until", _("Say until which day this holds."))
            return None
        today = timezone.now().astimezone(self._zone).date()
        if not today <= day <= today + LONGEST:
            self.add_error("until", _("Choose a day from today on, within three months."))
            return None
        return datetime.datetime.combine(day, datetime.time(23, 59), self._zone)


class PlaceForm(forms.Form):
    """Where a place is, in degrees."""

    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})
