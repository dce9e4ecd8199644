"""/my-referrals/: what a worker has sent, in the order of the clock, and one page for each."""

import functools
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from referrals.door_card import phone_to_call
from referrals.handoff import acts, doors, letters, present
from referrals.models import Referral, ReferralEvent
from services import office
from services.models import Report
from services.names import names
from services.reporting.report import report
from services.roles import Power
from services.visibility import Audience

By = ReferralEvent.By
PAGE_SIZE = 20


def requires_worker(view):
    """Signed in, with a second factor, and a role that reads in some city, or something of theirs here.

    Whoever has left can still recall what they sent: nobody else can.
    """

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        refusal = office.not_yet(request)
        if refusal:
            return refusal
        standing = request.standing
        if not (standing.network or standing.cities_with(Power.READ) or _own(request).exists()):
            return office.refused(request)
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@requires_worker
def my_referrals(request):
    """What waits for this worker, the most urgent first; a dozen queries, however many there are."""
    done = request.GET.get("show") == "done"
    page = Paginator(_in_order(_own(request), done=done), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    now, words = timezone.now(), names()
    rows = [
        present.shown(one, words, By.WORKER, now, listing=_listing(request, one)) for one in page
    ]
    context = {"rows": rows, "done": done, "audience": Audience.PROFESSIONAL} | _pager(page, done)
    with timezone.override(_zone(page)):
        return render(request, "handoff/my_referrals.html", context)


def _pager(page, done):
    """What components/pager.html shows."""

    def address(number):
        return "?" + urlencode({"show": "done", "page": number} if done else {"page": number})

    return {
        "earlier": address(page.previous_page_number()) if page.has_previous() else "",
        "later": address(page.next_page_number()) if page.has_next() else "",
        "number": page.number,
        "of": page.paginator.num_pages,
    }


def _own(request):
    """The worker's own; nobody else's exist."""
    own = Referral.objects.filter(worker=request.user)
    return own.select_related("city__country").prefetch_related("letters")


def _listing(request, referral):
    """The listing behind a referral, as far as this worker may still know of it."""
    if not request.standing.may(Power.READ, referral.city):
        return None
    return doors.listing_of(referral.city, referral.service_id)


def _in_order(own, *, done):
    if done:
        return own.exclude(closed_at=None).order_by("-closed_at", "id")
    return own.filter(closed_at=None).order_by(F("due_at").asc(nulls_last=True), "created_at", "id")


def _zone(page):
    """The clock of the first city: workers with several in different zones are rare."""
    first = next(iter(page), None)
    return ZoneInfo(first.city.timezone) if first else ZoneInfo("UTC")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_worker
def my_referral(request, pk):
    """One referral: its code, how it stands, what to do, and plan B."""
    referral = _own(request).filter(pk=pk).first()
    if referral is None:
        raise Http404
    if request.method != "POST":
        return _page(request, referral)
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        return _page(request, referral, trouble=_("Use the buttons of this page."), status=400)
    if request.POST["do"] not in ENDS and not request.standing.may(Power.READ, referral.city):
        return office.refused(request)
    return _done(request, referral, act)


def _done(request, referral, act):
    """What the page answers to an act: how it stands then, or why nothing was done."""
    try:
        return act(request, referral) or redirect("my-referral", referral.pk)
    except acts.ConsentOverError:
        text = _("Their yes has run out. Ask them again, and make a new referral.")
    except acts.TooLateError:
        text = _("It stands otherwise by now. Look at how it stands before you go on.")
    except Referral.DoesNotExist:
        text = ""
    now = _own(request).filter(pk=referral.pk).first()
    if now is None:
        # Erased a moment ago, by this very worker.
        return redirect("my-referrals")
    return _page(request, now, trouble=text, status=409)


def _page(request, referral, *, trouble="", status=200):
    now, words = timezone.now(), names()
    listing = _listing(request, referral)
    one = present.shown(referral, words, By.WORKER, now, listing=listing)
    with timezone.override(ZoneInfo(referral.city.timezone)):
        context = {
            "city": referral.city,
            "one": one,
            "phone": phone_to_call(listing, timezone.localtime()) if listing else None,
            "plan_b": _plan_b(request, one),
            "by_mail": letters.was_asked(referral),
            "events": [_event(event) for event in referral.events.all()],
            "reasons": Referral.Reason.choices,
            "trouble": trouble,
            "audience": Audience.PROFESSIONAL,
        }
        return render(request, "handoff/my_referral.html", context, status=status)


def _plan_b(request, one):
    """Other doors where this one is of no use, for those who may still refer."""
    referral = one.referral
    may_refer = request.standing.may(Power.READ, referral.city)
    return doors.plan_b(referral, _tried(referral)) if may_refer and _is_stuck(one) else []


def _is_stuck(one):
    referral = one.referral
    stuck = referral.state == Referral.State.REFUSED or one.is_overdue or one.listing is None
    return referral.is_open and stuck and referral.state != Referral.State.ACCEPTED


def _tried(referral):
    """The ids of services to which this code was referred already."""
    same = Referral.objects.filter(code=referral.code, worker=referral.worker_id)
    return {str(pk) for pk in same.values_list("service", flat=True)}


def _event(event):
    return {
        "state": event.get_state_display(),
        "by": event.get_by_display() if event.by != By.CLOCK else "",
        "at": event.at,
    }


def _simple(act):
    def do(request, referral):
        act(referral.pk, By.WORKER)

    return do


def _refuse(request, referral):
    reason = request.POST.get("reason", "")
    if reason not in Referral.Reason.values:
        return _page(request, referral, trouble=_("Say why: choose a reason."), status=400)
    acts.refuse(referral.pk, By.WORKER, reason)
    return None


def _withdraw(request, referral):
    acts.withdraw(referral.pk, By.WORKER)
    messages.success(request, _recalled(referral))


def _recalled(referral):
    """Whether the service is told, or the worker has to tell it."""
    if letters.was_asked(referral):
        return _("Recalled. The service can no longer open it, and is told by mail.")
    return _("Recalled. No mail reached the service: call them now, and say so.")


def _erase(request, referral):
    was_open = referral.is_open
    acts.erase(referral.pk, By.WORKER)
    if was_open:
        messages.success(request, _recalled(referral))
    messages.success(request, _("Erased. Nothing of it is left but a number in the counts."))
    return redirect("my-referrals")


def _wrong_number(request, referral):
    """The listing's phone or address is wrong: the city's editors are told."""
    if referral.service_id:
        report(referral.service_id, Report.Kind.CONTACT, request.user)
    messages.success(request, _("The city's editors are told. Thank you."))


#: What somebody may still do who has left the city.
ENDS = ("withdraw", "erase", "close")
_ACTS = {
    "receive": _simple(acts.receive),
    "accept": _simple(acts.accept),
    "refuse": _refuse,
    "arrive": _simple(acts.arrive),
    "miss": _simple(acts.miss),
    "close": _simple(acts.close),
    "withdraw": _withdraw,
    "erase": _erase,
    "wrong-number": _wrong_number,
}
