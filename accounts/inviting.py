"""Invitations: making, sending, withdrawing and accepting them, and nothing else."""

import datetime
import hashlib
import secrets

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from accounts import mail
from accounts.addresses import address_of
from accounts.events import Kind, record
from accounts.models import Invitation
from services.models import Membership
from services.names import names


class Gone(Exception):  # noqa: N818  (it says what a link is, not what went wrong)
    """The invitation was accepted, withdrawn, or has expired."""


def hash_of(token):
    """What is kept of a token; a token has 256 bits, so that no salt is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@transaction.atomic
def invite(email, role, city=None, *, by=None):
    """Invite an address; an open invitation to it in the same place is replaced.

    Returns the `Invitation` and the token for its link, which is kept nowhere.
    """
    email = email.strip().lower()
    for earlier in Invitation.objects.unanswered().of(city).filter(email=email):
        withdraw(earlier, by=by)
    invitation = Invitation(email=email, role=role, city=city, invited_by=by)
    token = _give_token(invitation)
    record(Kind.INVITED, actor=by, city=city, role=role, invitation=invitation)
    return invitation, token


@transaction.atomic
def renew(invitation, *, by):
    """A new link with a new week; the old one stops working. Returns the token.

    Whoever sends it again answers for it from now on.
    """
    invitation.invited_by = by
    token = _give_token(invitation)
    record(
        Kind.INVITED,
        actor=by,
        city=invitation.city,
        role=invitation.role,
        invitation=invitation,
    )
    return token


def _give_token(invitation):
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.expires_at = timezone.now() + datetime.timedelta(days=settings.INVITATION_DAYS)
    invitation.save()
    return token


@transaction.atomic
def withdraw(invitation, *, by):
    """Its link stops working. One that was answered meanwhile stays as it is; returns whether it did."""
    done = (
        Invitation.objects.unanswered().filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    )
    if done:
        record(
            Kind.WITHDRAWN,
            actor=by,
            city=invitation.city,
            role=invitation.role,
            invitation=invitation,
        )
    return bool(done)


def link_of(token, request=None):
    return address_of("invitation-link", token, request=request)


def send(invitation, token, request=None):
    """Mail the link to the invited address; returns whether the mail server took it."""
    by = invitation.invited_by
    context = {
        "link": link_of(token, request),
        "role": invitation.get_role_display(),
        "city_name": names(invitation.city).city if invitation.city else "",
        "inviter": by and (by.get_full_name() or by.email),
        "days": settings.INVITATION_DAYS,
    }
    return mail.send("invitation", invitation.email, context)


def with_hash(token_hash):
    """The invitation with this hash of a token, or None."""
    found = Invitation.objects.select_related("city", "invited_by").filter(token_hash=token_hash)
    return found.first() if token_hash else None


def accounts_of(email):
    """The accounts, also inactive ones, that sign in with this address."""
    return filter_users_by_email(email, prefer_verified=True)


def is_for(invitation, user):
    """Whether the invited address is one that this person has shown to be theirs."""
    return any(found.pk == user.pk for found in accounts_of(invitation.email))


@transaction.atomic
def accept_as_new(invitation, name, password):
    """Make the account and give it the role; the link has shown whose address it is.

    Returns the user; raises `Gone` if the link was used meanwhile.
    """
    invitation = _locked(invitation)
    if accounts_of(invitation.email):
        raise Gone
    user = get_user_model().objects.create_user(
        invitation.email, email=invitation.email, password=password, first_name=name
    )
    EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    _give_role(invitation, user)
    return user


@transaction.atomic
def accept(invitation, user):
    """Give the role to somebody who has an account; raises `Gone` if the link was used meanwhile."""
    _give_role(_locked(invitation), user)


def _locked(invitation):
    """The invitation as it is now, until the end of the transaction nobody else's."""
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not locked.is_open:
        raise Gone
    return locked


def _give_role(invitation, user):
    Membership.objects.update_or_create(
        user=user, city=invitation.city, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(
        Kind.ACCEPTED,
        actor=user,
        subject=user,
        city=invitation.city,
        role=invitation.role,
        invitation=invitation,
    )
