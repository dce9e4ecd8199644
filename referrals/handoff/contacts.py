"""How a service reaches the worker: a phone or an address, sealed until the referral closes."""

import re

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError

from services import sealing
from services.phones import validate_phone

PURPOSE = b"contacts of workers, version 1"


#: Signs of a number that is dialled, and no words between them.
NUMBER = r"\+?[0-9][0-9 ()./-]{1,28}[0-9]"


def is_number(text):
    """Whether a text is a number that can be dialled, and nothing but that."""
    if not re.fullmatch(NUMBER, text):
        return False
    try:
        validate_phone(text)
    except ValidationError:
        return False
    return True


def put(referral, kind, value):
    """Set how the worker is reached; nothing is kept where nobody is to call."""
    referral.contact = kind
    sealed = sealing.box(PURPOSE).encrypt(value.encode()).decode() if value else ""
    referral.sealed_contact = sealed


def read(referral):
    """The number or address; empty where there is none, or the server's secret is another one now."""
    if not referral.sealed_contact:
        return ""
    try:
        return sealing.box(PURPOSE).decrypt(referral.sealed_contact.encode()).decode()
    except InvalidToken:
        return ""
