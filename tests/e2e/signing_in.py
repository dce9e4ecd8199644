"""People with a role in the running site, signed in without its pages.

The site runs in a process of its own, so another one with its settings makes the person and the session.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
import secrets
from django.conf import settings
from django.contrib.auth import login
from accounts.session_store import SessionStore
from django.test import RequestFactory
from services.models import City
from tests.people import make_person
city = City.objects.get(slug={city!r}) if {city!r} else None
email = "person" + secrets.token_hex({length!r} // 2) + "@example.org"
user = make_person({role!r}, city, email=email, strong={strong!r})
request = RequestFactory().get("/")
request.session = SessionStore()
login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
request.session.save()
print("SESSION", request.session.session_key)
"""


def session_of(environment, role, city_slug=None, *, strong=True, length=12):
    """The key of a session of somebody with this role, in the site that runs with these variables.

    Of `length` letters and digits in their address, in which no line may break.
    """
    code = MAKE.format(role=role, city=city_slug, strong=strong, length=length)
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
