"""/<city>/guide/told/: one tap on what happened at a door of the plan, or its taking back."""

from django import forms
from django.db import OperationalError
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_POST

from referrals import answers, tried, visiting
from referrals.pathway import facts, ranking
from referrals.pathway.plan import NoDoorError
from services.models import Reason, Report, Signal
from services.reporting import limits as reports
from services.reporting.report import report
from services.roles import Power, standing_of
from services.signals import limits, telling

TAKE_BACK = "take-back"
KINDS = (*tried.KINDS, TAKE_BACK)


class TellingForm(forms.Form):
    """What the buttons of the plan send."""

    service = forms.UUIDField()
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])
    reason = forms.ChoiceField(choices=Reason.choices, required=False)
    need = forms.ChoiceField(choices=[(need, need) for need in facts.NEEDS], required=False)

    @property
    def said(self):
        """{field: value} of a valid form, the service's id as text."""
        return {**self.cleaned_data, "service": str(self.cleaned_data["service"])}


@require_POST
def told(request, city):
    """Move the door in the plan on this device at once, and tell others where that is allowed.

    400 where the form makes no sense, 404 where no such door is in this reader's directory.
    """
    seen = visiting.visit(request, visiting.city_guide(request, city))
    form = TellingForm(request.POST)
    if not form.is_valid():
        return _refused(request, seen, 400)
    said = form.said
    if not _is_door(seen, said):
        return _refused(request, seen, 404)
    act = _take_back if said["kind"] == TAKE_BACK else _note
    seen = seen.keeping(tried=act(request, seen, said))
    address = seen.guide.plan_address + _fragment(seen, said["need"])
    response = visiting.SeeOther(address)
    answers.write(response, seen.city, seen.answers, seen.beside)
    return response


def _refused(request, seen, status):
    context = visiting.context(seen, plan=seen.guide.plan_address)
    response = render(request, "referrals/not_told.html", context, status=status)
    return visiting.remember(response, seen)


def _is_door(seen, said):
    """Whether this reader may say something of it: a listing they see here, and no alarm line.

    What they said may be taken back even where the listing is gone since.
    """
    if said["kind"] == TAKE_BACK and said["service"] in seen.tried:
        return True
    found = next((door for door in seen.guide.doors if door.id == said["service"]), None)
    return found is not None and not ranking.is_alarm_line(found)


def _worker(request, seen):
    """The user whose word weighs more: signed in, vetted, and of this city."""
    return request.user if standing_of(request).may(Power.READ, seen.city) else None


def _note(request, seen, said):
    """What this device said with this, which others are told too while there is room."""
    kind, reason = said["kind"], said["reason"] if said["kind"] == Signal.Kind.REFUSED else ""
    try:
        is_passed_on = _pass_on(request, said["service"], kind, reason, _worker(request, seen))
    except OperationalError:
        # The plan on this device moves also while nothing can be written; it says that nobody else knows.
        is_passed_on = False
    new = tried.Tried(kind, reason, said["need"], is_passed_on)
    return tried.noted(seen.tried, said["service"], new)


def _pass_on(request, service, kind, reason, worker):
    if kind == tried.UNSAFE:
        has_room = reports.has_room(request)
        if has_room:
            report(service, Report.Kind.UNSAFE, worker)
        return has_room
    has_room = limits.has_room(request)
    if has_room:
        telling.tell(service, kind, reason=reason, worker=worker)
    return has_room


def _take_back(request, seen, said):
    """What this device said without this; a worker's word is taken from others too."""
    worker = _worker(request, seen)
    if worker is not None:
        telling.take_back(said["service"], worker)
    return tried.without(seen.tried, said["service"])


def _fragment(seen, need):
    """To the step, by its place: the name of a need has no business in the history of a browser."""
    try:
        made = seen.guide.plan(seen.journey.facts, translation.get_language())
    except NoDoorError:
        return ""
    needs = [step.need for step in made.steps]
    return f"#step-{needs.index(need) + 1}" if need in needs else ""
