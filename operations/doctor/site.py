"""What the checks are told of the site."""

import datetime
import ipaddress
import os
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

#: Where a name leads to this machine alone.
OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]", "::1", "testserver")


@dataclass
class Site:
    """Settings, environment and clock; variables in `aside` were wrong and are not looked at again."""

    aside: dict = field(default_factory=dict)
    environ: dict = field(default_factory=lambda: dict(os.environ))
    now: datetime.datetime = field(default_factory=timezone.now)

    @property
    def settings(self):
        return settings

    @property
    def is_production(self):
        return bool(getattr(settings, "PRODUCTION", True))

    @property
    def vendor(self):
        """`sqlite` or `postgresql`."""
        return "sqlite" if "sqlite" in self.database()["ENGINE"] else "postgresql"

    def database(self, alias="default"):
        return settings.DATABASES[alias]

    def public_hosts(self):
        """Names in ALLOWED_HOSTS under which others reach the site."""
        return [host for host in settings.ALLOWED_HOSTS if not is_own_machine(host)]


def is_own_machine(host):
    """Whether a name or address never leaves this machine; no name is looked up."""
    return host in OWN_MACHINE or host.endswith(".localhost") or is_loopback(host)


def is_loopback(host):
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
