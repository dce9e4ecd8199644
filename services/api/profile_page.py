"""What our HSDS says beyond the standard, as a page."""

from dataclasses import dataclass

from services.api.docs_page import with_code
from services.api.openapi import document
from services.trust import FRESH_DAYS

#: Kind of link of an attribute -> the taxonomy of its term, and what it says.
LINKS = {
    "need": ("needs", "What the service helps with."),
    "audience": ("target-groups", "Whom it is for in particular."),
    "eligibility": (
        "criteria",
        "Whether it takes somebody: its value is takes, asks-first or does-not-take.",
    ),
    "referral_method": ("ways-in", "How somebody gets in."),
    "reach": ("reach", "Where people live whom it is for."),
    "confidentiality": ("confidentiality", "The place is kept secret."),
}


@dataclass(frozen=True)
class Key:
    """One key of the extension, what it takes and what it means."""

    name: str
    takes: str
    about: str


def keys():
    """Every key of `waymark`, from the OpenAPI document."""
    schema = document()["components"]["schemas"]["HsdsWaymark"]
    return [
        Key(name, _takes(one), with_code(one.get("description", "")))
        for name, one in schema["properties"].items()
    ]


def _takes(schema):
    if "enum" in schema:
        return " | ".join(schema["enum"])
    return schema.get("format", schema["type"])


def taxonomies(vocabulary):
    """(taxonomy, its terms), in order."""
    return [
        (one, [term for term in vocabulary.terms.values() if term.taxonomy == one])
        for one in vocabulary.taxonomies
    ]


def fresh_days():
    """(group of fields, days for which a confirmation is fresh)."""
    return [(group.label, days) for group, days in FRESH_DAYS.items()]
