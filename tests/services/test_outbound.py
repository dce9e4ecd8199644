"""The one way out of the server: to public addresses alone, and never for long."""

import socket
import time

import pytest

from services import outbound
from services.outbound import OutboundError
from tests.https_server import certificate, loopback_is_public, make_certificate, receiver

__all__ = ["certificate", "loopback_is_public", "receiver"]

NAME = "hooks.partner.example"

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:808:808::f7f7:f7f7",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "2a00:1450:4001:81b::200e",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]

WRONG = [
    "",
    "hooks.partner.example",
    "http://hooks.partner.example/",
    "HTTP://hooks.partner.example/",
    "ftp://hooks.partner.example/",
    "file:///etc/passwd",
    "//hooks.partner.example/",
    "https://",
    "https:///path",
    "https://user@hooks.partner.example/",
    "https://user:password@hooks.partner.example/",
    "https://@hooks.partner.example/",
    "https://hooks.partner.example:80/",
    "https://hooks.partner.example:22/",
    "https://hooks.partner.example:1023/",
    "https://hooks.partner.example:99999/",
    "https://hooks.partner.example:port/",
    "https://hooks.partner.example/a b",
    "https://hooks.partner.example/a\nb",
    "https://hooks.partner.example/a\r\nX-More: 1",
    "https://hooks.partner.example/a\tb",
    "https://hooks.partner.example/\x00",
    "https://hooks.partner.example\\@127.0.0.1/",
    "https://hóoks.partner.example/",
    "https://①②⑦.0.0.1/",
    "https://[::1/",
    "https://hooks.partner.example/" + "a" * 600,
    # Not public as written, in whatever way.
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.0x1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0/",
    "https://10.0.0.1:8443/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[64:ff9b::7f00:1]/",
]


@pytest.fixture
def names(monkeypatch):
    """A resolver that knows what it is told: {name: addresses}, or a list of them, one a look-up."""
    known, asked = {}, []

    def getaddrinfo(host, port, *_args, **_kwargs):
        asked.append(host)
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        addresses = known[host]
        if isinstance(addresses[0], list):
            addresses = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [_found(address, port) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    known["asked"] = asked
    return known


def _found(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = (address, port, 0, 0) if family == socket.AF_INET6 else (address, port)
    return family, socket.SOCK_STREAM, 6, "", place


@pytest.fixture
def connected(monkeypatch):
    """Every address that a connection was begun to; none is made."""
    tried = []

    def connect(self, address):
        # Without a limit of its own a connection is waited for as long as the system likes.
        assert 0 < self.gettimeout() <= 5
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


def get(url, max_bytes=1000, timeout=5):
    return outbound.get(url, max_bytes, timeout)


def post(url, body=b"{}", timeout=5, **headers):
    return outbound.post(url, body, headers, timeout)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_of_the_open_internet_is_told_apart(address):
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_one_however_it_is_carried(address):
    assert outbound.is_public(address)


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_address_is_refused_before_anybody_is_asked(url, names, connected):
    with pytest.raises(OutboundError):
        outbound.check(url)
    names["localhost"] = names["127.0.0.1"] = ["127.0.0.1"]
    with pytest.raises(OutboundError):
        post(url)
    with pytest.raises(OutboundError):
        get(url)
    assert connected == []


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.partner.example",
        "https://hooks.partner.example:443/a?b=c",
        "https://hooks.partner.example:1024/",
        "https://hooks.partner.example:8443/",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]/",
    ],
)
def test_a_good_address_is_taken_without_asking_anybody(url, names):
    outbound.check(url)
    assert names["asked"] == []


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_points_inside_is_not_reached(address, names, connected):
    names[NAME] = [address]
    with pytest.raises(OutboundError, match="not a public one"):
        post(f"https://{NAME}/")
    assert connected == []


@pytest.mark.parametrize(
    "addresses", [["8.8.8.8", "10.0.0.1"], ["::1", "2001:4860:4860::8888"], ["8.8.8.8", "::1"]]
)
def test_one_address_inside_is_enough_to_refuse(addresses, names, connected):
    names[NAME] = addresses
    with pytest.raises(OutboundError, match="not a public one"):
        get(f"https://{NAME}/")
    assert connected == []


def test_the_address_that_was_judged_is_the_one_connected_to(names, connected):
    names[NAME] = [["8.8.8.8"], ["127.0.0.1"]]
    with pytest.raises(OutboundError, match="cannot be reached"):
        post(f"https://{NAME}/")
    assert names["asked"] == [NAME]
    assert connected == ["8.8.8.8"]


def test_the_next_address_is_tried_when_one_does_not_answer(names, connected):
    names[NAME] = ["2001:4860:4860::8888", "8.8.8.8"]
    with pytest.raises(OutboundError, match="cannot be reached"):
        post(f"https://{NAME}/")
    assert connected == ["2001:4860:4860::8888", "8.8.8.8"]


def test_a_name_that_nobody_knows_is_not_reached(names):
    with pytest.raises(OutboundError, match="cannot be reached"):
        post(f"https://{NAME}/")


