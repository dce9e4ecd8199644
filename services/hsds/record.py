"""A listing as HSDS objects. Reads `Listing`s only, so that nothing leaves that is not projected.

What HSDS has no field for stands under `waymark`, in our own words; the profile page describes it.
An empty field is left out: the schemas refuse null.
"""

import datetime
import functools
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from services.hsds import vocabulary as words
from services.hsds.extension import extension
from services.hsds.plain import moment, without_empty
from services.hsds.schedules import weekly
from services.ids import stable_text
from services.languages import language_name
from services.models import Criterion, Service

ACTIVE = "active"
ADULT = 18


def service(listing, vocabulary):
    """A service with everything that hangs on it."""
    parts = {
        **service_in_list(listing, vocabulary),
        "phones": [_phone(listing, phone) for phone in _numbered(listing.phones)],
        "schedules": _schedules(listing),
        "service_areas": _areas(listing, vocabulary),
        "service_at_locations": [_site(listing, site) for site in listing.sites],
        "languages": [_language(listing, tag) for tag in listing.languages],
        "cost_options": _costs(listing),
        "capacities": _capacities(listing),
        "attributes": _attributes(listing, vocabulary),
        "waymark": extension(listing),
    }
    return without_empty(parts)


def service_in_list(listing, vocabulary):
    """A service without what hangs on it, as lists show it."""
    fees = _fees(listing)
    return without_empty(
        {
            "id": listing.id,
            "organization_id": listing.organization_id,
            "name": listing.name,
            "alternate_name": _other_name(listing),
            "description": listing.summary,
            "url": iri_to_uri(listing.website),
            "email": listing.email,
            "status": ACTIVE,
            "interpretation_services": _interpretation(listing),
            "application_process": _way_in(listing),
            "fees_description": fees,
            "fees": fees,
            "eligibility_description": _eligibility(listing),
            "minimum_age": listing.age_min,
            "maximum_age": _oldest(listing),
            "assured_date": _assured(listing),
            "alert": _alert(listing),
            "last_modified": moment(listing.last_modified),
            "organization": organization(listing.organization_id, listing.organization),
        }
    )


def service_minimal(listing, vocabulary):
    """Id and date of change, and the two fields without which a service is not valid."""
    changed = moment(listing.last_modified)
    return {
        "id": listing.id,
        "name": listing.name,
        "status": ACTIVE,
        "last_modified": changed,
        "modified_date": changed,
    }


def site(listing, vocabulary, part):
    """A service at one of its places, with both."""
    of_it = next(one for one in listing.sites if one.id == part)
    return without_empty(
        {
            **_site(listing, of_it),
            # Every OpenAPI file of the standard points at the service's schema here: fit both.
            "name": listing.name,
            "status": ACTIVE,
            "phones": [_phone(listing, phone) for phone in _numbered(listing.phones)],
            "schedules": _schedules(listing),
            "service_areas": _areas(listing, vocabulary),
            "service": service_in_list(listing, vocabulary),
        }
    )


def site_in_list(listing, vocabulary, part):
    """A service at one of its places, without what hangs on either."""
    whole = site(listing, vocabulary, part)
    place = {k: v for k, v in whole["location"].items() if k not in ("addresses", "accessibility")}
    kept = ("id", "service_id", "location_id", "description", "service")
    return {name: whole[name] for name in kept if name in whole} | {"location": place}


def service_short(listing, vocabulary):
    """A service as its organisation names it."""
    return {
        "id": listing.id,
        "organization_id": listing.organization_id,
        "name": listing.name,
        "status": ACTIVE,
    }


def organization(pk, name):
    """Who runs services; HSDS asks for a description, of which nothing but the name is known."""
    return {"id": str(pk), "name": name, "description": name}


