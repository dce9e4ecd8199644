"""Changing, taking away and restoring: what may be done to a person's role, and by whom.

A city of None stands for the network's own roles. Each function raises `Refusal`, which says why not.
"""

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts import mail
from accounts.addresses import address_of
from accounts.events import Kind, record
from accounts.inviting import withdraw
from accounts.models import Invitation
from accounts.sessions import end_sessions
from services.models import City, Membership
from services.roles import SECOND_FACTORS, Power

Role = Membership.Role
#: The role of each place that must not die out.
KEEPERS = {True: Role.ADMINISTRATOR, False: Role.NETWORK}


class Refusal(Exception):  # noqa: N818  (an answer, not a fault)
    """It may not be done; the message says why, and what to do instead."""


def roles_in(city):
    """The roles in a city, or with None of the network, with `strong`: has a second factor. One query."""
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_FACTORS)
    roles = Membership.objects.filter(city=city) if city else Membership.objects.filter(city=None)
    return roles.select_related("user").annotate(strong=Exists(factors)).order_by("user__email")


@transaction.atomic
def change_role(membership, role, *, by, standing):
    """Give a person another role in the same city."""
    city = _lock(membership)
    if membership.user_id == by.pk:
        raise Refusal(_("Nobody changes their own role: another administrator can."))
    if membership.role == role:
        return
    _keep_the_last(membership, city, standing)
    _end_invitations_by(membership, by)
    membership.role = role
    membership.save(update_fields=["role"])
    record(Kind.ROLE_CHANGED, actor=by, subject=membership.user, city=city, role=role)


@transaction.atomic
def remove(membership, *, by, standing):
    """Take a person's role away; also one's own, but never the last that keeps a place."""
    city = _lock(membership)
    _keep_the_last(membership, city, standing)
    _end_invitations_by(membership, by)
    user, role = membership.user, membership.role
    membership.delete()
    record(Kind.ROLE_REMOVED, actor=by, subject=user, city=city, role=role)


def _lock(membership):
    """The city, held until the end of the transaction: two cannot remove one another at once."""
    if membership.city_id:
        city = City.objects.select_for_update(of=("self",)).get(pk=membership.city_id)
    else:
        city = None
        list(Membership.objects.select_for_update(of=("self",)).filter(city=None))
    membership.refresh_from_db()
    return city


def _keep_the_last(membership, city, standing):
    keeper = KEEPERS[city is not None]
    if membership.role != keeper or (city and standing.network):
        return
    others = roles_in(city).filter(role=keeper, strong=True, user__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise Refusal(
            _(
                "Nobody else could look after the people here then. First invite another "
                "administrator and wait until they have set up their second step."
            )
        )


def _end_invitations_by(membership, by):
    """What somebody promised who may no longer promise it."""
    theirs = Invitation.objects.unanswered().filter(
        city=membership.city_id, invited_by=membership.user_id
    )
    for invitation in theirs:
        withdraw(invitation, by=by)


def may_restore(user, *, by, standing):
    """Whether somebody may remove another person's second factors.

    The network may; else whoever looks after the people of every city where that person has a role.
    """
    if user.pk == by.pk:
        return False
    if standing.network:
        return True
    cities = set(user.memberships.values_list("city", flat=True))
    return bool(cities) and not user.is_superuser and cities <= standing.cities_with(Power.PEOPLE)


@transaction.atomic
def sign_out(user, *, by, city):
    """Sign a person out everywhere, and no more; how many browsers. The caller has asked `may_restore`."""
    ended = end_sessions(user)
    record(Kind.SIGNED_OUT, actor=by, subject=user, city=city)
    return ended


@transaction.atomic
def restore(user, *, by=None, city=None, request=None):
    """Remove every second factor of a person, sign them out everywhere, tell them by mail.

    Their roles sleep until they have signed in by password and set up a new one. The caller has
    asked `may_restore`.
    """
    # The address first: without one nothing is done.
    address = address_of("account_login", request=request)
    # Else a factor could be added at the same moment by somebody who is signed in.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    record(Kind.RESTORED, actor=by, subject=user, city=city)
    who = (by.get_full_name() or by.email) if by else ""
    transaction.on_commit(lambda: mail.send("restored", user.email, {"link": address, "who": who}))
