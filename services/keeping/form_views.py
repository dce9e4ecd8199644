"""What helps while a listing is written down: hours in words, look-alikes, an address looked up.

Each answers JSON to a form's script; an `error` in it is a sentence for the person.
"""

import dataclasses

from django import forms
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from services import office, scopes
from services.hours import opening, validate_opening_hours
from services.keeping import duplicates, geocoding
from services.keeping.finding import is_secret
from services.keeping.said import day_words
from services.roles import Power
from services.timetable import week


class HoursQuestion(forms.Form):
    hours = forms.CharField(max_length=300, required=False)


class LookAlikes(forms.Form):
    name = forms.CharField(max_length=200, required=False)
    phone = forms.CharField(max_length=40, required=False)
    website = forms.CharField(max_length=600, required=False)
    service = forms.UUIDField(required=False)


class AddressQuestion(forms.Form):
    address = forms.CharField(max_length=300)
    service = forms.UUIDField(required=False)
    #: What the form says of the listing and its place, saved or not.
    confidential = forms.BooleanField(required=False)
    visibility = forms.CharField(max_length=12, required=False)


def _refused(message, status=400):
    return JsonResponse({"error": str(message)}, status=status)


@require_POST
@office.requires(Power.EDIT)
def hours(request, city):
    """The next seven days of an OpenStreetMap string, in words."""
    form = HoursQuestion(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": form.errors["hours"][0], "days": []})
    text = form.cleaned_data["hours"]
    try:
        if text:
            validate_opening_hours(text)
    except ValidationError as error:
        return JsonResponse({"error": error.messages[0], "days": []})
    now = timezone.now()
    always = opening(text, now, city.timezone, city.country_id).always
    days = [day_words(day) for day in week(text, now, city.timezone, city.country_id)]
    return JsonResponse({"days": days, "summary": _hours_summary(text, always, days), "error": ""})


def _hours_summary(text, always, days):
    if always:
        return _("Open day and night, every day")
    if text and not days:
        return _("Closed on each of the next seven days")
    return _("The next seven days:") if days else ""


@require_POST
@office.requires(Power.EDIT)
def look_alikes(request, city):
    """Up to five listings that may be the one that is being written down."""
    form = LookAlikes(request.POST)
    if not form.is_valid():
        return JsonResponse({"found": []})
    given = dict(form.cleaned_data)
    found = duplicates.alike(request.standing, city, without=given.pop("service"), **given)
    return JsonResponse({"found": [dataclasses.asdict(one) for one in found]})


@require_POST
@office.requires(Power.EDIT)
def address(request, city):
    """Where an address may be; a place that is kept secret is told to no other server."""
    form = AddressQuestion(request.POST)
    if not form.is_valid():
        return _refused(_("Write the street, the number and the town first."))
    given = form.cleaned_data
    if given["confidential"] or given["visibility"] == "sealed" or _is_secret(request, given):
        return _refused(_("A place that is kept secret is not looked up. Type its coordinates."))
    try:
        found = geocoding.look_up(given["address"], city, get_language())
    except geocoding.GeocodingError as error:
        return _refused(error, 502 if geocoding.is_on() else 400)
    error = "" if found else _("This address was not found. Check it, or put a pin.")
    return JsonResponse({"found": [dataclasses.asdict(one) for one in found], "error": error})


def _is_secret(request, given):
    """Whether the listing that the address is for has a secret place; 404 where it is not theirs."""
    if not given["service"]:
        return False
    services = scopes.editable(request.standing).prefetch_related("sites__location")
    return is_secret(get_object_or_404(services, pk=given["service"]))
