"""A listing as our own API tells it: flat, every field always there, null where nothing is known."""

from django.utils.encoding import iri_to_uri

from services.hsds.plain import moment
from services.questions import to_ask
from services.recheck import recheck_by


def service_body(listing, opening, *, distance_km=None, fits=(), asks=()):
    """One listing, with its `Opening` at the moment asked for and what fits the filters."""
    return {
        **_who(listing),
        **_how(listing),
        **_for_whom(listing),
        **_trust(listing),
        "open": opening.state,
        "opens_at": _iso(opening.opens_at),
        "closes_at": _iso(opening.closes_at),
        "distance_km": distance_km,
        "fits": list(fits),
        "asks_first": list(asks),
        "ask": [{"code": code, "text": text} for code, text in to_ask(listing)],
    }


def _who(listing):
    return {
        "id": listing.id,
        "service_at_location": listing.service_at_location,
        "slug": listing.slug,
        "name": listing.name,
        "official_name": listing.official_name,
        "organization": listing.organization,
        "organization_id": listing.organization_id,
        "summary": listing.summary,
        "summary_language": listing.summary_language,
        "drafted_by_machine": listing.drafted,
        "older_than_source": listing.outdated,
        "reach": listing.reach,
        "country": listing.country or None,
    }


def _how(listing):
    place = listing.place
    return {
        "phones": [
            {"number": p.number, "href": p.href, "note": p.note, "hours": p.opening_hours}
            for p in listing.phones
        ],
        "email": listing.email or None,
        "website": iri_to_uri(listing.website) or None,
        "how_to_get_in": listing.how_to_get_in or "unknown",
        "way_in": listing.way_in or None,
        "confidential": listing.confidential,
        "place": place
        and {
            "street": place.street,
            "postal_code": place.postal_code,
            "town": place.town,
            "note": place.note,
            "latitude": place.latitude,
            "longitude": place.longitude,
        },
        "opening_hours": listing.opening_hours or None,
        "hours_note": listing.hours_note or None,
        "timezone": listing.timezone,
        "capacity": listing.capacity,
        "capacity_until": _iso(listing.capacity_until),
        "cost": listing.cost or "unknown",
        "cost_note": listing.cost_note or None,
        "professional_note": listing.professional_note or None,
    }


def _for_whom(listing):
    return {
        "needs": sorted(listing.needs),
        "target_groups": sorted(listing.groups),
        "criteria": [
            {"code": code, "stance": said.stance, "note": said.note, "limit": said.limit}
            for code, said in listing.criteria.items()
        ],
        "age_min": listing.age_min,
        "age_max": listing.age_max,
        "for_minors_only": listing.for_minors_only,
        "for_professionals": listing.for_professionals,
        "for_people_who_use_violence": listing.for_people_who_use_violence,
        "languages": list(listing.languages),
        "interpreter": listing.interpreter or "unknown",
    }


def _trust(listing):
    contact = listing.trust.get("contact")
    return {
        "trust": contact.state if contact else "never",
        "confirmed_on": _iso(contact.on) if contact else None,
        "confirmations": [
            {"fields": group, "state": t.state, "on": _iso(t.on), "by": t.by or None}
            for group, t in listing.trust.items()
        ],
        "recheck_by": recheck_by(listing).isoformat(),
        "last_modified": moment(listing.last_modified),
        "sources": [
            {"publisher": s.publisher, "url": iri_to_uri(s.url) or None, "date": s.date or None}
            for s in listing.sources
        ],
        "doubts": [{"kind": d.kind, "text": d.text} for d in listing.doubts],
    }


def _iso(value):
    return value.isoformat() if value else None
