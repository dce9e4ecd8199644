"""What our HSDS says beyond the standard, as a page."""

from dataclasses import dataclass, field

from services.api.docs_page import takes, with_code
from services.hsds.shapes import EXTENSION_FIELDS
from services.trust import FRESH_DAYS

#: Kind of link of an attribute -> the taxonomy of its term, and what it says.
LINKS = {
    "need": ("needs", "What the service helps with."),
    "audience": ("target-groups", "Whom it is for in particular."),
    "eligibility": (
        "criteria",
        with_code(
            "Whether it takes somebody: `value` is `takes`, `asks-first` or `does-not-take`."
        ),
    ),
    "referral_method": ("ways-in", "How somebody gets in."),
    "reach": ("reach", "Where people live whom it is for."),
    "confidentiality": ("confidentiality", "The place is kept secret."),
}


@dataclass(frozen=True)
class Key:
    """One key of the extension, what it takes and means, and the keys of the objects under it."""

    name: str
    takes: str
    about: str
    parts: list["Key"] = field(default_factory=list)


def extension_keys():
    """Every key of `waymark`."""
    return _keys(EXTENSION_FIELDS)


def _keys(schemas):
    return [
        Key(name, _holds(one), with_code(one.get("description", "")), _keys(_under(one)))
        for name, one in schemas.items()
    ]


def _holds(schema):
    is_list = schema["type"] == "array"
    return f"a list: {takes(schema['items'])}" if is_list else takes(schema)


def _under(schema):
    """The fields of the objects that a schema holds: itself, in a list, or by language."""
    inner = schema.get("items") or schema.get("additionalProperties") or schema
    return inner.get("properties", {})


def taxonomies(vocabulary):
    """(taxonomy, its terms), in order."""
    return [
        (one, [term for term in vocabulary.terms.values() if term.taxonomy == one])
        for one in vocabulary.taxonomies
    ]


def fresh_days():
    """(group of fields, days for which a confirmation is fresh)."""
    return [(group.label, days) for group, days in FRESH_DAYS.items()]