def taxonomy(one):
    """A `Taxonomy` as HSDS has it."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "version": words.VERSION,
    }


def term(one, language):
    """A `Term` as HSDS has it, with its taxonomy."""
    return without_empty(
        {**_bare_term(one), "language": language, "taxonomy_detail": taxonomy(one.taxonomy)}
    )


def _bare_term(one):
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name,
        "description": one.description,
        "parent_id": one.parent,
        "taxonomy": one.taxonomy.name,
        "taxonomy_id": one.taxonomy.id,
    }


def _id(listing, kind, key):
    return stable_text(kind, f"{listing.id}/{key}")


def _oldest(listing):
    """The oldest age it takes; one for under-18s alone says it by that."""
    return ADULT - 1 if listing.age_max is None and listing.for_minors_only else listing.age_max


def _other_name(listing):
    names = [listing.official_name, *listing.aliases]
    return next((name for name in names if name != listing.name), "")


def _interpretation(listing):
    said = {
        "takes": _("Interpreter on request."),
        "asks-first": _("Perhaps an interpreter: ask first."),
        "does-not-take": _("No interpreter."),
    }
    return said.get(listing.interpreter, "")


def _way_in(listing):
    label = dict(Service.WayIn.choices).get(listing.how_to_get_in)
    label = f"{str(label).capitalize()}." if label else ""
    return " ".join(part for part in (label, listing.way_in) if part)


def _fees(listing):
    label = dict(Service.Cost.choices).get(listing.cost)
    label = f"{str(label).capitalize()}." if label else ""
    return " ".join(part for part in (label, listing.cost_note) if part)


def _eligibility(listing):
    """Whom it takes in words, each of the three answers a sentence."""
    labels = dict(Criterion.Code.choices)
    headings = {
        "takes": _("Takes: %s."),
        "asks-first": _("Ask first: %s."),
        "does-not-take": _("Does not take: %s."),
    }
    sentences = []
    for stance, heading in headings.items():
        codes = [code for code, said in listing.criteria.items() if said.stance == stance]
        if codes:
            sentences.append(heading % ", ".join(str(labels.get(code, code)) for code in codes))
    return " ".join(sentences)


def _assured(listing):
    """The day on which phone and contact were last confirmed."""
    trust = listing.trust.get("contact")
    return trust.on.isoformat() if trust and trust.on else ""


def _alert(listing):
    return _("Full at the moment.") if listing.capacity == "full" else ""


def _numbered(phones):
    """Each phone with how many of the same number came before it."""
    seen = {}
    for phone in phones:
        seen[phone.href] = seen.get(phone.href, 0) + 1
        yield phone, seen[phone.href]


def _phone(listing, numbered):
    phone, occurrence = numbered
    return without_empty(
        {
            "id": _id(listing, "phone", f"{phone.href}/{occurrence}"),
            "service_id": listing.id,
            "number": phone.written or phone.number,
            "type": "voice",
            "description": phone.note,
            "opening_hours": phone.opening_hours,
        }
    )


def _schedules(listing):
    """One for each set of times; for hours that are not weekly, one with the string alone."""
    hours = listing.hours
    if not (hours or listing.hours_note):
        return []
    openings = weekly(hours)
    texts = {"description": listing.hours_note, "notes": hours}
    if not openings:
        return [without_empty({**_schedule_ids(listing, 0), **texts})]
    offset = _offset(listing.timezone)
    return [
        without_empty(
            {
                **_schedule_ids(listing, number),
                "freq": "WEEKLY",
                "byday": ",".join(opening.days),
                "opens_at": opening.opens + offset,
                "closes_at": opening.closes + offset,
                **texts,
                "description": _opening_words(opening, listing),
            }
        )
        for number, opening in enumerate(openings)
    ]


def _schedule_ids(listing, number):
    return {"id": _id(listing, "schedule", number), "service_id": listing.id}


def _opening_words(opening, listing):
    unsure = "" if opening.sure else _("Perhaps open: ask first.")
    return " ".join(part for part in (unsure, opening.note, listing.hours_note) if part)


def _offset(zone):
    """How far the clock of a listing is from UTC today, as in +02:00."""
    return _offset_on(zone, timezone.now().date())


@functools.lru_cache(maxsize=1024)
def _offset_on(zone, day):
    noon = datetime.datetime.combine(day, datetime.time(12), ZoneInfo(zone))
    return noon.isoformat()[19:]


def _areas(listing, vocabulary):
    """Where people live whom it is for: cities, a country, or all of Europe."""
    if listing.reach == Service.Reach.EUROPEAN:
        return [_area(listing, "EU", _("Europe"), "")]
    if listing.reach == Service.Reach.NATIONAL:
        name = vocabulary.countries.get(listing.country, listing.country)
        return [_area(listing, listing.country, name, "country")]
    cities = [vocabulary.cities[slug] for slug in listing.cities if slug in vocabulary.cities]
    return [_area(listing, city.slug, city.name, "city") for city in cities]


def _area(listing, key, name, kind):
    return without_empty(
        {
            "id": _id(listing, "area", key),
            "service_id": listing.id,
            "name": name,
            "service_area": name,
            "extent": key,
            "extent_type": kind,
        }
    )


def _site(listing, one):
    return without_empty(
        {
            "id": one.id,
            "service_id": listing.id,
            "location_id": _location_id(one),
            "location": _location(listing, one),
        }
    )


def _location_id(one):
    """Of a withheld place not even its id: another service may be at the same one."""
    return one.location or stable_text("withheld", one.id)


def _location(listing, one):
    if one.place is None:
        # “redacted” was never adopted: https://github.com/openreferral/specification/issues/166
        known = {} if one.is_virtual else {"description": _("Address given on contact")}
        return {"id": _location_id(one), "location_type": "virtual", **known}
    place = one.place
    return without_empty(
        {
            "id": one.location,
            "location_type": "physical",
            "name": place.street or place.town,
            "description": place.note,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "addresses": _addresses(listing, one),
            "accessibility": _accessibility(listing, one),
        }
    )


def _addresses(listing, one):
    place = one.place
    if not (place.street or place.postal_code or place.town):
        return []
    return [
        {
            "id": stable_text("address", one.location),
            "location_id": one.location,
            "address_1": place.street,
            "city": place.town,
            "state_province": "",
            "postal_code": place.postal_code,
            "country": listing.country,
            "address_type": "physical",
        }
    ]


def _accessibility(listing, one):
    said = {
        "takes": _("Step-free entrance."),
        "asks-first": _("Step-free entrance: ask first."),
        "does-not-take": _("No step-free entrance."),
    }.get(listing.stance("step-free"))
    if not said:
        return []
    return [
        {
            "id": stable_text("accessibility", f"{listing.id}/{one.location}"),
            "location_id": one.location,
            "description": said,
        }
    ]


def _language(listing, tag):
    return {
        "id": _id(listing, "language", tag),
        "service_id": listing.id,
        "code": tag,
        "name": language_name(tag),
    }


def _costs(listing):
    """Nothing to pay is the only amount that is known."""
    if listing.cost != Service.Cost.FREE:
        return []
    option = {
        "id": _id(listing, "cost", "free"),
        "service_id": listing.id,
        "option": str(Service.Cost.FREE.label),
        "amount": 0,
        "currency": "EUR",
        "amount_description": listing.cost_note,
    }
    return [without_empty(option)]


def _capacities(listing):
    """A number is known only of a full service: none."""
    if listing.capacity != "full":
        return []
    return [
        {
            "id": _id(listing, "capacity", "places"),
            "service_id": listing.id,
            "unit": {"id": stable_text("unit", "places"), "name": _("places")},
            "available": 0,
            "updated": moment(listing.last_modified),
        }
    ]


def _attributes(listing, vocabulary):
    """What the service is filed under, by kind of link."""
    links = [
        *(("need", words.NEEDS, code, "") for code in sorted(listing.needs)),
        *(("audience", words.GROUPS, code, "") for code in sorted(listing.groups)),
        *(
            ("eligibility", words.CRITERIA, code, said.stance)
            for code, said in listing.criteria.items()
        ),
        ("referral_method", words.WAYS_IN, listing.how_to_get_in, ""),
        ("reach", words.REACH, listing.reach, ""),
    ]
    if listing.confidential:
        links.append(("confidentiality", words.CONFIDENTIALITY, "confidential", ""))
    found = ((kind, vocabulary.term(tax, code), value) for kind, tax, code, value in links)
    return [_attribute(listing, *link) for link in found if link[1] is not None]


def _attribute(listing, kind, of_it, value):
    return without_empty(
        {
            "id": _id(listing, "attribute", of_it.id),
            "link_id": listing.id,
            "link_entity": "service",
            "link_type": kind,
            "value": value,
            "taxonomy_term_id": of_it.id,
            "taxonomy_term": without_empty(_bare_term(of_it)),
        }
    )
