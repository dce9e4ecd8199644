"""Secrets, hosts and https: what settings accept and a public site had better not have."""

import math
import re
import subprocess
from collections import Counter
from pathlib import Path

from django.conf import settings

from operations.doctor.finding import CannotTell, check, fault, risk
from services.checks import KNOWN_SECRETS, SHORTEST_SECRET

#: How to mend each of its faults.
MADE_ANEW = "SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(50))')"
#: Fewer bits by the frequency of its characters than this are typed by hand or repeat themselves.
LEAST_BITS = 160
#: Words that stand in examples and nowhere in chance.
SAMPLE_WORDS = re.compile(
    r"change.?me|secret.?key|example|insecure|password|replace|your.?|0123456789|abcdefgh", re.I
)
DAYS_OF_HSTS = 180


@check("D01", "variables")
def wrong_variables(site):
    """Told by `looking`: settings refuse them before any check can run."""
    return ()


@check("D02", "secret key", needs=["SECRET_KEY"], production=True)
def secret_key(site):
    """A secret that others know or can guess opens every session."""
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_SECRET:
        yield fault(f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters.", MADE_ANEW)
    elif key.startswith(KNOWN_SECRETS) or SAMPLE_WORDS.search(key):
        yield fault("SECRET_KEY looks like one of an example.", MADE_ANEW)
    elif bits(key) < LEAST_BITS:
        yield fault("SECRET_KEY is long but repeats itself: it can be guessed.", MADE_ANEW)
    elif stands_in_files(key, settings.BASE_DIR):
        yield fault("SECRET_KEY stands in a file of the code: others have it.", MADE_ANEW)


def bits(text):
    """Shannon's entropy of the characters of a text, all of them together."""
    counts = Counter(text).values()
    return -sum(n * math.log2(n / len(text)) for n in counts)


def stands_in_files(text, folder):
    """Whether a file of the repository holds the text; asks git, and reads the docs without it."""
    # By standard input: arguments are shown to everybody on the machine.
    command = ["git", "-C", str(folder), "grep", "-qF", "-f", "-"]
    try:
        asked = subprocess.run(command, input=text, text=True, capture_output=True, timeout=20)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        asked = None
    if asked is not None and asked.returncode in (0, 1):
        return asked.returncode == 0
    files = [p for name in ("docs", "deploy") for p in Path(folder, name).rglob("*") if p.is_file()]
    return any(text in path.read_text(encoding="utf-8", errors="replace") for path in files)


@check("D03", "demo on a public host", needs=["WAYMARK_ENV", "ALLOWED_HOSTS"])
def demo_in_public(site):
    """The demo's people have one password, and its pages say what went wrong."""
    if settings.DEBUG:
        yield fault("DEBUG is on: error pages show what people typed.", "Remove it from settings.")
    public = site.public_hosts()
    if not site.is_production and public:
        yield fault(
            f"WAYMARK_ENV={settings.ENVIRONMENT} on a public host ({public[0]}).",
            "WAYMARK_ENV=production",
        )


@check("D04", "hosts", needs=["ALLOWED_HOSTS"], production=True)
def only_this_machine(site):
    if not site.public_hosts():
        yield fault(
            "ALLOWED_HOSTS names this machine alone: everybody else gets “bad request”.",
            "ALLOWED_HOSTS=guide.example.org, the name that people type",
        )


@check("D05", "site's address", needs=["SITE_URL", "ALLOWED_HOSTS"], production=True)
def site_address(site):
    """Links in mails lead to `SITE_URL`: it has to be answered."""
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    hosts = settings.ALLOWED_HOSTS
    if not host:
        name = next(iter(site.public_hosts()), "guide.example.org")
        yield fault("SITE_URL is not set: no mail can be sent.", f"SITE_URL=https://{name}")
    elif not any(h == host or (h.startswith(".") and host.endswith(h)) for h in hosts):
        yield fault(
            f"SITE_URL leads to {host}, which ALLOWED_HOSTS does not name: links in mails fail.",
            f"ALLOWED_HOSTS={','.join([*hosts, host])}",
        )


@check("D06", "https", needs=["SECURE_SSL_REDIRECT"], production=True)
def redirect_to_https(site):
    if not settings.SECURE_SSL_REDIRECT:
        yield risk(
            "http is answered in the clear: whoever shares the line reads along.",
            "SECURE_SSL_REDIRECT=true (or unset it: it is on in production)",
        )


@check("D07", "hsts", needs=["SECURE_HSTS_SECONDS"], production=True)
def hsts(site):
    if settings.SECURE_HSTS_SECONDS < DAYS_OF_HSTS * 86400:
        yield risk(
            f"Browsers are told to insist on https for less than {DAYS_OF_HSTS} days.",
            "SECURE_HSTS_SECONDS=31536000 (or unset it), once https works on every name",
        )


@check("D08", "proxy", needs=["BEHIND_PROXY", "SECURE_SSL_REDIRECT"], production=True)
def behind_proxy(site):
    """gunicorn answers plain http here unless it was given a certificate, so a proxy must stand before it.

    Whether requests carry `X-Forwarded-For` cannot be known from a command.
    """
    own_tls = "--certfile" in site.environ.get("GUNICORN_CMD_ARGS", "")
    if settings.SECURE_SSL_REDIRECT and not settings.BEHIND_PROXY and not own_tls:
        yield risk(
            "BEHIND_PROXY is off. Behind a proxy that ends TLS, pages then lead to themselves for"
            " ever, and all visitors count as one address.",
            "BEHIND_PROXY=true if a proxy of yours sets X-Forwarded-Proto and -For (deploy/nginx.conf)",
        )
    elif settings.BEHIND_PROXY and own_tls:
        yield risk(
            "BEHIND_PROXY is on while gunicorn itself ends TLS: visitors can invent their address.",
            "BEHIND_PROXY=false if no proxy stands before the site",
        )


@check("D09", "sealing keys", needs=["SEALING_KEYS"], production=True)
def sealing_keys(site):
    if not hasattr(settings, "SEALING_KEYS"):
        raise CannotTell("this release seals nothing with keys of its own")
    if not settings.SEALING_KEYS:
        yield risk(
            "SEALING_KEYS is not set: a stolen database can be read without another key.",
            "See “Sealed fields” in docs/operators.md for how to make one",
        )
