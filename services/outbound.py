"""The one door through which the server reaches another machine.

A name is looked up once, every address it has is judged, and the connection goes to one of
those very addresses: what the name points at a moment later does not matter. https alone,
no redirects, no proxies, no cookies, an end in time, and nothing of it in a log.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from urllib.parse import urlsplit

#: Below this, ports other than https belong to services that are not meant for the world.
FIRST_FREE_PORT = 1024
LONGEST_URL = 600
USER_AGENT = "Waymark"

#: Addresses of IPv6 that only carry one of IPv4: the network, and how many bits follow that one.
_CARRIERS = {
    ipaddress.ip_network("::ffff:0:0/96"): 0,  # mapped
    ipaddress.ip_network("64:ff9b::/96"): 0,  # NAT64
    ipaddress.ip_network("2002::/16"): 80,  # 6to4
}
#: What is handed out to machines; the rest of IPv6 is for special purposes.
_UNICAST = ipaddress.ip_network("2000::/3")
#: Not for machines either, though some versions of Python call them global.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",  # among them Teredo, which carries an address of IPv4
        "2001:db8::/32",
        "3fff::/20",
    )
]


class OutboundError(Exception):
    """Another machine was not reached; the text says why in a few words and quotes nothing of it."""


@dataclass(frozen=True)
class _Target:
    host: str
    port: int
    #: Path and query, as the first line of a request has them.
    path: str


def check(url):
    """Refuse an address that would not be reached, as far as it shows; asks nobody."""
    host = _target(url).host
    literal = _literal(host)
    if literal and not is_public(literal):
        raise OutboundError("the address is not a public one")


def post(url, body, headers, timeout):
    """Send bytes and return the status of the answer, whose body is not read.

    `timeout` is the number of seconds after which all of it has ended.
    """
    with _answer("POST", url, timeout, body, headers) as (response, _deadline):
        return response.status


def get(url, max_bytes, timeout, headers=None):
    """The bytes at an address, if the answer is 200 and not longer than `max_bytes`."""
    with _answer("GET", url, timeout, headers=headers) as (response, deadline):
        if response.status != http.client.OK:
            raise OutboundError(f"the answer was {response.status}")
        content = response.read(max_bytes + 1)
        # Cut off in the middle, an answer without a length looks whole.
        deadline.check()
    if len(content) > max_bytes:
        raise OutboundError("the answer is too large")
    if response.length:
        raise OutboundError("the answer was cut short")
    return content


def is_public(address):
    """Whether an IP address is one of the open Internet, judged by the address it stands for."""
    ip = _carried(ipaddress.ip_address(address))
    if ip.version == 6 and ip not in _UNICAST:
        return False
    special = ip.is_multicast or ip.is_reserved or any(ip in network for network in _SPECIAL)
    return ip.is_global and not special


def _carried(ip):
    for network, bits_after in _CARRIERS.items():
        if ip in network:
            return ipaddress.IPv4Address(int(ip) >> bits_after & 0xFFFFFFFF)
    return ip


def _target(url):
    # What `urlsplit` drops in silence must not pass here.
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise OutboundError("the address holds characters that are not allowed")
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:
        raise OutboundError("the address cannot be read") from error
    if parts.scheme != "https" or not parts.hostname or len(url) > LONGEST_URL:
        raise OutboundError("write a whole address with https://")
    if "@" in parts.netloc:
        raise OutboundError("the address holds a user or a password")
    if port != 443 and port < FIRST_FREE_PORT:
        raise OutboundError("the port is not 443 or above 1023")
    query = f"?{parts.query}" if parts.query else ""
    return _Target(parts.hostname, port, (parts.path or "/") + query)


def _literal(host):
    """The IP address that a host is written as; empty for a name.

    Resolvers also take 127.1, 0x7f.0.0.1 and 2130706433 for addresses: nobody means well by it.
    """
    if host.rstrip(".") == "localhost":
        return "127.0.0.1"
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host))
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host or last.isdigit() or last.startswith("0x"):
        raise OutboundError("the address is written in a way that is not allowed")
    return ""


@contextlib.contextmanager
def _answer(method, url, timeout, body=None, headers=None):
    """The answer of another machine with its status and headers read, until the block ends."""
    target, deadline = _target(url), _Deadline(timeout)
    _literal(target.host)
    try:
        with _socket(target, deadline) as plain, deadline.cuts(plain):
            connection = _connection(plain, target)
            with contextlib.closing(connection):
                connection.request(
                    method, target.path, body, {"User-Agent": USER_AGENT} | (headers or {})
                )
                with connection.getresponse() as response:
                    if 300 <= response.status < 400:
                        raise OutboundError("the address leads to another one")
                    yield response, deadline
    except (OSError, http.client.HTTPException, ValueError) as error:
        deadline.check()
        raise OutboundError(_reason(error)) from error


def _reason(error):
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, ssl.SSLError):
        return "the connection is not secure"
    if isinstance(error, http.client.HTTPException):
        return "the answer cannot be read"
    return "it cannot be reached"


def _socket(target, deadline):
    """A connection to one of the addresses that a host had when it was looked up, and judged."""
    fault = OSError()
    for family, address in _addresses(target, deadline):
        plain = socket.socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(deadline.left)
            plain.connect(address)
            return plain
        except OSError as error:
            plain.close()
            fault = error
    raise fault


def _connection(plain, target):
    """A connection of HTTP over this socket, once it has shown a certificate for the name."""
    context = ssl.create_default_context()
    connection = http.client.HTTPSConnection(target.host, target.port, context=context)
    # Given a socket, it never looks the name up itself.
    connection.sock = context.wrap_socket(plain, server_hostname=target.host)
    return connection


def _addresses(target, deadline):
    """(family, socket address) of every address of a host, if each of them is public."""
    found = _looked_up(target, deadline)
    if not all(is_public(address[0]) for *_kind, address in found):
        raise OutboundError("the address is not a public one")
    return [(family, address) for family, *_kind, address in found]


def _looked_up(target, deadline):
    """What the resolver says; on a thread of its own, because it cannot be told to hurry."""
    found = Future()

    def look():
        try:
            found.set_result(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            found.set_exception(error)

    threading.Thread(target=look, daemon=True).start()
    return found.result(deadline.left)


class _Deadline:
    """The moment at which everything has ended, however slowly the other side drips."""

    def __init__(self, seconds):
        self._end = time.monotonic() + seconds
        self._has_cut = False

    @property
    def left(self):
        """Seconds left; never none, because a socket takes that for no limit at all."""
        return max(self._end - time.monotonic(), 0.001)

    def check(self):
        """Refuse what was cut off, or came too late."""
        if self._has_cut or time.monotonic() >= self._end:
            raise OutboundError("it took too long")

    @contextlib.contextmanager
    def cuts(self, plain):
        """Within the block, end the connection of a socket when time is up.

        A timeout of the socket would begin anew with every byte.
        """
        with plain.dup() as twin:
            timer = threading.Timer(self.left, self._cut, [twin])
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()
                # Its number must not be closed, and given to another socket, under the timer.
                timer.join()

    def _cut(self, twin):
        self._has_cut = True
        with contextlib.suppress(OSError):
            twin.shutdown(socket.SHUT_RDWR)
