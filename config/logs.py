"""Logs and error reports that never hold what somebody typed or looked for."""

import logging
import re
import traceback

from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

#: From a question mark to the protocol that closes a request line, or to the end of the line.
_QUERY = re.compile(r"\?.*?(?=\s+HTTP/\d|$)", re.MULTILINE)
#: How many exceptions of a chain are shown.
_CHAIN = 5


class NoContent(logging.Filter):
    """Keeps places and types; drops query strings, the request, and the words of exceptions."""

    def filter(self, record):
        record.msg = _QUERY.sub("", record.getMessage())
        record.args = ()
        record.__dict__.pop("request", None)
        if record.exc_info:
            record.exc_text = places_and_types(record.exc_info[1])
            record.exc_info = None
        return True


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
