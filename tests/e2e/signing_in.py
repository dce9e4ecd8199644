<<<<<<< HEAD
"""People signed in to the running site, made beside it: a test of a page is no test of signing in."""

import subprocess
import sys

from tests.e2e.conftest import ROOT, site_environment

MAKE = """
import sys
=======
"""People with a role in the running site, signed in without its pages.

The site runs in a process of its own, so another one with its settings makes the person and the session.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
from django.conf import settings
>>>>>>> admin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from services.models import City
from tests.people import make_person
<<<<<<< HEAD

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
=======
import secrets
city = City.objects.get(slug={city!r}) if {city!r} else None
email = "person-" + secrets.token_hex(6) + "@example.org"
user = make_person({role!r}, city, email=email, strong={strong!r})
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print("SESSION", session.session_key)
"""


def session_of(environment, role, city_slug=None, *, strong=True):
    """The key of a session of somebody with this role, in the site that runs with these variables."""
    code = MAKE.format(role=role, city=city_slug, strong=strong)
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.rsplit("SESSION", 1)[1].strip()


def sign_in(visit, key):
    """Give a visitor's browser the session."""
    visit.context.add_cookies(
        [{"name": "sessionid", "value": key, "url": visit.site, "httpOnly": True}]
    )
>>>>>>> admin
