"""Signing out whoever has been idle."""

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

#: When the person was last seen, in seconds; written at most once a minute.
SEEN = "seen"
WRITTEN_EVERY = 60


class IdleSessions:
    """Ends the session of a person who sent nothing for `OFFICE_IDLE_SECONDS`.

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
            return _signed_out(request, response, late)
        return response

    def _late(self, request):
        """The id of whoever was signed out just now for having been idle."""
        user_id = request.session.get(SESSION_KEY)
        if user_id is None:
            return None
        idle = time.time() - request.session.get(SEEN, 0)
        if idle > settings.OFFICE_IDLE_SECONDS:
            logout(request)
            return user_id
        if idle >= WRITTEN_EVERY:
            request.session[SEEN] = int(time.time())
        return None


@receiver(user_logged_in)
def _seen(sender, request, **_rest):
    request.session[SEEN] = int(time.time())


def _asks_to_sign_in(response):
    if response.status_code != 302:
        return False
    path = urlsplit(response.headers["Location"]).path
    return path in (resolve_url(settings.LOGIN_URL), reverse("admin:login"))


def _signed_out(request, response, user_id):
    if request.method == "POST" and again.keep(request, user_id):
        return render(request, "accounts/signed_out.html", status=401)
    messages.info(request, gettext("You were signed out because you were away for a while."))
    return response
