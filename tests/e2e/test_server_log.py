"""What the running server remembers of a visit."""

import json
import time
import urllib.error
import urllib.request

import pytest

CANARY = "quetzalcanary"


def ask(address, **request):
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, **request), timeout=20
        ) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


REQUESTS = {
    "search": ("/brussels/services/?search={canary}", {}),
    "wrong filter": ("/brussels/services/?need={canary}", {}),
    "unknown page": ("/no-such-page/?q={canary}", {}),
    "referrer": ("/", {"headers": {"Referer": "https://elsewhere.example/{canary}"}}),
    "browser": ("/", {"headers": {"User-Agent": "{canary}"}}),
    "plan": (
        "/api/v1/referral-plan",
        {"data": json.dumps({"city": CANARY, "facts": {"age": CANARY}}).encode(), "method": "POST"},
    ),
    "broken plan": (
        "/api/v1/referral-plan",
        {"data": f'{{"city": "{CANARY}'.encode(), "method": "POST"},
    ),
    "form": ("/brussels/guide/danger/", {"data": f"danger={CANARY}".encode(), "method": "POST"}),
}


def written_about_a_request(log, before):
    """What the log holds since then, once the server has written its line, after its answer."""
    for _try in range(100):
        written = log.read_text()[before:]
        if "gunicorn.access" in written:
            return written
        time.sleep(0.05)
    raise AssertionError(f"The server wrote no line: {written}")


@pytest.mark.parametrize(("address", "request_"), REQUESTS.values(), ids=REQUESTS.keys())
def test_what_is_asked_reaches_no_log(site, site_log, address, request_):
    headers = {"Content-Type": "application/json"} | request_.get("headers", {})
    wishes = request_ | {"headers": {k: v.format(canary=CANARY) for k, v in headers.items()}}
    before = len(site_log.read_text())
    assert ask(site + address.format(canary=CANARY), **wishes) < 500
    assert CANARY not in written_about_a_request(site_log, before)
