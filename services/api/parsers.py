"""Request bodies: small, UTF-8, plain JSON."""

import json

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from services.api.problems import BodyTooLarge


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


class StrictJSONParser(JSONParser):
    """JSON without NaN or Infinity, at most `API_MAX_BODY_BYTES` long; the rest is never read."""

    def parse(self, stream, media_type=None, parser_context=None):
        limit = settings.API_MAX_BODY_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge(f"The body is larger than {limit} bytes.")
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not JSON.") from error
