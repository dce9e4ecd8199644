"""People signed in to the running site, made beside it: a test of a page is no test of signing in."""

import subprocess
import sys

from tests.e2e.conftest import ROOT, site_environment

MAKE = """
import sys
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from services.models import City
from tests.people import make_person

role, slug = {role!r}, {slug!r}
person = make_person(role, City.objects.filter(slug=slug).first())
session = SessionStore()
session[SESSION_KEY] = str(person.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = person.get_session_auth_hash()
session.save()
print("session", session.session_key)
"""


def session_of(role, city_slug=""):
    """The cookie of a session of somebody new with this role in the running site."""
    from uuid import uuid4

    address = f"{uuid4().hex}@example.org"
    code = MAKE.replace("make_person(role, ", f"make_person(role, email={address!r}, city=")
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code.format(role=role, slug=city_slug)],
        cwd=ROOT,
        env=site_environment | {"WAYMARK_ENV": "demo"},
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.split("session ")[-1].strip()
