"""What the machine needs to know of each request, and nothing of what was asked for."""

import threading
import time

from django.conf import settings
from django.db import Error

from operations import meters
from services import directory

#: Asked by the machine itself, every few seconds.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class ProbesByAddress:
    """Answers the machine's own questions under whatever host they name.

    A container platform and Prometheus ask by the address of the machine, which is no host of the
    site; the answers name no host either.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].removeprefix(".")
        return self.get_response(request)


class Measured:
    """Counts each request by the kind of its page, and how long it took."""

    def __init__(self, get_response):
        self.get_response = get_response
        self._counting = threading.Lock()
        self._uses = directory.uses()

    def __call__(self, request):
        started = time.perf_counter()
        response = self.get_response(request)
        meters.request_done(
            kind_of(request), request.method, response.status_code, time.perf_counter() - started
        )
        self._count_directory()
        return response

    def _count_directory(self):
        """What was asked of the directories in memory since the request before."""
        uses = directory.uses()
        if uses == self._uses:
            return
        with self._counting:
            new = [max(now - before, 0) for now, before in zip(uses, self._uses, strict=True)]
            self._uses = uses
        meters.directory_used(*new)


class DatabaseErrorsCounted:
    """Counts the requests whose view met an error of the database, whoever answers them then."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, Error):
            meters.database_error(type(error).__name__)


#: Routes of the plan, which stand among those of the guide.
PLAN = frozenset({"plan", "card", "told", "still-right", "practice-plan", "practice-print"})
#: How paths begin that belong to a kind, whether or not there is a page; the first fits.
BEGINNINGS = (
    ("/api/hsds/", "hsds"),
    ("/api/oruk/", "hsds"),
    ("/api/", "api"),
    ("/office/", "office"),
    ("/network/", "office"),
    ("/admin/", "office"),
    ("/accounts/", "office"),
    ("/my-referrals/", "office"),
    ("/check/", "office"),
    ("/handoff/", "office"),
)


def kind_of(request):
    """One of `meters.KINDS`, which say nothing of city, question or listing."""
    path = request.path_info
    if path in PROBES:
        return "health"
    if path.startswith(settings.STATIC_URL):
        return "static"
    fixed = next((kind for beginning, kind in BEGINNINGS if path.startswith(beginning)), None)
    return fixed or _kind_of_page(request.resolver_match)


def _kind_of_page(match):
    if match is None:
        return "other"
    if match.url_name in PLAN:
        return "plan"
    if match.url_name == "refer":
        return "office"
    return "guide" if "/guide/" in match.route else "pages"
