"""What the running server remembers of a visit."""

import json
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

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


def send(site, *lines, body=b""):
    """Send a request as it stands, which no client would; returns the line of its status."""
    where = urlsplit(site)
    with socket.create_connection((where.hostname, where.port), timeout=20) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return line.makefile("rb").readline().decode()


def written_about_a_request(log, before, logger="gunicorn.access"):
    """What the log holds since then, once the server has written its line, after its answer."""
    for _try in range(100):
        written = log.read_text()[before:]
        if logger in written:
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


def test_request_that_cannot_be_read_leaves_neither_its_words_nor_its_sender(site, site_log):
    before = len(site_log.read_text())
    answer = send(site, "GET / HTTP/1.1", "Host: 127.0.0.1", f"Cookie guide={CANARY}")
    assert " 400 " in answer
    written = written_about_a_request(site_log, before, "gunicorn.error")
    assert "A request that cannot be read was refused." in written
    assert CANARY not in written
    assert "127.0.0.1" not in written


def test_address_cannot_write_a_line_of_its_own(site, site_log):
    before = len(site_log.read_text())
    assert ask(f"{site}/x/%0aFAKE%0d%1b") == 404
    written = written_about_a_request(site_log, before)
    assert "\\nFAKE" in written
    assert all(line[:2] == "20" for line in written.splitlines())


def test_unknown_host_leaves_one_line_without_its_name(site, site_log):
    before = len(site_log.read_text())
    assert ask(site, headers={"Host": f"{CANARY}.example"}) == 400
    written = written_about_a_request(site_log, before)
    assert CANARY not in written
    assert written.count("Refused (DisallowedHost): /") == 1
    assert "File " not in written


@pytest.mark.parametrize("path", ["/leave/", "/brussels/guide/danger/", "/no-such-page/"])
def test_oversize_body_is_answered(site, path):
    size = 8 * 1024 * 1024
    answer = send(
        site,
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {size}",
        body=b"x" * size,
    )
    assert answer.split()[1] in ("302", "403")
