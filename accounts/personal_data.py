"""What is kept of the person behind an account: to be handed out to them, and to be forgotten."""

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q

from accounts import people
from accounts.models import Event, Invitation
from accounts.sessions import end_sessions
from services.roles import Standing

#: Told with their content; of all other tables only which rows name the person.
TOLD = (
    "account.EmailAddress.user",
    "accounts.Event.actor",
    "accounts.Event.subject",
    "accounts.Invitation.invited_by",
    "mfa.Authenticator.user",
    "services.Membership.user",
)

IN_CITY = F("city__slug")


def of_person(user):
    """Everything about a person that hangs on their account, fit for JSON; no secret of a second step."""
    return {
        "account": {
            "address": user.email,
            "name": user.get_full_name(),
            "made_at": user.date_joined,
            "last_signed_in_at": user.last_login,
            "is_active": user.is_active,
        },
        "addresses": list(user.emailaddress_set.values("email", "verified", "primary")),
        "roles": list(user.memberships.values("role", in_city=IN_CITY)),
        "second_steps": list(
            Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
        ),
        "invitations": list(
            _invitations(user).values("email", "role", "created_at", "accepted_at", in_city=IN_CITY)
        ),
        "what_happened": list(
            Event.objects.filter(Q(actor=user) | Q(subject=user)).values(
                "kind", "at", "role", in_city=IN_CITY
            )
        ),
        "named_in": {
            name: sorted(map(str, rows.values_list("pk", flat=True)))
            for name, rows in _rows(user).items()
            if name not in TOLD and rows.exists()
        },
    }


@transaction.atomic
def forget(user, *, only_look=False):
    """Take a person's roles, sessions, invitations and account away; `only_look` leaves all as it is.

    Returns table.field -> how many rows named them. Where work of theirs has to stay, such as a
    version of a listing, nobody is named any longer. Raises `people.Refusal` while nobody else
    could look after the people of a place.
    """
    named = {name: count for name, rows in _rows(user).items() if (count := rows.count())}
    for membership in user.memberships.all():
        people.remove(membership, by=None, standing=Standing())
    end_sessions(user)
    Invitation.objects.filter(email__in=addresses_of(user)).delete()
    user.delete()
    transaction.set_rollback(only_look)
    return named


def addresses_of(user):
    """Every address of an account."""
    return {user.email, *user.emailaddress_set.values_list("email", flat=True)}


def _invitations(user):
    return Invitation.objects.filter(Q(invited_by=user) | Q(email__in=addresses_of(user)))


def _rows(user):
    """Table.field -> the rows in which it names this person."""
    found = {}
    for relation in get_user_model()._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            model, field = relation.related_model, relation.field.name
            rows = model._base_manager.filter(**{field: user})
            found[f"{model._meta.label}.{field}"] = rows
    return found
