"""Looking an address up with the Nominatim server that the operator chose, if any.

The one module that asks it. The question goes out by `services.outbound`: https to a public
address, no redirect, an end in time, nothing in a log.
"""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderTimedOut, GeocoderUnavailable, GeopyError
from geopy.geocoders import Nominatim

from services import outbound

TIMEOUT = 3
LARGEST_ANSWER = 256 * 1024
#: Answers offered; more would be a list to search in.
OFFERED = 5
#: Half the side, in degrees, of the box around the city that answers are preferred from.
AROUND = 0.5


class GeocodingError(Exception):
    """Nothing could be found out; the text says to an editor why, and what to do."""


@dataclass(frozen=True)
class Found:
    """A place that an address may mean."""

    label: str
    latitude: float
    longitude: float
    street: str = ""
    postal_code: str = ""
    town: str = ""


def is_on():
    """Whether there is a server to ask."""
    return bool(settings.GEOCODER_URL)


def look_up(address, city, language):
    """The places that an address may mean, those near the city first; takes up to three seconds."""
    if not is_on():
        raise GeocodingError(_("This site looks no addresses up. Put a pin instead."))
    near = {}
    if city.latitude is not None:
        south, west = city.latitude - AROUND, city.longitude - AROUND
        near["viewbox"] = [(south, west), (south + 2 * AROUND, west + 2 * AROUND)]
    try:
        answers = _geocoder().geocode(
            address,
            exactly_one=False,
            limit=OFFERED,
            addressdetails=True,
            language=language,
            country_codes=city.country_id.lower(),
            **near,
        )
        return [_found(answer) for answer in (answers or [])[:OFFERED]]
    except GeocoderTimedOut as error:
        raise GeocodingError(
            _("The address server took too long. Try again, or put a pin.")
        ) from error
    # What it answers is anybody's guess: the library trips over a shape it does not expect.
    except (GeopyError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise GeocodingError(
            _("The address server gave no answer that can be read. Put a pin instead.")
        ) from error


def _geocoder():
    parts = urlsplit(settings.GEOCODER_URL)
    return Nominatim(
        domain=f"{parts.netloc}{parts.path}",
        scheme=parts.scheme,
        user_agent=settings.SITE_NAME.encode("ascii", "ignore").decode() or outbound.USER_AGENT,
        timeout=TIMEOUT,
        adapter_factory=_ByOutbound,
    )


class _ByOutbound(BaseSyncAdapter):
    """How the library asks: through the one door of this server."""

    def get_json(self, url, *, timeout, headers):
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError("no JSON") from error

    def get_text(self, url, *, timeout, headers):
        try:
            return outbound.get(url, LARGEST_ANSWER, timeout, headers).decode()
        except outbound.OutboundError as error:
            slow = isinstance(error.__cause__, TimeoutError) or "too long" in str(error)
            raise (GeocoderTimedOut if slow else GeocoderUnavailable)(str(error)) from error


def _found(answer):
    parts = answer.raw.get("address") or {}
    street = " ".join(filter(None, [_text(parts, "road"), _text(parts, "house_number")]))
    return Found(
        label=str(answer.address or "")[:300],
        latitude=round(answer.latitude, 6),
        longitude=round(answer.longitude, 6),
        street=street,
        postal_code=_text(parts, "postcode"),
        town=_text(parts, "city") or _text(parts, "town") or _text(parts, "village"),
    )


def _text(parts, name):
    return str(parts.get(name) or "")[:120]
