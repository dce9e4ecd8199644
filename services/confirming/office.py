"""The office's pages of the thirty-second check: who was asked, and what organisations propose."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from services import office, scopes
from services.confirming import answers, due, fields, mailing, overview, proposals
from services.confirming.forms import AddressForm, SettingsForm
from services.models import Check, City, Organization, Proposal, WrongAddress
from services.roles import Power

#: An organisation is not asked twice in this time, however often somebody taps.
PAUSE = datetime.timedelta(hours=1)


@require_safe
@office.requires(Power.EDIT)
def checks(request, city):
    """Who was asked when, who answered, who is next."""
    return _checks(request, city)


def _checks(request, city, *, form=None, status=200, **more):
    page, rows = overview.page_of(request.standing, city, request.GET.get("page"))
    here = reverse("office-checks", args=[city.slug])
    facts = {
        "rows": rows,
        "silent": overview.silent(request.standing, city),
        "wrong": overview.wrong(request.standing, city),
        "form": form or SettingsForm(initial=_settings_of(city)),
        "may_change": request.standing.may(Power.CITY, city),
        "number": page.number,
        "of": page.paginator.num_pages,
        "earlier": f"{here}?page={page.number - 1}" if page.has_previous() else "",
        "later": f"{here}?page={page.number + 1}" if page.has_next() else "",
    }
    template = "office/confirming/checks.html"
    return office.page(request, template, city, facts | more, status=status, here="office-checks")


def _settings_of(city):
    return {name: getattr(city, name) for name in SettingsForm.base_fields}


@require_POST
@office.requires(Power.CITY)
def change(request, city):
    """Switch the mails on or off, and how often."""
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _checks(request, city, form=form, status=400)
    # By update: it is nothing that a reader of the city could notice.
    City.objects.filter(pk=city.pk).update(**form.cleaned_data)
    messages.success(request, _("Saved."))
    allowed = request.standing.may(Power.EDIT, city)
    return redirect("office-checks" if allowed else "office-city", city.slug)


@require_POST
@office.requires(Power.EDIT)
def organization(request, city, organization):
    """Ask one organisation now, say that somebody phoned, or where to ask."""
    found = overview.organizations(request.standing, city).filter(pk=organization).first()
    if found is None:
        raise Http404
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        messages.error(request, _("That button is not known. Try again from this page."))
        return _checks(request, city, status=400)
    return act(request, city, found) or redirect("office-checks", city.slug)


def _ask(request, city, found):
    if not city.checks_on:
        messages.error(request, _("First switch the mails on, in the settings of this page."))
        return _checks(request, city, status=409)
    last = found.checks.first()
    if last is not None and timezone.now() - last.created_at < PAUSE:
        messages.info(request, _("This organisation was asked just now."))
        return None
    check = mailing.line_up(found, at_once=True)
    if check is None:
        messages.error(request, _("No address is known for it. Write one below its name."))
        return _checks(request, city, status=409)
    messages.info(request, _sent(check))
    return None


def _sent(check):
    try:
        mailing.deliver(only=check)
    except mailing.MailServerError:
        return _("The mail server cannot be reached. The mail is sent later by itself.")
    check.refresh_from_db()
    if check.state == Check.State.SENT:
        return _("The mail is on its way to %(email)s.") % {"email": check.email}
    return _("The mail could not be sent to %(email)s.") % {"email": check.email}


def _phoned(request, city, found):
    answers.settle_by_phone(found)
    messages.success(request, _("Noted. Confirm on the listing what they told you."))


def _seen(request, city, found):
    _settle_addresses(found)
    messages.success(request, _("Noted."))


def _address(request, city, found):
    form = AddressForm(request.POST)
    if form.is_valid() and _is_wrong(form.cleaned_data["check_email"]):
        form.add_error(
            "check_email", _("Somebody at this address said that it is not theirs. Write another.")
        )
    if not form.is_valid():
        return _checks(request, city, status=400, wrong_form=form, wrong_for=found)
    # By update: it is nothing that a reader could notice.
    Organization.objects.filter(pk=found.pk).update(**form.cleaned_data)
    if form.cleaned_data["check_email"]:
        _settle_addresses(found)
    messages.success(request, _("Saved."))
    return None


def _is_wrong(email):
    return bool(email) and email.lower() in due.stopped()


def _settle_addresses(found):
    WrongAddress.objects.filter(organization=found, settled_at=None).update(
        settled_at=timezone.now()
    )


_ACTS = {"ask": _ask, "phoned": _phoned, "seen": _seen, "address": _address}


@dataclass(frozen=True)
class Difference:
    """One field of a proposal, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Item:
    """A proposal as the page shows it."""

    proposal: Proposal
    differences: list
    conflict: bool
    takes_away: list

    @property
    def loses_notes(self):
        """Whether the note about the hours goes in other languages."""
        rows = self.proposal.service.translations.all()
        others = (row for row in rows if row.language_code != self.proposal.language)
        return "hours_note" in self.proposal.new and any(row.hours_note for row in others)


