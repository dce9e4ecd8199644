"""Keys of partners: who reads with one, and how much.

Authorization: Api-Key <key>
"""

import re

from django.db.models import F
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework_api_key.permissions import KeyParser

from services.api.throttling import Guessing
from services.models import KeyUse, PartnerKey
from services.visibility import ANYBODY

SCHEME = KeyParser.keyword
#: What a key looks like; nothing else is looked up, so that no junk reaches the database.
SHAPE = re.compile(r"[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}")


class PartnerKeyAuthentication(BaseAuthentication):
    """`request.auth` is the PartnerKey of a request, None without one; a wrong key is refused."""

    def authenticate(self, request):
        text = _key_in(request)
        if text is None:
            return None
        key = _usable_key(text)
        if key is None:
            _slow_down(request)
            raise AuthenticationFailed("This key is wrong, revoked or expired.")
        _count_use(key)
        return None, key

    def authenticate_header(self, request):
        return SCHEME


class PartnerKeyScheme(OpenApiAuthenticationExtension):
    """The key in the description of the API."""

    target_class = PartnerKeyAuthentication
    name = "PartnerKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": f"`{SCHEME}`, a space, and the key.",
        }


def reader_of(request):
    """Who reads, by the key of a request of the REST framework; at most one query a request."""
    if not isinstance(request.auth, PartnerKey):
        return ANYBODY
    if "partner_reader" not in request.__dict__:
        request.partner_reader = request.auth.reader
    return request.partner_reader


def _key_in(request):
    """The key of a request; empty where the scheme stands alone, None with another or none."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header.strip().lower() == SCHEME.lower():
        return ""
    return KeyParser().get(request)


def _usable_key(text):
    if not SHAPE.fullmatch(text):
        return None
    try:
        key = PartnerKey.objects.get_from_key(text)
    except PartnerKey.DoesNotExist:
        return None
    return None if key.has_expired else key


def _slow_down(request):
    """Wrong keys are refused before the limits are asked: somebody who guesses has one too."""
    limit = Guessing()
    if not limit.allow_request(request, None):
        raise Throttled(limit.wait())


def _count_use(key):
    """One more request of a key today; one query, three for the first of a day."""
    today = timezone.now().date()
    use = KeyUse.objects.filter(key=key, day=today)
    if not use.update(requests=F("requests") + 1):
        KeyUse.objects.bulk_create([KeyUse(key=key, day=today)], ignore_conflicts=True)
        use.update(requests=F("requests") + 1)
