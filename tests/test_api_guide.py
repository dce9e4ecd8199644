"""Every line of the guide for partners works as it stands, against a real server."""

import re
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import call_command

from services import webhooks
from services.models import Service
from tests import factories

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "api.md"
HERE = "http://127.0.0.1:8000"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guide(live_server):
    """The text of the guide, with the address of the server."""
    call_command("load_cities", verbosity=0)
    return GUIDE.read_text(encoding="utf-8").replace(HERE, live_server.url)


def test_the_python_of_the_guide_runs_in_order(guide, capsys):
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == 4
    names = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), names)
    assert "soon " in capsys.readouterr().out
    copy, cursor = names["copy"], names["cursor"]
    assert len(copy) == Service.objects.count()
    first, second = Service.objects.order_by("slug")[:2]
    first.status = "withdrawn"
    first.save()
    second.email = "new@example.org"
    second.save()
    names["follow"](copy, cursor)
    assert copy == names["whole_directory"]()
    assert str(first.pk) not in copy
    assert_webhook_is_read(names["listing_withdrawn"])


def assert_webhook_is_read(listing_withdrawn):
    key, _plain = factories.make_key()
    _webhook, secret = webhooks.make_webhook(key, "https://partner.example.org/")
    body = b'{"type": "listing.withdrawn", "data": {"service": "x", "cursor": "p1"}}'
    sent_at = str(int(time.time()))
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": sent_at,
        "webhook-signature": signature(secret, "1", sent_at, body),
    }
    assert listing_withdrawn(secret, headers, body) == {"service": "x", "cursor": "p1"}
    with pytest.raises(ValueError, match="not signed"):
        listing_withdrawn(secret, headers, body + b" ")


def signature(secret, sent_id, sent_at, body):
    """As the Standard Webhooks specification computes it, by other means than the guide."""
    from base64 import b64decode, b64encode

    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.hmac import HMAC

    signed = HMAC(b64decode(secret.removeprefix("whsec_")), SHA256())
    signed.update(f"{sent_id}.{sent_at}.".encode() + body)
    return "v1," + b64encode(signed.finalize()).decode()


def test_the_addresses_of_the_guide_answer(guide, live_server):
    lines = re.findall(r"curl (?:-H '[^']*' )?'([^']+)'", guide)
    assert len(lines) == 4
    for address in lines:
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
    # The first is only what ours begin with.
    for path in set(re.findall(r"`(/api/[a-z0-9/.]*)`", guide)) - {"/api/v1/"}:
        # Some want a city, and the plan a body: none is unknown.
        assert status_of(live_server.url + path) in (200, 400, 405), path


def status_of(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