@require_safe
@office.requires(Power.EDIT)
def waiting(request, city):
    """What organisations say has changed, the oldest first."""
    return _proposals(request, city)


def _proposals(request, city, *, takes_away=None, status=200):
    found = proposals.waiting_in(scopes.editable(request.standing, city))
    items = [_item(proposal, (takes_away or {}).get(proposal.pk, [])) for proposal in found]
    return office.page(
        request,
        "office/confirming/proposals.html",
        city,
        {"items": items},
        status=status,
        here="office-proposals",
    )


def _item(proposal, takes_away):
    differences = [
        Difference(
            fields.label(name),
            fields.in_words(name, proposal.old.get(name, "")),
            fields.in_words(name, new),
        )
        for name, new in proposal.new.items()
    ]
    conflict = bool(proposals.conflicts(proposal, proposal.service))
    return Item(proposal, differences, conflict, takes_away)


@require_POST
@office.requires(Power.EDIT)
def decide(request, city, pk):
    """Accept or decline one proposal."""
    services = scopes.editable(request.standing, city)
    act = _DECISIONS.get(request.POST.get("do", ""))
    try:
        if act is None:
            proposals.get(pk, services)
            messages.error(request, _("Choose to accept or to decline."))
            return _proposals(request, city, status=400)
        return act(request, city, pk, services)
    except Proposal.DoesNotExist as error:
        raise Http404 from error
    except proposals.DecidedError:
        messages.info(request, _("It has been decided already."))
        return redirect("office-proposals", city.slug)


def _accept(request, city, pk, services):
    try:
        proposal = proposals.accept(pk, services, request.user, sure="sure" in request.POST)
    except proposals.ConflictError:
        messages.error(
            request,
            _(
                "Nothing is changed: the listing says something else by now. Compare, edit it by hand."
            ),
        )
        return _proposals(request, city, status=409)
    except proposals.TakesAwayError as error:
        told = {pk: proposals.cities_of(error.sentences)}
        return _proposals(request, city, takes_away=told, status=409)
    if proposal.kind == Proposal.Kind.REFUSALS:
        messages.success(request, _("Accepted: the listing says so now."))
    else:
        text = _("Accepted: the listing says so now, confirmed by the service.")
        messages.success(request, text)
    return redirect("office-proposals", city.slug)


def _decline(request, city, pk, services):
    proposals.decline(pk, services, request.user)
    messages.success(request, _("Declined: the listing stays as it is."))
    return redirect("office-proposals", city.slug)


_DECISIONS = {"accept": _accept, "decline": _decline}


def tasks(request, city):
    """What the checks leave to do today."""
    if not request.standing.may(Power.EDIT, city):
        return
    standing = request.standing
    here = reverse("office-checks", args=[city.slug])
    count = overview.proposals(standing, city).count()
    if count:
        text = ngettext(
            "%d change proposed for a listing", "%d changes proposed for listings", count
        )
        yield office.Task(text % count, reverse("office-proposals", args=[city.slug]), count, 20)
    count = len(overview.silent(standing, city))
    if count:
        text = ngettext(
            "Phone %d organisation that did not answer three mails",
            "Phone %d organisations that did not answer three mails",
            count,
        )
        yield office.Task(text % count, f"{here}#phone", count, 45)
    count = overview.wrong(standing, city).count()
    if count:
        text = ngettext("%d wrong address for mails", "%d wrong addresses for mails", count)
        yield office.Task(text % count, f"{here}#wrong", count, 46)


office.add_link(gettext_lazy("Proposals"), "office-proposals", Power.EDIT, position=30)
office.add_link(gettext_lazy("Checks by mail"), "office-checks", Power.EDIT, position=35)
office.add_tasks(tasks)
