"""What the bodies of our own API look like, as JSON Schema; the OpenAPI document is made of these.

A `Shape` has a name of its own in the document and may stand inside another one's schema.
"""

from dataclasses import dataclass

from services.listing import Trust
from services.models import Confirmation, Criterion, Mark, Need, Service


@dataclass(frozen=True, eq=False)
class Shape:
    """A part of the document with a name: written once, referred to everywhere."""

    name: str
    schema: dict


def text(about="", **more):
    """Words."""
    return _about(about) | {"type": "string"} | more


def one_of(codes, about=""):
    """One of some words."""
    return text(about, enum=list(codes))


def number(about="", **more):
    return _about(about) | {"type": "number"} | more


def whole(about="", **more):
    return _about(about) | {"type": "integer"} | more


def yes_or_no(about=""):
    return _about(about) | {"type": "boolean"}


def several(of_these, about=""):
    """A list."""
    return _about(about) | {"type": "array", "items": of_these}


def table(of_these, about=""):
    """Values of one kind by keys that are not fixed."""
    return _about(about) | {"type": "object", "additionalProperties": of_these}


def thing(about="", optional=(), **fields):
    """An object with these fields, all of them always there but the optional ones."""
    required = [name for name in fields if name not in optional]
    return _about(about) | {"type": "object", "required": required, "properties": fields}


def or_null(schema):
    """The same, or null where nothing is known."""
    if isinstance(schema, Shape):
        return {"anyOf": [schema, {"type": "null"}]}
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | choices


def _about(words):
    return {"description": words} if words else {}


ID = text(format="uuid")
MOMENT = text(format="date-time")
DAY = text(format="date")
LINK = text(format="uri")
STANCES = Service.Stance.values
OPEN_STATES = ("open", "closed", "unknown")
TRUST_STATES = ("confirmed", "ageing", "stale", Trust().state)

PROBLEM = Shape(
    "Problem",
    thing(
        "Why a request was refused: RFC 9457 problem details.",
        optional=("field", "detail", "allowed", "referral", "state"),
        type=text("Always `about:blank`: the status says it."),
        status=whole("The HTTP status."),
        title=text("What is wrong, in a few words."),
        field=text("The parameter or field that it is about."),
        detail=text("What to do."),
        allowed=several({}, "What would be taken in its place."),
        referral=ID
        | {"description": "Of a referral that stands in the way: which one, if yours ..."},
        state=text("... and how it stands."),
    ),
)

PHONE_LINE = Shape(
    "PhoneLine",
    thing(
        "A number to call.",
        number=text("As one reads it aloud."),
        href=text("As one dials it: a `tel:` address."),
        note=text("Who answers; empty where nothing is said."),
        hours=text("OpenStreetMap opening hours of this line; empty where they are not known."),
    ),
)

CODED = Shape(
    "CodedText", thing("A code for programs, a text for people.", code=text(), text=text())
)

PLACE = Shape(
    "Place",
    thing(
        "Where to go; null where there is no place, or none that may be known.",
        street=text(),
        postal_code=text(),
        town=text(),
        note=text("How to find the door."),
        latitude=or_null(number()),
        longitude=or_null(number()),
    ),
)

CRITERION = thing(
    "Whom it takes. What is not listed nobody has said: ask first.",
    code=one_of(Criterion.Code.values),
    stance=one_of(STANCES),
    note=text(),
    limit=or_null(whole("With `with-children`: the oldest age of a son who may come along.")),
)

CONFIRMATION = thing(
    "When somebody last vouched for a group of fields.",
    fields=one_of(Confirmation.FieldGroup.values),
    state=one_of(TRUST_STATES),
    on=or_null(DAY),
    by=or_null(one_of(Confirmation.By.values)),
)

SOURCE = thing(
    "A page that the listing was taken from.",
    publisher=text(),
    url=or_null(LINK),
    date=or_null(text("As far as known: 2025, 2025-11 or 2025-11-04.")),
)

