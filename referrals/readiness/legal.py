"""/office/<city>/legal/: what holds in the city by law and medicine, and who stands behind it."""

import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from referrals import planning, words
from referrals.pathway import signing
from referrals.readiness.lines import is_current
from services import office
from services.models import SignOff
from services.roles import Power

WINDOWS = {
    "hiv-pep": gettext_lazy("Medicine against HIV"),
    "emergency-contraception": gettext_lazy("Emergency contraception"),
    "evidence": gettext_lazy("Traces as evidence"),
}
#: No sign-off holds longer.
LONGEST_DAYS = 365


class SignForm(forms.Form):
    """Which entries somebody has read, for which authority, and until when that holds.

    Each entry comes with the fingerprint of the words on the page: words that changed meanwhile
    were not read, and are refused.
    """

    entry = forms.MultipleChoiceField(
        error_messages={"required": gettext_lazy("Tick what you have read and stand behind.")}
    )
    authority = forms.CharField(
        label=gettext_lazy("Authority"),
        max_length=120,
        help_text=gettext_lazy(
            "The office and function that answer for it, for example: City legal service, head."
        ),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Holds until"),
        help_text=gettext_lazy("A year at the most; for law, six months is better."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, entries, today, *args, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["entry"].choices = [(value_of(entry), entry.key) for entry in entries]
        self.fields["entry"].error_messages["invalid_choice"] = _(
            "One of these has changed since the page was opened. Read it again below."
        )

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if not self.today < day <= self.today + datetime.timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("Choose a day after today, a year ahead at the most."))
        return day


def value_of(entry):
    """An entry and its words, as the form sends them."""
    return f"{entry.key}:{entry.fingerprint}"


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires(Power.READ)
def legal(request, city):
    """The entries with their sources and sign-offs; by POST sign some of them."""
    if request.method == "POST" and not request.standing.may(Power.CITY, city):
        return office.refused(request)
    entries = signing.entries(planning.pathway_for(city))
    today = planning.now_in(city).date()
    if request.method != "POST":
        half_a_year = today + datetime.timedelta(days=182)
        return _page(request, city, SignForm(entries, today, initial={"expires_on": half_a_year}))
    form = SignForm(entries, today, request.POST)
    if not form.is_valid():
        return _page(request, city, form, status=400)
    count = sign(city, request.user, form.cleaned_data, today)
    said = ngettext("%(count)d entry is signed off.", "%(count)d entries are signed off.", count)
    messages.success(request, said % {"count": count})
    return redirect("legal", city.slug)


def sign(city, user, given, today):
    """Keep a sign-off for each entry; how many."""
    rows = [value.rsplit(":", 1) for value in given["entry"]]
    with transaction.atomic():
        for key, fingerprint in rows:
            SignOff.objects.create(
                city=city,
                rule=key,
                fingerprint=fingerprint,
                by=user,
                authority=given["authority"],
                on=today,
                expires_on=given["expires_on"],
            )
    return len(rows)


def _page(request, city, form, status=200):
    marks, titles = planning.marks_of(city.pk), words.need_titles(get_language())
    ticked = form["entry"].value() or ()
    shown = [
        _shown(city, entry, titles, marks.get(entry.key)) | {"is_ticked": value_of(entry) in ticked}
        for entry in signing.entries(planning.pathway_for(city))
    ]
    context = {
        "form": form,
        "legal": [entry for entry in shown if entry["is_legal"]],
        "others": [entry for entry in shown if not entry["is_legal"]],
        "may_sign": request.standing.may(Power.CITY, city),
    }
    return office.page(request, "readiness/legal.html", city, context, status=status, here="legal")


def _shown(city, entry, titles, mark):
    """An entry as the page says it, with the last sign-off of it, if any."""
    item = entry.item
    return {
        "value": value_of(entry),
        "is_legal": entry.is_legal,
        "is_current": is_current(city, entry),
        "title": _title(item, titles),
        "text": words.say(getattr(item, "text", "") or getattr(item, "why", "")),
        "review": item.review,
        "until": mark.expires_on if mark and item.review.signed_off else None,
        "was_changed": mark is not None and mark.fingerprint != entry.fingerprint,
    }


def _title(item, titles):
    """A notice has a title; a rule is named by its need; a window by its hours."""
    if hasattr(item, "hours"):
        name = WINDOWS.get(item.id, item.id)
        return _("%(name)s: within %(hours)g hours") % {"name": name, "hours": item.hours}
    return words.say(item.title) if hasattr(item, "title") else titles.get(item.need, item.need)
