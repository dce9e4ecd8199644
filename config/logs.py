"""Logs and error reports that never hold what somebody typed or looked for."""

import logging
import re

from django.views.debug import SafeExceptionReporterFilter

_QUERY = re.compile(r"\?[^\s\"']*")


class NoContent(logging.Filter):
    """Cuts query strings out of every message and drops the request object from records."""

    def filter(self, record):
        record.msg = _QUERY.sub("", record.getMessage())
        record.args = ()
        record.__dict__.pop("request", None)
        return True


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
