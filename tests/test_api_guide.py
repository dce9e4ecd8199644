"""Every line of the guide for partners works as it stands, against a real server."""

import json
import re
import shlex
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import call_command

from referrals.handoff import codes, rules
from referrals.models import Referral
from services import webhooks
from services.models import City, Service
from tests import factories
from tests.referrals.handoff.desk import make_door, make_referral

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "api.md"
HERE = "http://127.0.0.1:8000"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guide(live_server):
    """The text of the guide, with the address of the server and a key that may refer."""
    call_command("load_cities", verbosity=0)
    city = City.objects.get(slug="brussels")
    _key, plain = factories.make_key("professional", [city], may_refer=True)
    text = GUIDE.read_text(encoding="utf-8").replace(HERE, live_server.url)
    assert text.count('KEY = "…"') == 1
    return text.replace('KEY = "…"', f'KEY = "{plain}"')


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
    assert len(blocks) == 6
    names = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), names)
    out = capsys.readouterr().out
    assert "soon " in out
    assert "ACD-346 sent answer expected by 20" in out
    assert "cannot full ['refer', 'receive', 'refuse']" in out
    assert "ACD-346 needs another door for violence-support" in out
    assert not Referral.objects.exists()
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
    kind, told = assert_webhook_is_read(names["told"], secret, sent)
    assert (kind, told["service"]) == ("listing.withdrawn", str(first.pk))
    assert names["ask"]("/api/v1/changes?since=" + told["cursor"])["more"] is False


def test_a_webhook_about_a_referral_is_read_by_the_same_lines(guide, sent):
    names = {}
    for block in re.findall(r"```python\n(.*?)```", guide, re.DOTALL):
        if "def told(" in block:
            exec(compile("import json\n" + block, str(GUIDE), "exec"), names)
    city = City.objects.get(slug="brussels")
    key, _plain = factories.make_key("professional", [city], may_refer=True)
    _webhook, secret = webhooks.make_webhook(key, "https://partner.example.org/")
    made = make_referral(key, make_door(city))
    assert webhooks.deliver_due() == {"delivered": 1}
    kind, data = assert_webhook_is_read(names["told"], secret, sent)
    assert kind == "referral.changed"
    assert data == {
        "referral": str(made.pk), "code": codes.written(made.code), "state": "sent", "number": 1,
    }  # fmt: skip


def test_the_tables_of_the_guide_say_what_the_rules_say(guide):
    rows = dict(re.findall(r"^\| `(\w+)`(?:, with a `reason`)? \| (.*) \|$", guide, re.MULTILINE))
    for act, rule in rules.RULES.items():
        before, after = rows[act].split(" | ")
        assert re.findall(r"`([^`]+)`", after)[0] == rule.to
        named = set(re.findall(r"`([^`]+)`", before)) or rules.OPEN
        assert named == rule.sources, act


def assert_webhook_is_read(told, secret, sent):
    """The type and data of the one delivery that was sent; a changed or an old one is refused."""
    ((_url, body, headers),) = sent
    with pytest.raises(ValueError, match="not signed"):
        told(secret, headers, body + b" ")
    with pytest.raises(ValueError, match="too old"):
        told(secret, headers | {"webhook-timestamp": "1700000000"}, body)
    return told(secret, headers, body)


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
