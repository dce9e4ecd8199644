"""What HSDS has no field for, or keeps only in words: the object `waymark` of a service.

The profile page describes every key of it (`services/hsds/shapes.py`).
"""

from services.hsds.plain import moment, without_empty
from services.recheck import recheck_by


def extension(listing):
    """The object `waymark` of a service."""
    return without_empty(
        {
            "slug": listing.slug,
            "official_name": listing.official_name,
            "official_language": listing.official_language,
            "other_names": list(listing.aliases),
            "reach": listing.reach,
            "country": listing.country,
            "cities": list(listing.cities),
            "timezone": listing.timezone,
            "confidential": listing.confidential,
            "needs": sorted(listing.needs),
            "target_groups": sorted(listing.groups),
            "criteria": _criteria(listing),
            "age_max": listing.age_max,
            "for_minors_only": listing.for_minors_only,
            "for_professionals": listing.for_professionals,
            "for_people_who_use_violence": listing.for_people_who_use_violence,
            "how_to_get_in": listing.how_to_get_in,
            "interpreter": listing.interpreter,
            "cost": listing.cost,
            "opening_hours": listing.opening_hours,
            "capacity": listing.capacity,
            "capacity_until": moment(listing.capacity_until),
            "professional_note": listing.professional_note,
            "trust": _trust(listing),
            "recheck_by": recheck_by(listing).isoformat(),
            "sources": [
                without_empty({"publisher": s.publisher, "url": s.url, "date": s.date})
                for s in listing.sources
            ],
            "doubts": [without_empty({"kind": d.kind, "text": d.text}) for d in listing.doubts],
            "translations": {code: dict(texts) for code, texts in listing.texts.items()},
            "translations_to_check": {c: dict(marks) for c, marks in listing.to_check.items()},
        }
    )


def _criteria(listing):
    return [
        without_empty({"code": code, "stance": said.stance, "note": said.note, "limit": said.limit})
        for code, said in listing.criteria.items()
    ]


def _trust(listing):
    """The groups of fields that somebody has confirmed; one that is not here nobody has."""
    return [
        {"fields": group, "state": t.state, "on": t.on.isoformat(), "by": t.by}
        for group, t in listing.trust.items()
        if t.on
    ]
