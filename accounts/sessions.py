"""The sessions of a person: which there are, and ending those of somebody else or one's own elsewhere.

Reads every session, of which only staff have one.
"""

import datetime
from typing import NamedTuple

from allauth.mfa import signals as mfa
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.utils import timezone

from accounts.session_store import stored

#: What the middleware keeps in a session, in seconds: when the person was last seen, written at most
#: once a minute, and when they signed in.
SEEN, SINCE = "seen", "since"


class Signed(NamedTuple):
    """A browser in which a person is signed in; nothing is kept that tells which one it is.

    `key` is what the session stands under in the database, which opens nothing.
    """

    key: str
    since: datetime.datetime
    seen: datetime.datetime
    is_here: bool


def sessions_of(user, here):
    """Every `Signed` of a person, this browser's first, then the latest seen; `here` is the key it holds.

    One that was idle for too long is over, although its row stands until that browser comes again.
    """
    idle = datetime.timedelta(seconds=settings.OFFICE_IDLE_SECONDS)
    found = [
        Signed(key, _moment(data.get(SINCE)), _moment(data.get(SEEN)), key == stored(here))
        for key, data in _theirs(user)
    ]
    found = [one for one in found if one.is_here or timezone.now() - one.seen <= idle]
    return sorted(found, key=lambda one: (one.is_here, one.seen), reverse=True)


def end_session(user, wanted):
    """Sign a person out of the browser whose session stands under this key; how many, one or none."""
    return _end([key for key, _data in _theirs(user) if key == wanted])


def end_sessions(user, *, but=None):
    """Sign a person out of every browser but the one that holds this key; how many were ended."""
    return _end([key for key, _data in _theirs(user) if but is None or key != stored(but)])


def _theirs(user):
    """(what it stands under, what it holds) of every session of a person that has not expired."""
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk):
            yield session.pk, data


def _end(keys):
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


def _moment(seconds):
    # A row of the release before, which signs nobody in any more, may say nothing.
    return datetime.datetime.fromtimestamp(seconds or 0, datetime.UTC)


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_removed)
def _factor_changed(sender, request, user, **_rest):
    """Whoever is signed in elsewhere may be whom the change is meant to shut out."""
    end_sessions(user, but=request.session.session_key)
