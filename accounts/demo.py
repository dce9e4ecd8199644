"""The people of the demonstration, and how they pass the second step without a telephone.

Their addresses stand in `services.checks`: production refuses to start beside any of them.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction

from services.checks import DEMO_ADDRESSES, DEMO_USERNAME
from services.models import City, Membership

Role = Membership.Role
ADMINISTRATOR = "administrator@example.org"
#: address -> (name, role, slugs of cities; None is every city)
PEOPLE = {
    ADMINISTRATOR: ("Demo Administrator", Role.ADMINISTRATOR, None),
    "network@example.org": ("Demo Network", Role.NETWORK, ()),
    "editor@example.org": ("Demo Editor", Role.EDITOR, ("brussels",)),
    "worker@example.org": ("Demo Worker", Role.WORKER, ("brussels",)),
}


def code_for(user):
    """A code that passes the second step of a person of the demonstration; elsewhere nothing.

    A recovery code, which works once; when few are left, all of them work again.
    """
    if not settings.DEMO or user.username not in DEMO_ADDRESSES:
        return ""
    codes = RecoveryCodes.activate(user)
    if not codes.get_unused_codes():
        codes.instance.data["used_mask"] = 0
        codes.instance.save()
    return codes.get_unused_codes()[0]


@transaction.atomic
def make_people(password):
    """Make or renew them. An unchanged password is kept: hashing it again would end sessions."""
    # The administrator of earlier demonstrations had another name.
    get_user_model().objects.filter(username=DEMO_USERNAME).delete()
    encoded = _encoded(password)
    for address, (name, role, slugs) in PEOPLE.items():
        user, _made = get_user_model().objects.get_or_create(username=address)
        user.email, user.first_name, user.is_active = address, name, True
        user.is_staff, user.is_superuser = role == Role.ADMINISTRATOR, False
        user.password = encoded
        user.save()
        EmailAddress.objects.update_or_create(
            user=user, email=address, defaults={"verified": True, "primary": True}
        )
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
        _give_roles(user, role, slugs)


def _encoded(password):
    """The password as it is kept, one for all of them: working it out takes most of a second."""
    known = get_user_model().objects.filter(username=ADMINISTRATOR).first()
    if known and known.check_password(password):
        return known.password
    return make_password(password)


def _give_roles(user, role, slugs):
    if role == Role.NETWORK:
        cities = [None]
    else:
        cities = City.objects.all() if slugs is None else City.objects.filter(slug__in=slugs)
    for city in cities:
        Membership.objects.update_or_create(user=user, city=city, defaults={"role": role})