def test_a_resolver_that_takes_its_time_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: time.sleep(3))
    with pytest.raises(OutboundError, match="too long"):
        within(1, lambda: post(f"https://{NAME}/", timeout=0.3))


@pytest.fixture
def partner(receiver, loopback_is_public, names):
    names[NAME] = ["127.0.0.1"]
    return receiver


def within(seconds, act):
    began = time.monotonic()
    try:
        return act()
    finally:
        assert time.monotonic() - began < seconds


def test_a_body_arrives_as_it_was_sent(partner):
    partner.answer = 202
    assert post(partner.url("/hook?a=1#b", NAME), b'{"x":1}', **{"X-Some": "thing"}) == 202
    [(method, path, headers, body)] = partner.requests
    assert (method, path, body) == ("POST", "/hook?a=1", b'{"x":1}')
    assert headers["Host"] == f"{NAME}:{partner.port}"
    assert headers["X-Some"] == "thing"
    assert headers["User-Agent"] == "Waymark"
    assert "Cookie" not in headers


@pytest.mark.parametrize("status", [200, 400, 404, 410, 500, 503])
def test_a_post_answers_with_the_status(partner, status):
    partner.answer = status
    assert post(partner.url(host=NAME)) == status


def test_without_the_pretence_the_same_server_is_not_reached(receiver):
    with pytest.raises(OutboundError, match="not a public one"):
        post(receiver.url())
    assert receiver.requests == []


def answering(content, status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def test_what_is_at_an_address_is_fetched(partner):
    partner.answer = answering(b"a" * 1000, Content_Length="1000")
    assert get(partner.url(host=NAME)) == b"a" * 1000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(partner, status):
    partner.answer = answering(b"", status, Location=partner.url("/elsewhere", NAME))
    for act in (get, post):
        with pytest.raises(OutboundError, match="leads to another"):
            act(partner.url(host=NAME))
    assert {path for _method, path, *_rest in partner.requests} == {"/hook"}


def test_an_answer_that_is_not_200_is_none_and_is_not_quoted(partner):
    partner.answer = answering(b"canary", 404)
    with pytest.raises(OutboundError) as refusal:
        get(partner.url(host=NAME))
    assert str(refusal.value) == "the answer was 404"


@pytest.mark.parametrize("length", [{}, {"Content_Length": str(10**12)}])
def test_an_answer_without_end_is_not_read_to_it(partner, length):
    def answer(handler):
        answering(b"", **length)(handler)
        while True:
            handler.wfile.write(b"a" * 100_000)

    partner.answer = answer
    with pytest.raises(OutboundError, match="too large"):
        get(partner.url(host=NAME), max_bytes=1000)
    assert post(partner.url(host=NAME)) == 200


def test_an_answer_that_ends_before_its_length_is_none(partner):
    partner.answer = answering(b"half", Content_Length="8")
    with pytest.raises(OutboundError):
        get(partner.url(host=NAME))


def drip(first, drop, seconds=4):
    """Send something, and then a little, and a little more, for a while."""

    def answer(handler):
        handler.wfile.write(first)
        for _ in range(int(seconds / 0.05)):
            handler.wfile.write(drop)
            handler.wfile.flush()
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    ],
)
def test_a_slow_drip_does_not_hold_the_server(partner, first, drop):
    partner.answer = drip(first, drop)
    with pytest.raises(OutboundError, match="too long"):
        within(2, lambda: get(partner.url(host=NAME), timeout=0.5))


def test_a_silent_machine_does_not_hold_the_server(names, loopback_is_public):
    names[NAME] = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://{NAME}:{mute.getsockname()[1]}/"
        with pytest.raises(OutboundError, match="too long"):
            within(2, lambda: post(url, timeout=0.3))


@pytest.mark.parametrize(
    "answer",
    [
        b"canary\r\n\r\n",
        b"HTTP/1.1 canary\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n",
        b"",
    ],
)
def test_nonsense_is_refused_and_not_quoted(partner, answer):
    partner.answer = lambda handler: handler.wfile.write(answer)
    with pytest.raises(OutboundError) as refusal:
        get(partner.url(host=NAME))
    assert "canary" not in str(refusal.value)


def test_a_certificate_for_another_name_is_refused(partner, names):
    names["other.partner.example"] = ["127.0.0.1"]
    with pytest.raises(OutboundError, match="not secure"):
        post(partner.url(host="other.partner.example"))
    assert partner.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(partner, tmp_path, monkeypatch):
    other, _key = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with pytest.raises(OutboundError, match="not secure"):
        post(partner.url(host=NAME))
    assert partner.requests == []


def test_proxies_of_the_environment_are_not_used(partner, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(partner.url(host=NAME)) == 204


def test_headers_cannot_be_smuggled_in(partner):
    with pytest.raises(OutboundError):
        post(partner.url(host=NAME), **{"X-Some": "a\r\nX-More: b"})
    assert partner.requests == []
