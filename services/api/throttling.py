"""How many requests a minute are answered: so many for an address, more for a partner's key.

Counted in the memory of each process of the server and forgotten after the minute. An address
is hashed with a salt that the process made up at its start, so that not even memory holds it.
"""

import hashlib
import ipaddress
import secrets
import time

from django.conf import settings
from django.core.cache import caches
from rest_framework.throttling import BaseThrottle

from services.models import PartnerKey

SECONDS = 60
#: One household or office has at least this much of IPv6, and may change within it at will.
IPV6_PREFIX = 64
_SALT = secrets.token_bytes(32)


class PerMinute(BaseThrottle):
    """Refuses more than `limit()` requests a minute of whoever `name_of` says is asking.

    `limit()` is None or 0 for no limit; `name_of` is None for requests that are not counted here.
    """

    def allow_request(self, request, view):
        name = self.name_of(request) if self.limit() else None
        return name is None or _count(name) <= self.limit()

    def wait(self):
        """Seconds until the next minute begins."""
        return SECONDS - time.time() % SECONDS


class PerAddress(PerMinute):
    """For requests without a key."""

    def limit(self):
        return settings.API_REQUESTS_PER_MINUTE

    def name_of(self, request):
        if isinstance(request.auth, PartnerKey):
            return None
        return self.name_of_address(request)

    def name_of_address(self, request):
        """What an address is called in the counts: nothing that leads back to it."""
        network = _network(self.get_ident(request) or "")
        return hashlib.blake2b(network.encode(), key=_SALT, digest_size=16).hexdigest()


class PerKey(PerMinute):
    """For requests with a partner's key."""

    def limit(self):
        return settings.API_KEY_REQUESTS_PER_MINUTE

    def name_of(self, request):
        return request.auth.prefix if isinstance(request.auth, PartnerKey) else None


class Guessing(PerAddress):
    """For requests with a key that will not do: counted as if they had come without one."""

    def name_of(self, request):
        return self.name_of_address(request)


def _count(name):
    """How many requests of this name there were in this minute, with this one."""
    counts = caches["requests"]
    key = f"{name}:{int(time.time()) // SECONDS}"
    counts.add(key, 0, SECONDS)
    try:
        return counts.incr(key)
    except ValueError:  # Pushed out by others in this very moment.
        return 1


def _network(address):
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6 and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(ip), IPV6_PREFIX), strict=False))
    return str(getattr(ip, "ipv4_mapped", None) or ip)
