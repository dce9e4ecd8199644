"""How a service reaches the worker: a phone or an address, sealed until the referral closes."""

from services import sealing

PURPOSE = b"contacts of workers, version 1"


def put(referral, kind, value):
    """Set how the worker is reached; nothing is kept where nobody is to call."""
    referral.contact = kind
    sealed = sealing.box(PURPOSE).encrypt(value.encode()).decode() if value else ""
    referral.sealed_contact = sealed


def read(referral):
    """The number or address; empty where there is none."""
    if not referral.sealed_contact:
        return ""
    return sealing.box(PURPOSE).decrypt(referral.sealed_contact.encode()).decode()
