"""/check/<secret>/: what an organisation sees and taps, without an account.

Opening it changes nothing: mail scanners open every link. The secret is in the address, so the
forms need no cookie against forgery; whoever can forge them holds the link.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from services.confirming import answers, fields, limits, links
from services.confirming.forms import ChangeForm, FullForm
from services.listing_page import ListingPage
from services.models import CheckListing, Proposal, Service, Signal
from services.names import names
from services.signals import reading
from services.signals.words import said_text

Answer = CheckListing.Answer


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, secret):
    """The page of a link; 404 for one that never was, 410 for one used up or too old."""
    refusal = limits.refusal(request)
    if refusal:
        return refusal
    try:
        found = links.find(secret, timezone.now())
    except links.GoneError as gone:
        return _gone(request, gone.check, {"used": gone.used}, 410)
    if found is None:
        return _gone(request, None, {}, 404)
    return _post(request, found) if request.method == "POST" else _show(request, found)


def _gone(request, found, facts, status):
    """A page that helps and tells nothing of what the link was for."""
    office = found.city.checks_reply_to if found and found.city else ""
    return render(request, "confirming/gone.html", facts | {"office": office}, status=status)


def _post(request, found):
    act = _ACTS.get(request.POST.get("answer", ""))
    if act is None:
        return _bad(request, found)
    if act is _not_us:
        answers.not_us(found)
        return _back(request)
    row = _row(request, found)
    return _bad(request, found) if row is None else act(request, found, row)


def _row(request, found):
    """The listing that the form is about, of those that this link may show."""
    wanted = request.POST.get("listing", "")
    rows = [row for row in answers.rows_of(found) if str(row.pk) == wanted]
    return rows[0] if rows else None


def _bad(request, found):
    return _show(request, found, status=400)


def _back(request):
    """To the same page, with the language it had; a reload then asks for nothing twice."""
    return HttpResponseRedirect(request.get_full_path(), status=303)


def _still_right(request, found, row):
    try:
        answers.still_right(found, row, request.POST.get("seen", ""))
    except answers.ChangedError:
        return _show(request, found, moved=row.pk, status=409)
    return _back(request)


def _taking(request, found, row):
    answers.taking(found, row)
    return _back(request)


def _full(request, found, row):
    form = FullForm(answers.timezone_of(found), request.POST, prefix=f"full-{row.pk}")
    if not form.is_valid():
        return _show(request, found, forms={row.pk: {"full": form}}, status=400)
    answers.full(found, row, form.cleaned_data["until"])
    return _back(request)


def _change(request, found, row):
    if row.answer:
        return _back(request)
    listing = answers.listing_of(found, row.service)
    form = ChangeForm(listing, request.POST, prefix=f"change-{row.pk}")
    if not form.is_valid():
        return _show(request, found, forms={row.pk: {"change": form}}, status=400)
    answers.changed(found, row, form.changed)
    return _back(request)


def _closed(request, found, row):
    answers.closed(found, row)
    return _back(request)


def _not_us(request, found, row=None):
    """Stands for the button that is about the whole link."""


_ACTS = {
    "right": _still_right,
    "taking": _taking,
    "full": _full,
    "change": _change,
    "closed": _closed,
    "not-us": _not_us,
}


@dataclass(frozen=True)
class Card:
    """One listing on the page."""

    row: object
    listing: object
    page: ListingPage
    seen: str
    change: ChangeForm
    full: FullForm
    at_once: bool = False
    moved: bool = False
    #: The `Told` of it, or None.
    told: object = None

    @property
    def answered(self):
        return bool(self.row.answer)

    @property
    def told_text(self):
        """What is told of it lately and can still be answered by this link, in words."""
        if self.told is None or (self.answered and self.told.kind != Signal.Kind.FULL):
            return ""
        return said_text(self.told, timezone.now())

    @property
    def capacity_said(self):
        """What this service says of free places now, while it lasts."""
        return self.listing.capacity if self.listing.capacity_until else ""


def _show(request, found, *, forms=None, moved=None, status=200):
    """The page; `forms` holds those with errors, as they were typed."""
    typed, words, rows = forms or {}, names(), _rows(found)
    told = _told(rows)
    cards = [_card(found, row, words, typed.get(row.pk, {}), moved, told) for row in rows]
    facts = {
        "check": found,
        "cards": cards,
        "left": sum(not card.answered for card in cards),
        "thanks": bool(found.closed_at) or all(card.answered for card in cards),
        "has_errors": bool(forms),
        "refused": status == 400 and not forms,
    }
    if request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
        return render(request, "confirming/check.html", facts, status=status)
    with translation.override(found.language):
        response = render(request, "confirming/check.html", facts, status=status)
        response.headers["Content-Language"] = found.language
    return response


def _rows(found):
    found.refresh_from_db(fields=["closed_at"])
    return answers.rows_of(found)


def _told(rows):
    """Service id as text -> `Told`; two queries."""
    services = Service.objects.filter(pk__in=[row.service_id for row in rows])
    return reading.told_of(services, timezone.now())


def _card(found, row, words, forms, moved, told):
    listing = answers.listing_of(found, row.service)
    zone = answers.timezone_of(found)
    return Card(
        row=row,
        listing=listing,
        page=ListingPage(listing, [], words),
        seen=fields.print_of(listing),
        change=forms.get("change") or ChangeForm(listing, prefix=f"change-{row.pk}"),
        full=forms.get("full") or FullForm(zone, prefix=f"full-{row.pk}"),
        at_once=row.answer == Answer.CHANGED and _was_applied(found, row),
        moved=row.pk == moved,
        told=told.get(str(row.service_id)),
    )


def _was_applied(found, row):
    made = Proposal.objects.filter(check_mail=found, service=row.service_id)
    return made.filter(state=Proposal.State.AT_ONCE).exists()
