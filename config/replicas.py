"""Where a request reads: from the primary database, or from its replica (docs/decisions/0014).

A request has one place for all it reads, chosen before its view runs, so that what it reads is never
older than the version of the city it began with. Writes, and all that is read inside a transaction,
go to the primary. Outside of requests everything does.
"""

import contextvars

from django.conf import settings
from django.core.signals import request_finished
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import OperationalError, connections
from django.dispatch import receiver
from django.http import HttpResponse
from django.template.loader import get_template
from django.urls import resolve

from config.lag import follower
from config.postgresql.base import circuit_of
from config.unavailable import RETRY_AFTER_SECONDS
from services.api.keys import SCHEME
from services.api.outside import drain, is_for_a_program, problem

REPLICA = "replica"

#: Routes of which every method only reads what everybody may read. What the guide is told at a door
#: (`told`) is written as well, as far as the primary can be reached: the plan on the device moves
#: without it. Of the API `changes` is missing: its order must not seem to go back.
FROM_REPLICA = frozenset(
    {
        *("home", "city", "services", "service", "sheet", "reported"),
        *("learn", "toolbox", "practice-plan", "practice-print", "practice-print-group"),
        *("guide", "question", "plan", "start-again", "told", "card", "still-right", "help"),
        *("offline", "offline-list", "no-line"),
        *("api-plan", "api-pathway", "api-cities", "api-needs", "api-target-groups"),
        *("api-services", "api-geojson", "api-service"),
        *("docs", "profile", "openapi"),
        *("hsds-root", "hsds-services", "hsds-service", "hsds-sites", "hsds-site"),
        *("hsds-organizations", "hsds-organization", "hsds-taxonomies", "hsds-taxonomy"),
        *("hsds-terms", "hsds-term"),
        *("oruk-root", "oruk-services", "oruk-service", "oruk-sites", "oruk-site"),
        *("oruk-taxonomies", "oruk-taxonomy", "oruk-terms", "oruk-term"),
    }
)
#: Routes that ask no database anything, or can do without: nobody waits for one there.
WITHOUT_DATABASE = frozenset(
    {
        *("leave", "language", "privacy", "offline-worker", "healthz", "readyz", "metrics"),
        *("practice", "practice-case", "practice-comparison", "practice-question"),
        "practice-start-again",
    }
)

_place = contextvars.ContextVar("place", default=PRIMARY)


class Router:
    """Reads where the request reads, writes to the primary."""

    def db_for_read(self, model, instance=None, **hints):
        if _place.get() == PRIMARY or connections[PRIMARY].in_atomic_block:
            return PRIMARY
        # What hangs on a row that came from the primary must not be older than the row.
        came_from = instance._state.db if instance is not None else None
        return came_from or REPLICA

    def db_for_write(self, model, **hints):
        return PRIMARY

    def allow_relation(self, first, second, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return False if db == REPLICA else None


class ReadFromReplica:
    """Chooses the place of each request, and answers for a primary that is away.

    Who somebody is, and what a key may, only the primary says. While it is away whoever is signed
    in reads the public pages as anybody does and stays signed in; a partner's key is asked to come
    back later, and so is everything that writes. While the replica is away, or lags, the primary does
    it all.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        _place.set(PRIMARY)
        request.is_known = _has_session(request) or _has_key(request)
        if request.is_known and not is_reached(PRIMARY):
            if _has_key(request):
                return _try_later(request)
            # The session, which stands in the primary, is neither read nor ended.
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
            request.is_known, request.reads_as_anybody = False, True
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = name_of(request)
        if request.is_known or name in WITHOUT_DATABASE:
            return None
        if name in FROM_REPLICA:
            # Where both are away the view fails, as it does without a replica.
            _place.set(REPLICA if is_reached(REPLICA) and _is_best() else PRIMARY)
            return None
        return None if is_reached(PRIMARY) or not is_reached(REPLICA) else _try_later(request)


# An answer may be written while it is sent, so not when the view returns.
@receiver(request_finished)
def _after_request(**_details):
    _place.set(PRIMARY)


def _is_best():
    """Whether to read from a replica that is there: one that lags is better than nothing only."""
    return follower.follows() or circuit_of(PRIMARY).is_open or not is_reached(PRIMARY)


def is_reached(alias):
    """Whether a database can be connected to; the connection is then there for the request."""
    connection = connections[alias]
    try:
        connection.close_if_health_check_failed()
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


def name_of(request):
    """The name of the route of a request; the API's twins with a slash have that of the other."""
    match = request.resolver_match
    if match.url_name is not None:
        return match.view_name
    path = request.path_info
    return resolve(path[:-1] if path.endswith("/") else f"{path}/").view_name


def _has_session(request):
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _has_key(request):
    return request.META.get("HTTP_AUTHORIZATION", "").lower().startswith(SCHEME.lower())


def _try_later(request):
    """503 for what only the primary can do; nothing of it has been begun."""
    drain(request)
    if is_for_a_program(request):
        response = problem(503)
    else:
        response = HttpResponse(get_template("try_later.html").render(), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
