"""Every line of the guide for partners works as it stands, against a real server."""

import json
import re
import shlex
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


@pytest.fixture
def sent(monkeypatch):
    """What was posted to webhooks: (address, body, headers) each."""
    posted = []

    def post(url, body, headers, timeout):
        posted.append((url, body, headers))
        return 204

    monkeypatch.setattr("services.outbound.post", post)
    return posted


def test_the_python_of_the_guide_runs_in_order(guide, capsys, sent):
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == 4
    names = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), names)
    assert "soon " in capsys.readouterr().out
    copy, cursor = names["copy"], names["cursor"]
    assert len(copy) == Service.objects.count()
    key, _plain = factories.make_key()
    _webhook, secret = webhooks.make_webhook(key, "https://partner.example.org/")
    first, second = Service.objects.order_by("slug")[:2]
    first.status = "withdrawn"
    first.save()
    second.email = "new@example.org"
    second.save()
    names["follow"](copy, cursor)
    assert copy == names["whole_directory"]()
    assert str(first.pk) not in copy
    assert webhooks.deliver_due() == {"delivered": 1}
    told = assert_webhook_is_read(names["listing_withdrawn"], secret, sent)
    assert told["service"] == str(first.pk)
    assert names["ask"]("/api/v1/changes?since=" + told["cursor"])["more"] is False


def assert_webhook_is_read(listing_withdrawn, secret, sent):
    """The data of the one delivery that was sent; a changed or an old one is refused."""
    ((_url, body, headers),) = sent
    with pytest.raises(ValueError, match="not signed"):
        listing_withdrawn(secret, headers, body + b" ")
    with pytest.raises(ValueError, match="too old"):
        listing_withdrawn(secret, headers | {"webhook-timestamp": "1700000000"}, body)
    return listing_withdrawn(secret, headers, body)


def test_the_command_for_a_plan_answers(guide):
    (command,) = re.findall(r"curl -s .*?}}'\n", guide, re.DOTALL)
    _curl, _silent, address, _header, media, _data, body = shlex.split(command.replace("\\\n", " "))
    name, value = media.split(": ")
    request = urllib.request.Request(address, body.encode(), {name: value})
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["steps"]


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
