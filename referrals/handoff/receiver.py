"""/handoff/<secret>/: what a service is asked, and one tap to answer, without an account.

Opening it changes nothing: mail scanners open every link. The secret is in the address, so the
forms need no cookie against forgery; whoever can forge them holds the link.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from referrals.handoff import acts, links, present, rules
from referrals.models import Letter, Referral, ReferralEvent
from services.confirming import due, limits
from services.names import names

By = ReferralEvent.By
#: So many others that wait at the same address are shown below.
OTHERS_SHOWN = 20


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def handoff(request, secret):
    """The page of a link; 404 for one that never was, 410 for what is over."""
    refusal = limits.refusal(request)
    if refusal:
        return refusal
    try:
        found = links.find(secret, timezone.now())
    except links.GoneError as gone:
        return _gone(request, gone.why, gone.referral.city, 410)
    if found is None:
        return _gone(request, "unknown", None, 404)
    return _answer(request, found) if request.method == "POST" else _show(request, found)


def _gone(request, why, city, status):
    """A page that helps and tells nothing of what was asked."""
    return render(request, "handoff/gone.html", {"why": why, "city": city}, status=status)


def _answer(request, found):
    referral = _chosen(request, found)
    act = _ACTS.get(request.POST.get("do", ""))
    if referral is None or act is None:
        return _show(request, found, trouble="unclear", status=400)
    try:
        if not act(request, referral):
            return _show(request, found, trouble="reason", status=400)
    except (acts.TooLateError, Referral.DoesNotExist):
        return _too_late(request, found)
    if act is _close and referral.pk == found.pk:
        return _gone(request, "thanks", found.city, 200)
    return HttpResponseRedirect(request.get_full_path(), status=303)


def _too_late(request, found):
    """Somebody else acted in between: the page as it stands now, or that it is over."""
    now = Referral.objects.filter(pk=found.pk).values_list("state", flat=True).first()
    if now not in rules.OPEN:
        return _gone(request, str(now or Referral.State.RECALLED), found.city, 410)
    found.state = now
    return _show(request, found, trouble="late", status=409)


def _chosen(request, found):
    """The referral that the form is about: that of the link, or another at the same address."""
    wanted = request.POST.get("referral", "")
    return next((one for one in (found, *_others(found)) if str(one.pk) == wanted), None)


def _others(found):
    """Referrals to the same service, at the same address, in which something is awaited of it."""
    letter = found.letters.filter(kind=Letter.Kind.NEW).first()
    if letter is None:
        return []
    rows = Referral.objects.filter(
        service=found.service_id,
        city=found.city_id,
        state__in=rules.SILENT,
        consent_until__gt=timezone.now(),
        letters__kind=Letter.Kind.NEW,
        letters__email=letter.email,
    )
    rows = rows.exclude(pk=found.pk).select_related("city").order_by("due_at", "id")
    return list(rows.distinct()[:OTHERS_SHOWN])


def _show(request, found, *, trouble="", status=200):
    language = due.language_of(found.service.organization, found.city)
    if request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
        return _page(request, found, trouble, status)
    with translation.override(language):
        response = _page(request, found, trouble, status)
        response.headers["Content-Language"] = language
        return response


def _page(request, found, trouble, status):
    now, words = timezone.now(), names(found.city)
    with timezone.override(ZoneInfo(found.city.timezone)):
        context = {
            "city_name": words.city,
            "one": present.shown(found, words, By.RECEIVER, now),
            "others": [present.shown(one, words, By.RECEIVER, now) for one in _others(found)],
            "service_name": found.service.official_name,
            "reasons": Referral.Reason.choices,
            "trouble": trouble,
        }
        return render(request, "handoff/handoff.html", context, status=status)


def _simple(act):
    def do(request, referral):
        act(referral.pk, By.RECEIVER)
        return True

    return do


def _refuse(request, referral):
    reason = request.POST.get("reason", "")
    if reason not in Referral.Reason.values:
        return False
    acts.refuse(referral.pk, By.RECEIVER, reason)
    return True


_close = _simple(acts.close)
_ACTS = {
    "receive": _simple(acts.receive),
    "accept": _simple(acts.accept),
    "refuse": _refuse,
    "arrive": _simple(acts.arrive),
    "miss": _simple(acts.miss),
    "close": _close,
}
