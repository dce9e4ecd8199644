"""In production every cookie is one that only this host can have set, and only over HTTPS."""

import json

from cryptography.fernet import Fernet

from tests.config.test_settings import start

KEYS = {"SECRET_KEY": "k" * 60, "SEALING_KEYS": Fernet.generate_key().decode().rstrip("=")}
PROGRAM = """
import django
django.setup()
import json
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage import default_storage
from django.http import HttpResponse
from django.test import Client, RequestFactory
from referrals import answers
from services.models import City

client = Client(HTTP_HOST="guide.example.org")
secure = {"secure": True}
found = [
    client.get("/language/fr/", **secure),
    client.get("/join/", **secure),
    client.get("/leave/", **secure),
]
said = HttpResponse()
request = RequestFactory().get("/")
request.session = {}
storage = default_storage(request)
storage.add(constants.INFO, "Said once.")
storage.update(said)
answers.write(given := HttpResponse(), City(slug="harbour"), {"danger": {"danger": "no"}})
print(json.dumps([
    [morsel.OutputString() for morsel in response.cookies.values()]
    for response in [*found, said, given]
]))
"""


def test_every_cookie_is_of_this_very_host(tmp_path):
    database = f"sqlite:///{tmp_path}/site.sqlite3"
    settings = {"WAYMARK_ENV": "production", "DJANGO_SETTINGS_MODULE": "config.settings"}
    hosts = {"ALLOWED_HOSTS": "guide.example.org", "SITE_URL": "https://guide.example.org"}
    settings |= hosts | KEYS | {"DATABASE_URL": database, "EMAIL_URL": "smtp+tls://localhost:587"}
    made = start("manage.py", "migrate", "--verbosity=0", **settings)
    assert made.returncode == 0, made.stderr
    result = start("-c", PROGRAM, **settings)
    assert result.returncode == 0, result.stderr
    lines = [line for lines in json.loads(result.stdout) for line in lines]
    names = [line.partition("=")[0] for line in lines]
    assert {"language", "csrftoken", "sessionid", "guide", "practice", "messages"} == {
        name.removeprefix("__Host-") for name in names
    }
    for line in lines:
        assert line.startswith("__Host-")
        assert "Secure" in line
        assert "Path=/" in line.split("; ")
        assert "Domain" not in line
