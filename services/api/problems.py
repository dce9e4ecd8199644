"""Errors of the API in one shape: RFC 9457 problem details."""

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.response import Response
from rest_framework.views import exception_handler

from services.api.outside import CONTENT_TYPE, details_of, drain

#: What a refusal says besides its body.
HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


class Problem(APIException):
    """A refusal that names the field and says which values it takes; `more` are further members."""

    def __init__(self, status_code, title, *, field=None, detail=None, allowed=None, **more):
        self.status_code = status_code
        self.problem = {"title": title, **more}
        if field is not None:
            self.problem["field"] = field
        if detail:
            self.problem["detail"] = detail
        if allowed is not None:
            self.problem["allowed"] = list(allowed)
        super().__init__(detail or title)


class BodyTooLarge(APIException):
    """More than the API reads."""

    status_code = 413
    default_detail = "The body is too large."


def problem_response(error, context):
    """Turn what a view raised into problem details; unexpected errors stay unexpected."""
    if isinstance(error, RequestDataTooBig):
        drain(context["request"]._request)
        error = BodyTooLarge()
    response = exception_handler(error, context)
    if response is None:
        return None
    details = getattr(error, "problem", None) or {"title": _title(error, response)}
    body = details_of(response.status_code, details)
    headers = {k: v for k, v in response.headers.items() if k in HEADERS}
    return Response(body, status=response.status_code, headers=headers, content_type=CONTENT_TYPE)


def _title(error, response):
    if isinstance(error, UnsupportedMediaType):
        # In the words of the framework it quotes what was sent.
        return "The body is of a kind that is not read here."
    detail = response.data.get("detail") if isinstance(response.data, dict) else None
    return str(detail) if detail else response.status_text