LISTING = Shape(
    "Listing",
    thing(
        "A service, flat: every field is always there.",
        id=ID,
        service_at_location=text("The id of the service at its first place.", format="uuid"),
        slug=text("Its place in addresses of this site."),
        name=text(),
        official_name=text("As it calls itself."),
        organization=text("Who runs it."),
        organization_id=ID,
        summary=text(),
        summary_language=text("BCP 47 tag."),
        drafted_by_machine=several(
            text(), "Fields whose text a machine translated and nobody has checked: say so."
        ),
        older_than_source=several(
            text(), "Fields whose text was translated from one that has changed since: say so."
        ),
        reach=one_of(Service.Reach.values, "Where people live whom it is for."),
        country=or_null(text("ISO 3166 code; null where it is for all of Europe.")),
        phones=several(PHONE_LINE),
        email=or_null(text()),
        website=or_null(LINK),
        how_to_get_in=one_of([*Service.WayIn.values, "unknown"]),
        way_in=or_null(text("The way in, in words.")),
        confidential=yes_or_no("The place is secret: call, and they say how to come."),
        place=or_null(PLACE),
        opening_hours=or_null(text("As OpenStreetMap writes them.")),
        hours_note=or_null(text()),
        timezone=text("IANA name of the clock that its hours are on."),
        capacity=one_of(Service.Capacity.values, "Free places, while that is known."),
        capacity_until=or_null(MOMENT),
        cost=one_of([*Service.Cost.values, "unknown"]),
        cost_note=or_null(text()),
        professional_note=or_null(text("For vetted workers: null without a key that shows it.")),
        needs=several(text(), "Codes of `needs`."),
        target_groups=several(text(), "Codes of `target-groups` whom it is made for."),
        criteria=several(CRITERION),
        age_min=or_null(whole()),
        age_max=or_null(whole()),
        for_minors_only=yes_or_no(),
        for_professionals=yes_or_no("It advises professionals, not the person."),
        for_people_who_use_violence=yes_or_no("For them alone."),
        languages=several(text(), "BCP 47 tags of what is spoken."),
        interpreter=one_of([*STANCES, "unknown"]),
        trust=one_of(TRUST_STATES, "How fresh the contact is."),
        confirmed_on=or_null(DAY | {"description": "When the contact was last confirmed."}),
        confirmations=several(CONFIRMATION),
        recheck_by=DAY | {"description": "When somebody should look again."},
        last_modified=MOMENT | {"description": "It, or something that hangs on it, changed then."},
        sources=several(SOURCE),
        doubts=several(thing(kind=one_of(Mark.Kind.values), text=text())),
        open=one_of(OPEN_STATES, "At the moment asked for, or now."),
        opens_at=or_null(MOMENT),
        closes_at=or_null(MOMENT),
        distance_km=or_null(number("From `near`; null of what has no place to show.")),
        fits=several(text(), "In words, which filters it surely passes."),
        asks_first=several(text(), "What to ask because of the filters."),
        ask=several(CODED, "Everything to ask before somebody goes there."),
    ),
)


def page_of(shape, *, name, **more):
    """A page of a collection, as HSDS has it; `more` are fields that may stand beside."""
    return Shape(
        name,
        thing(
            optional=tuple(more),
            total_items=whole("On all pages.", minimum=0),
            total_pages=whole(minimum=1),
            page_number=whole(minimum=1),
            size=whole("Items on this page.", minimum=0),
            first_page=yes_or_no(),
            last_page=yes_or_no(),
            empty=yes_or_no(),
            contents=several(shape),
            **more,
        ),
    )


FACET = Shape(
    "Facet",
    thing(
        "A filter, with what each of its choices would leave.",
        code=text(),
        title=text(),
        choices=several(
            thing(
                parameter=text("The name of the parameter to send ..."),
                value=text("... and its value."),
                title=text(),
                takes=whole("So many fit for sure ..."),
                asks_first=whole("... and so many perhaps."),
                chosen=yes_or_no(),
            )
        ),
    ),
)

LISTINGS = page_of(LISTING, name="Listings", facets=several(FACET))

LISTINGS_ON_MAP = Shape(
    "ListingsOnMap",
    thing(
        "GeoJSON (RFC 7946). A secret place is never in it.",
        type=one_of(["FeatureCollection"]),
        features=several(
            thing(
                type=one_of(["Feature"]),
                id=ID,
                geometry=thing(
                    type=one_of(["Point"]),
                    coordinates=several(number(), "Longitude, latitude.")
                    | {"minItems": 2, "maxItems": 2},
                ),
                properties=LISTING,
            )
        ),
        without_place=whole("So many more pass that have no place to show.", minimum=0),
    ),
)

CITIES = Shape(
    "Cities",
    thing(
        cities=several(
            thing(
                id=ID,
                slug=text("What `city` means everywhere else."),
                name=text(),
                country=text("ISO 3166 code."),
                timezone=text("IANA name."),
                languages=several(text(), "BCP 47 tags, most used first."),
                latitude=or_null(number()),
                longitude=or_null(number()),
                is_sample=yes_or_no("Nobody in the city has confirmed its listings yet."),
                emergency_numbers=table(
                    text(), "`any` is for everything; `police` where it differs."
                ),
                places=several(
                    thing(slug=text(), name=text(), latitude=number(), longitude=number()),
                    "Public spots, to be used as `near`.",
                ),
            )
        )
    ),
)

TERM = {
    "id": ID,
    "code": text(),
    "names": table(text(), "By language."),
    "synonyms": table(several(text()), "Other words for it, by language."),
}
NEEDS = Shape("Needs", thing(needs=several(thing(**TERM, stage=one_of(Need.Stage.values)))))
TARGET_GROUPS = Shape("TargetGroups", thing(target_groups=several(thing(**TERM))))

CHANGES = Shape(
    "Changes",
    thing(
        changes=several(
            thing(
                cursor=text(),
                change=one_of(
                    ["created", "updated", "deleted"],
                    "`deleted` is what this reader may know of no longer: drop your copy.",
                ),
                service=ID,
                changed_at=MOMENT,
                url=or_null(LINK | {"description": "The service in HSDS; null when it is gone."}),
            )
        ),
        cursor=text("What to ask for next, as `since`."),
        more=yes_or_no("There are more changes: ask at once."),
    ),
)
