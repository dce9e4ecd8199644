"""What is remembered of accounts and roles, for a year: see `accounts.models.Event`."""

import datetime

from allauth.account import signals as account
from allauth.account.utils import filter_users_by_email
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_login_failed
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Event, Invitation
from services.models import Membership

#: How many a page shows.
SHOWN = 50
#: One failure is remembered in so long: guessing must not push all else off that page.
FAILURES_APART = datetime.timedelta(hours=1)

Kind = Event.Kind


def record(kind, *, actor=None, subject=None, city=None, role="", invitation=None):
    """Remember it. Without an actor somebody did it at the server's own command line."""
    return Event.objects.create(
        kind=kind, actor=actor, subject=subject, city=city, role=role, invitation=invitation
    )


def of_city(city):
    """The latest events in a city's office, with those of its people's accounts. One query."""
    people = Membership.objects.filter(city=city).values("user")
    wanted = Q(city=city) | Q(city=None, role="", subject__in=people)
    return _latest(Event.objects.filter(wanted))


def of_network():
    """The latest events of the network's own roles and its administrators' accounts. One query."""
    people = Membership.objects.filter(city=None).values("user")
    wanted = Q(city=None) & (Q(role=Membership.Role.NETWORK) | Q(role="", subject__in=people))
    return _latest(Event.objects.filter(wanted))


def _latest(events):
    return list(events.select_related("actor", "subject", "invitation")[:SHOWN])


def purge(days=None):
    """Forget events, entries of the administration and ended invitations older than that; returns how many."""
    before = timezone.now() - datetime.timedelta(days=settings.EVENT_DAYS if days is None else days)
    events, _each = Event.objects.filter(at__lt=before).delete()
    old = Invitation.objects.filter(created_at__lt=before, expires_at__lt=timezone.now())
    invitations, _each = old.delete()
    entries, _each = LogEntry.objects.filter(action_time__lt=before).delete()
    return events + invitations + entries


@receiver(account.user_logged_in)
def _signed_in(sender, user, **_rest):
    record(Kind.SIGNED_IN, actor=user, subject=user)


@receiver(user_login_failed)
def _password_wrong(sender, credentials, **_rest):
    # A name that is nobody's may be a password in the wrong field.
    for user in filter_users_by_email(credentials.get("email") or "", is_active=True):
        _failed(user)


@receiver(mfa.authentication_failed)
def _code_wrong(sender, user, **_rest):
    _failed(user)


def _failed(user):
    known = Event.objects.filter(kind=Kind.SIGN_IN_FAILED, subject=user)
    if not known.filter(at__gt=timezone.now() - FAILURES_APART).exists():
        record(Kind.SIGN_IN_FAILED, actor=user, subject=user)


@receiver(account.password_changed)
@receiver(account.password_set)
def _password_changed(sender, user, **_rest):
    record(Kind.PASSWORD_CHANGED, actor=user, subject=user)


@receiver(account.password_reset)
def _password_reset(sender, user, **_rest):
    record(Kind.PASSWORD_RESET, actor=user, subject=user)


@receiver(mfa.authenticator_added)
def _factor_added(sender, user, authenticator, **_rest):
    record(_kind_of(authenticator, Kind.FACTOR_ADDED), actor=user, subject=user)


@receiver(mfa.authenticator_removed)
def _factor_removed(sender, user, authenticator, **_rest):
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record(Kind.FACTOR_REMOVED, actor=user, subject=user)


@receiver(mfa.authenticator_reset)
def _codes_made(sender, user, **_rest):
    record(Kind.CODES_MADE, actor=user, subject=user)


@receiver(mfa.authenticator_used)
def _code_used(sender, user, authenticator, **_rest):
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(Kind.CODE_USED, actor=user, subject=user)


def _kind_of(authenticator, other):
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    return Kind.CODES_MADE if is_codes else other
