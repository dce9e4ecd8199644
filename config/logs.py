"""Logs and error reports that never hold what somebody typed or looked for."""

import ipaddress
import logging
import re
import traceback

from django.conf import settings
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

#: From a question mark to the protocol that closes a request line, or to the end.
_QUERY = re.compile(r"\?.*?(?=\s+HTTP/\d|$)")
#: What follows these in a path opens something for whoever holds it: a secret, and so in no log.
SECRETS_FOLLOW = (
    "/accounts/invitation/",
    "/accounts/password/reset/key/",
    "/check/",
    "/handoff/",
    # It opens nothing without the key, but lines about one referral would tell its story.
    "/api/v1/referrals/",
)
_SECRET = re.compile("({})[^\\s\"']+".format("|".join(map(re.escape, SECRETS_FOLLOW))))
#: How gunicorn begins a line that goes on with the visitor's address and what was sent.
_UNREADABLE = "Invalid request from "
#: Where Django tells, in the words of an exception, that it refused a request.
_REFUSALS = "django.security."
#: So much of an address may be kept: a network of some hundred households, nobody's own.
_IPV4_PREFIX, _IPV6_PREFIX = 24, 48
#: How many exceptions of a chain are shown.
_CHAIN = 5


class NoContent(logging.Filter):
    """Keeps places and types; drops query strings, secrets in paths, the request, and the words
    of exceptions.

    What was sent cannot make a line of its own: whatever is not printable is written out.
    """

    def filter(self, record):
        request = record.__dict__.pop("request", None)
        is_refusal = record.name.startswith(_REFUSALS)
        message = _refusal(record, request) if is_refusal else record.getMessage()
        if record.name == "gunicorn.access" and isinstance(record.args, dict):
            record.access = _access(record.args)
        record.msg = _without_content(message)
        record.args = ()
        if is_refusal:
            record.exc_info = record.exc_text = None
        elif record.exc_info:
            record.exc_text = places_and_types(record.exc_info[1])
            record.exc_info = None
        return True


def _without_content(text):
    return _SECRET.sub(r"\1***", _QUERY.sub("", _on_one_line(text)))


def _access(atoms):
    """What a JSON line holds of a request, and all it holds; names: gunicorn's `access_log_format`."""
    return {
        "method": _without_content(str(atoms["m"])),
        "path": _without_content(str(atoms["U"])),
        "status": int(atoms["s"]),
        "bytes": atoms["B"] or 0,
        "ms": atoms["M"],
        "client": network_of(_sender(atoms)),
    }


def _sender(atoms):
    """The address that asked; behind a proxy the last one that the proxy names, as for the limits."""
    if settings.BEHIND_PROXY:
        return atoms.get("{x-forwarded-for}i", "").rpartition(",")[2]
    return atoms["h"]


def network_of(address):
    """The network of an address, cut so that it leads to nobody; `-` of what is none."""
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return "-"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    prefix = _IPV4_PREFIX if ip.version == 4 else _IPV6_PREFIX
    return str(ipaddress.ip_network((int(ip), prefix), strict=False))


def _refusal(record, request):
    """What Django refused and where, without the name of the host or site that was sent."""
    kind = record.name.removeprefix(_REFUSALS)
    return f"Refused ({kind}): {getattr(request, 'path', '-')}"


def _on_one_line(message):
    if message.startswith(_UNREADABLE):
        return "A request that cannot be read was refused."
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in message)


def places_and_types(error):
    """The traceback of an exception and of those behind it, without their messages.

    A message quotes what was typed: `invalid literal for int(): 'her name'`.
    """
    parts = []
    while error is not None and len(parts) < _CHAIN:
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return "\nwhile handling:\n".join(parts)


class NoFormData(SafeExceptionReporterFilter):
    """Error reports carry no form data, cookies, or local variables of a request."""

    def is_active(self, request):
        return True

    def get_post_parameters(self, request):
        return {}

    def get_safe_cookies(self, request):
        return {}

    def get_traceback_frame_variables(self, request, tb_frame):
        return []


class QuietReport(ExceptionReporter):
    """An error report, also one sent by mail, of places and types: no request, no message."""

    def __init__(self, request, exc_type, exc_value, tb, is_email=False):
        silent = exc_type and Exception(exc_type.__name__)
        super().__init__(None, exc_type, silent, tb, is_email)
