"""People with a role, signed in, with or without their second factor."""

import itertools

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth import get_user_model
from django.test import Client

from services.models import Membership

_numbers = ("".join("bcdfghjklm"[int(digit)] for digit in str(n)) for n in itertools.count(1))

#: Of everybody's code generator: it opens nothing outside tests.
SECRET = "JBSWY3DPEHPK3PXP"


def make_person(role=None, city=None, *, strong=True, email=None):
    """A user with a verified address; with `role`, in `city` (none for "network").

    Without `strong` the second factor is missing, and so the role opens nothing.
    """
    email = email or f"person-{next(_numbers)}@example.org"
    user = get_user_model().objects.create_user(email, email=email, password="long and plain 1")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if role:
        Membership.objects.create(user=user, city=city, role=role)
    if strong:
        # The library's own form of a code generator.
        Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt(SECRET)})
    return user


def signed_in(user):
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def browser_of(role=None, city=None, **how):
    """A browser of somebody with this role."""
    return signed_in(make_person(role, city, **how))
