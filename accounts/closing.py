"""Closing an account: by its owner, on a page, or when nobody has any use for it."""

import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mail, people, personal_data
from accounts.models import Invitation
from accounts.sessions import end_sessions
from services.roles import Standing

#: For so long the name of a closed account stands beside what was done with it: else whoever does
#: harm could be gone, with every trace, a minute later.
NAMED_DAYS = 30
#: Functions that give, for a user, a sentence that stands against closing, or none. Other parts of
#: the site add theirs.
REASONS = []


@transaction.atomic
def close(user):
    """End all that an account opens, at once, and tell its owner by mail; `close_idle` deletes it later.

    The address is free again: an invitation to it makes a new account. Raises `people.Refusal` while
    something of theirs would be left without anybody.
    """
    # Nothing that hangs on the account can be added meanwhile.
    user = get_user_model().objects.select_for_update().get(pk=user.pk)
    if user.is_superuser:
        raise people.Refusal(
            _("This account looks after the site itself: whoever runs it can close it.")
        )
    for reason in REASONS:
        if text := reason(user):
            raise people.Refusal(text)
    for membership in user.memberships.all():
        people.remove(membership, by=user, standing=Standing())
    end_sessions(user)
    address = user.email
    Authenticator.objects.filter(user=user).delete()
    Invitation.objects.filter(email__in=personal_data.addresses_of(user)).delete()
    user.emailaddress_set.all().delete()
    user.first_name, user.last_name = (user.get_full_name() or address)[:150], ""
    user.username, user.email = f"closed-{user.pk}", ""
    user.is_active = user.is_staff = False
    user.set_unusable_password()
    user.save()
    transaction.on_commit(lambda: mail.send("closed", address, {}))


def close_idle():
    """Delete closed accounts after `NAMED_DAYS`, and those without a role that nobody used for `EVENT_DAYS`.

    Never one of the administration, one that is invited, or one with something under way. Returns how many.
    """
    return sum(_forget(pk) for pk in _idle().values_list("pk", flat=True))


def _idle():
    """Accounts without a role that were not used for so long."""
    closed = _not_used_for(NAMED_DAYS) & Q(is_active=False, username__startswith="closed-")
    users = get_user_model().objects.filter(closed | _not_used_for(settings.EVENT_DAYS))
    return users.filter(memberships=None, is_staff=False, is_superuser=False)


def _not_used_for(days):
    before = timezone.now() - datetime.timedelta(days=days)
    return Q(last_login__lt=before) | Q(last_login=None, date_joined__lt=before)


@transaction.atomic
def _forget(pk):
    """Whether the account was deleted; asked again, as its owner may have come back meanwhile."""
    users = get_user_model().objects.select_for_update(of=("self",))
    user = users.filter(pk=pk, pk__in=_idle().values("pk")).first()
    if user is None or any(reason(user) for reason in REASONS):
        return False
    if Invitation.objects.unanswered().filter(email__in=personal_data.addresses_of(user)).exists():
        return False
    personal_data.forget(user)
    return True
