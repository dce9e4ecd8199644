"""Listings that look like the one somebody is writing down."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from services import scopes
from services.models import Phone, Service
from services.phones import line_of
from services.search import normalise
from services.visibility import Audience, Visibility

OFFERED = 5
#: From this likeness on, of 100, two names may mean the same.
ALIKE = 78
#: Shorter names are like too many others.
SHORTEST_NAME = 4
SHORTEST_PHONE = 6


@dataclass(frozen=True)
class Alike:
    """A listing that may be the same, why, and where to look at it."""

    name: str
    organization: str
    why: str
    address: str


def alike(standing, city, *, name="", phone="", website="", without=None):
    """Up to five `Alike`, the likest first; five queries.

    Of what this person may edit in this city, and of what everybody in it may see. By a phone
    that is kept for administrators, and by the website of a confidential service, nothing is found.
    """
    mine = scopes.editable(standing, city)
    public = Service.objects.visible_to(Audience.PUBLIC).serving(city)
    wanted = (mine | public).exclude(pk=without) if without else mine | public
    found = _by_phone(wanted, mine, phone) | _by_website(wanted, website)
    found |= {pk: score for pk, score in _by_name(wanted, name).items() if pk not in found}
    best = sorted(found, key=lambda pk: (-found[pk][0], str(pk)))[:OFFERED]
    return _described(best, found, mine, city)


def _by_phone(services, mine, phone):
    phone = phone.strip()
    if len(phone) < SHORTEST_PHONE:
        return {}
    line = line_of(f"+{phone[2:]}" if phone.startswith("00") else phone)
    own = mine.filter(pk=OuterRef("service"))
    phones = Phone.objects.filter(service__in=services.order_by().values("pk"))
    phones = phones.exclude(visibility=Visibility.SEALED).annotate(own=Exists(own)).order_by()
    rows = phones.values_list("service", "number", "visibility", "own")
    return {
        pk: (102, _("Same phone number"))
        for pk, number, visibility, own in rows
        if (own or visibility == Visibility.PUBLIC) and line_of(number) == line
    }


def _by_website(services, website):
    page = _page(website)
    if not page:
        return {}
    rows = services.filter(confidential=False).order_by()
    sealed = {one.pk: one.website for one in rows.filter(visibility=Visibility.SEALED)}
    known = dict(rows.exclude(website="").values_list("pk", "website")) | sealed
    return {pk: (101, _("Same website")) for pk, url in known.items() if url and _page(url) == page}


def _page(url):
    """What two addresses of one page have in common; empty where it is none."""
    try:
        parts = urlsplit(url.strip() if "//" in url else f"//{url.strip()}")
    except ValueError:
        return ""
    host = (parts.netloc or "").casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" if "." in host else ""


def _by_name(services, name):
    sought = normalise(name)
    if len(sought) < SHORTEST_NAME:
        return {}
    rows = services.order_by().values_list("pk", "official_name")
    words = Service._parler_meta.root_model.objects.filter(
        master__in=services.order_by().values("pk")
    )
    names = [*rows, *words.order_by().values_list("master", "name")]
    likest = process.extract(
        sought,
        [normalise(known) for _pk, known in names],
        scorer=fuzz.token_sort_ratio,
        score_cutoff=ALIKE,
        limit=4 * OFFERED,
    )
    return {names[index][0]: (score, _("Similar name")) for _name, score, index in likest[::-1]}


def _described(pks, found, mine, city):
    editable = set(mine.filter(pk__in=pks).values_list("pk", flat=True))
    services = Service.objects.filter(pk__in=pks).select_related("organization").in_bulk()
    return [
        Alike(
            services[pk].official_name,
            services[pk].organization.name,
            found[pk][1],
            _address(services[pk], pk in editable, city),
        )
        for pk in pks
    ]


def _address(service, is_mine, city):
    if is_mine:
        return reverse("admin:services_service_change", args=[service.pk])
    return reverse("service", args=[city.slug, service.slug])
