"""The code under a number of the card: it answers "still right?" and says nothing else.

A code is made of the number and its hours with a key of this site, so nothing has to be kept:
to look one up, the codes of all listings of the city are made again. A changed number, changed
hours or a withdrawn listing has another code or none.
"""

import hashlib
import hmac

from django.conf import settings

from referrals.handoff.codes import ALPHABET

PURPOSE = b"codes of cards, version 1"
LENGTH = 7  # six of the number, and one that tells a slip of the pen
#: None shares a factor with the number of characters, and no two neighbours differ by one that does:
#: so every wrong character and every swap of neighbours changes the last one.
WEIGHTS = (1, 2, 3, 4, 6, 7)


def code_of(listing, phone):
    """The code of a number as it stands in the directory now, for example `ACD-3467`."""
    return written(_with_check(_body(listing, phone, settings.SECRET_KEY)))


def written(code):
    return f"{code[:3]}-{code[3:]}"


def read(text):
    """The code in what somebody typed, or None where no card can bear it."""
    kept = "".join(c for c in str(text)[:40].upper() if c.isalnum())
    is_one = len(kept) == LENGTH and set(kept) <= set(ALPHABET) and kept == _with_check(kept[:-1])
    return kept if is_one else None


def is_right(code, listings):
    """Whether a number among these listings still has this code; older keys of the site count."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(
        hmac.compare_digest(code[:-1], _body(listing, phone, secret))
        for listing in listings
        for phone in listing.phones
        for secret in secrets
    )


def _body(listing, phone, secret):
    said = "\n".join((listing.id, phone.written, listing.opening_hours, phone.opening_hours))
    digest = hmac.digest(secret.encode(), PURPOSE + said.encode(), hashlib.sha256)
    number = int.from_bytes(digest[:8], "big")
    letters = []
    for _place in range(LENGTH - 1):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def _with_check(body):
    """The body and a last character by which one wrong character, or two swapped, are noticed."""
    places = [ALPHABET.index(character) for character in body]
    total = sum(weight * place for weight, place in zip(WEIGHTS, places, strict=True))
    return body + ALPHABET[total % len(ALPHABET)]
