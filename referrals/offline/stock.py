"""What a device may keep of a city: a list of addresses, each of a page that everybody may read.

The list is closed: the worker on the device keeps what stands here and nothing else, and fetches
it without cookies, as somebody whom nobody knows.
"""

import datetime
import hashlib

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from referrals.planning import now_in, public_listings
from services.browse import PAGE_SIZE

#: What the pages on the list load.
PARTS = ("site.css", "sheet.css", "leave.js", "print.js", "keep.js", "icon.svg")


def stock_of(city, language):
    """The list for a city in a language, with the words that stand above what is kept.

    Moments are in milliseconds since 1970, as scripts count them. Costs no query while the
    directory of the city is in memory.
    """
    now = now_in(city)
    dates = {"city": city, "since": now, "until": now + datetime.timedelta(settings.OFFLINE_DAYS)}
    return {
        "served": int(now.timestamp() * 1000),
        "days": settings.OFFLINE_DAYS,
        "fingerprint": fingerprint(city, language),
        "bar": _in_time_of(city, "bar", dates),
        "since": _in_time_of(city, "since", dates),
        "until": _in_time_of(city, "until", dates),
        "no_line": reverse("no-line", args=[city.slug]),
        "leave": settings.LEAVE_URL,
        "pages": pages(city, language),
        "parts": [static(name) for name in PARTS],
    }


def pages(city, language):
    """Addresses of the pages to keep: public ones alone, whoever asks."""
    slug = city.slug
    listed = public_listings(city, language)
    services = reverse("services", args=[slug])
    # The first of them too: the second page leads back to it by its number.
    numbers = range(1, -(-len(listed) // PAGE_SIZE) + 1)
    return [
        reverse("home"),
        reverse("city", args=[slug]),
        reverse("sheet", args=[slug]),
        reverse("offline", args=[slug]),
        reverse("no-line", args=[slug]),
        services,
        *(f"{services}?page={number}" for number in numbers),
        *(reverse("service", args=[slug, listing.slug]) for listing in listed),
    ]


def fingerprint(city, language):
    """Another text when a public listing came, went or changed, and only then."""
    listed = public_listings(city, language)
    rows = sorted(f"{listing.slug} {listing.last_modified}" for listing in listed)
    return hashlib.sha256("\n".join([language, *rows]).encode()).hexdigest()[:16]


def _in_time_of(city, name, facts):
    with timezone.override(city.timezone):
        return render_to_string(f"referrals/offline/{name}.html", facts).strip()
