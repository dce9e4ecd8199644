"""Pages that belong to no city: leaving, language, privacy, and what went wrong."""

import contextlib
import sys
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from config import unavailable
from services.api.outside import drain, is_for_a_program, problem

#: As long as a name is locked after too many failures to sign in.
TRY_AGAIN_SECONDS = 5 * 60


@csrf_exempt  # Leaving must never fail, and a forged visit only forgets answers and signs out.
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request):
    """Forget everything this site put in the browser, end the session, open a neutral page."""
    drain(request)
    with contextlib.suppress(DatabaseError):
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.session.flush()
    # Else a broken form cookie would be replaced by a new one after the deletion below.
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    response = HttpResponseRedirect(settings.LEAVE_URL)
    ours = {
        settings.GUIDE_COOKIE,
        settings.PRACTICE_COOKIE,
        settings.CSRF_COOKIE_NAME,
        settings.LANGUAGE_COOKIE_NAME,
        # Which may be hidden here (`config.replicas`).
        settings.SESSION_COOKIE_NAME,
    }
    for name in sorted(ours | request.COOKIES.keys()):
        response.delete_cookie(name, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_GET
def language(request, code):
    """Keep the chosen language until the browser closes and go back to a page of this site."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponseRedirect(_local_path(request.GET.get("next", "/")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


def _local_path(address):
    """The address if it is a path of this site, without the `lang` that would win over the cookie."""
    local = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    if not (local and address.startswith("/")):
        return "/"
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "lang"]
    return parts._replace(query=urlencode(query), fragment="").geturl()


@require_safe
def privacy(request):
    """What is kept (nothing about the person) and what the device itself remembers."""
    facts = {
        "guide_cookie": settings.GUIDE_COOKIE,
        "practice_cookie": settings.PRACTICE_COOKIE,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "language_cookie": settings.LANGUAGE_COOKIE_NAME,
        "tile_host": urlsplit(settings.TILE_URL).hostname,
    }
    return render(request, "pages/privacy.html", facts)


def bad_request(request, exception):
    return _refusal(request, 400)


def forbidden(request, exception):
    return _refusal(request, 403)


def form_refused(request, reason=""):
    """A form whose secret is missing or old: the page stood open too long, or cookies are off."""
    return _refusal(request, 403, {"form_refused": True})


def not_found(request, exception):
    return _refusal(request, 404)


def too_many(request):
    """Somebody tried to sign in too often."""
    drain(request)
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def broken(request):
    """The fault is ours; the page needs nothing of the site that may be broken too.

    Called while the error is handled.
    """
    error = sys.exception()
    if unavailable.is_why(error):
        return unavailable.answer(request, error)
    drain(request)
    if is_for_a_program(request):
        return problem(500)
    return HttpResponse(get_template("500.html").render(), status=500)


def _refusal(request, status, facts=None):
    """A page for a reader, problem details for a program."""
    drain(request)
    if is_for_a_program(request):
        return problem(status)
    return render(request, f"{status}.html", facts, status=status)
