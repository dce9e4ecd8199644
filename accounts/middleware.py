"""Signing out whoever has been idle, and everybody some time after signing in."""

import contextlib
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError
from django.dispatch import receiver
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext

from accounts import again
from accounts.sessions import SEEN, SINCE

WRITTEN_EVERY = 60


class OfficeSessions:
    """Ends the session of a person who sent nothing for `OFFICE_IDLE_SECONDS`, or signed in
    `OFFICE_SESSION_SECONDS` ago.

    Only staff have sessions of their own. What they ask for is answered as for a stranger: public
    pages stay open, the office asks them to sign in. A form that came too late is kept for them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        late = None
        # Without its database the site still answers whether it can, and still lets people leave.
        with contextlib.suppress(DatabaseError):
            late = self._late(request)
        response = self.get_response(request)
        if late and _asks_to_sign_in(response):
            return _signed_out(request, response, *late)
        return response

    def _late(self, request):
        """(id of whoever was signed out just now, whether for having been idle), or None."""
        user_id = request.session.get(SESSION_KEY)
        if user_id is None:
            return None
        now = time.time()
        idle = now - request.session.get(SEEN, 0)
        since = request.session.setdefault(SINCE, int(now))
        was_idle = idle > settings.OFFICE_IDLE_SECONDS
        if was_idle or now - since > settings.OFFICE_SESSION_SECONDS:
            logout(request)
            return user_id, was_idle
        if idle >= WRITTEN_EVERY:
            request.session[SEEN] = int(now)
        return None


@receiver(user_logged_in)
def _seen(sender, request, **_rest):
    request.session[SEEN] = request.session[SINCE] = int(time.time())


def _asks_to_sign_in(response):
    if response.status_code != 302:
        return False
    path = urlsplit(response.headers["Location"]).path
    return path in (resolve_url(settings.LOGIN_URL), reverse("admin:login"))


def _signed_out(request, response, user_id, was_idle):
    if request.method == "POST" and again.keep(request, user_id):
        return render(request, "accounts/signed_out.html", {"was_idle": was_idle}, status=401)
    if was_idle:
        why = gettext("You were signed out because you were away for a while.")
    else:
        why = gettext("You were signed out because it is long since you signed in.")
    messages.info(request, why)
    return response
