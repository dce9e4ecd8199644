"""A form that came after its sender was signed out: kept, sealed, until they have signed in again.

It waits half an hour in the session of that browser, opens for the same person alone, and is
forgotten with *Leave now*. Passwords and files are not kept.
"""

import json
from dataclasses import dataclass

from cryptography.fernet import InvalidToken

from services.sealing import box

KEY = "late-form"
SECONDS = 30 * 60
#: More than any form of the office holds.
MOST_CHARACTERS = 256 * 1024


@dataclass(frozen=True)
class LateForm:
    """Where a form was sent, its fields in order as (name, value), and whether it had files."""

    path: str
    fields: list
    had_files: bool


def keep(request, user_id):
    """Keep the form of this request for a person; returns whether there was anything to keep."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name.lower()
    ]
    if not fields:
        return False
    content = json.dumps([user_id, request.get_full_path(), fields, bool(request.FILES)])
    if len(content) > MOST_CHARACTERS:
        return False
    request.session[KEY] = _box().encrypt(content.encode()).decode()
    return True


def kept(request):
    """The `LateForm` of whoever is signed in, or None."""
    try:
        content = _box().decrypt(request.session.get(KEY, "").encode(), ttl=SECONDS)
    except InvalidToken:
        return None
    user_id, path, fields, had_files = json.loads(content)
    return LateForm(path, fields, had_files) if user_id == str(request.user.pk) else None


def forget(request):
    """Drop it, from the session too."""
    request.session.pop(KEY, None)


def _box():
    return box(b"late form")
