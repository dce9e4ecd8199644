"""Problem details where no view of the API answers: no such address, a broken server.

Imports nothing of the REST framework, so that the site's error pages may use it at any time.
"""

import contextlib
from http import HTTPStatus

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"

#: How much of an unread body is read and thrown away, so that the sender hears the refusal.
MOST_DRAINED = 32 * 1024 * 1024
CHUNK = 64 * 1024


def is_for_a_program(request):
    """Whether who asks reads problem details rather than a page."""
    return request.path_info.startswith("/api/")


def problem(status):
    """An answer with the status and its usual title."""
    body = details_of(status, {"title": HTTPStatus(status).phrase})
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def details_of(status, details):
    """RFC 9457 problem details as every refusal of the API has them."""
    return {"type": "about:blank", "status": status, **details}


def drain(request):
    """Throw the rest of the body away: a socket closed with data unread loses the answer too."""
    left = MOST_DRAINED
    with contextlib.suppress(OSError):  # The sender has gone.
        while left > 0 and (chunk := request.read(CHUNK)):
            left -= len(chunk)
