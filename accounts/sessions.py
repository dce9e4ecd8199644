"""Ending the sessions of a person: of somebody else, or one's own elsewhere."""

from allauth.mfa import signals as mfa
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.utils import timezone


def end_sessions(user, *, but=None):
    """Sign a person out of every browser but the one with this session key; how many were ended.

    Reads every session, of which only staff have one.
    """
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator()
        if session.pk != but and session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_removed)
def _factor_changed(sender, request, user, **_rest):
    """Whoever is signed in elsewhere may be whom the change is meant to shut out."""
    end_sessions(user, but=request.session.session_key)
