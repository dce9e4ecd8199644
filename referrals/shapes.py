"""What the plan, its facts and the pathway look like, as JSON Schema, for the OpenAPI document."""

from django.conf import settings

from referrals.pathway import facts
from referrals.pathway.rules import LEVELS, URGENCIES
from services.api.parameters import DAY_OF_YEAR, LEAP_DAY, OFFSET, TIME_OF_DAY
from services.api.shapes import (
    CODED,
    DAY,
    ID,
    MOMENT,
    OPEN_STATES,
    PHONE_LINE,
    TRUST_STATES,
    Shape,
    number,
    one_of,
    or_null,
    several,
    table,
    text,
    thing,
    whole,
    yes_or_no,
)
from services.models import Service

LANGUAGES = [code for code, _name in settings.LANGUAGES]
#: A language of the site in any of its regional forms, in large or small letters.
LANGUAGE = "|".join(f"[{c[0]}{c[0].upper()}][{c[1]}{c[1].upper()}]" for c in LANGUAGES)
AT = rf"^((20[0-9]{{2}}|2100)-{DAY_OF_YEAR}|{LEAP_DAY}){TIME_OF_DAY}{OFFSET}$"
NOT_KNOWN = {"enum": [facts.UNKNOWN, None]}


def _or_unknown(schema, about=""):
    """A fact: `unknown` and null say the same as leaving it out."""
    return {"description": about, "anyOf": [schema, NOT_KNOWN]}


def _one(codes, about=""):
    return {"description": about, "enum": [*codes, *NOT_KNOWN["enum"]]}


def _some(codes, about=""):
    return _or_unknown(several(one_of(codes)), about)


FACTS = Shape(
    "Facts",
    {
        "type": "object",
        "description": "What is known of the situation. Leave out what is not; never who it is.",
        "additionalProperties": False,
        "properties": {
            "danger": _one(facts.DANGER, "Is there danger?"),
            "age": _one(facts.AGES),
            "unaccompanied": _one([True, False], "No parent or legal guardian is here."),
            "gender": _one(facts.GENDERS),
            "groups": _some(facts.GROUPS, "Also derived from the other facts."),
            "consent": _one(facts.CONSENT, "Does the person want to be connected?"),
            "concerns": _some(facts.CONCERNS, "What it is about."),
            "hours_since": _or_unknown(
                number(minimum=0, maximum=facts.MOST_HOURS), "Hours since the last assault."
            ),
            "red_flags": _some(facts.RED_FLAGS, "Signs that call for a doctor now."),
            "pregnant_possible": _one([True, False]),
            "status": _one(
                facts.STATUSES, "Papers; a dependent permit hangs on the partner or the family."
            ),
            "languages": _or_unknown(
                several(text(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"))
                | {"maxItems": facts.MOST_LANGUAGES},
                "BCP 47 tags of what the person speaks.",
            ),
            "children": _or_unknown(
                whole(minimum=0, maximum=facts.MOST_CHILDREN), "How many come along."
            ),
            "oldest_son": _or_unknown(
                whole(minimum=0, maximum=facts.OLDEST), "Age of the oldest son who comes along."
            ),
            "wants": _some(facts.NEEDS, "Needs that the person names."),
            "prefers": _some(facts.PREFERENCES),
            "near": _or_unknown(
                thing(
                    latitude=number(minimum=-90, maximum=90),
                    longitude=number(minimum=-180, maximum=180),
                )
                | {"additionalProperties": False},
                "Where to measure from.",
            ),
            "at": _or_unknown(
                text(pattern=AT),
                "When the plan is for, in ISO 8601; now if left out. Without an offset it is on "
                "the clock of the city.",
            ),
        },
    },
)

PLAN_REQUEST = Shape(
    "PlanRequest",
    thing(
        "Nothing of it is kept or logged.",
        optional=("language", "facts"),
        city=text("The `slug` of a city."),
        language=or_null(
            text(
                f"Of the words: {', '.join(LANGUAGES)}, or one of their regional forms.",
                pattern=rf"^({LANGUAGE})(-[\s\S]*)?$",
            )
        ),
        facts=or_null(FACTS),
    )
    | {"additionalProperties": False},
)

SOURCE = Shape(
    "PathwaySource",
    thing("Where a rule comes from.", title=text(), publisher=text(), url=text(), date=text()),
)

NOTICE = Shape(
    "Notice",
    thing(
        "What the worker must know before acting.",
        code=text(),
        level=one_of(LEVELS),
        title=text(),
        text=text(),
        country=or_null(text("Whose law it is, by ISO 3166 code.")),
        source=SOURCE,
        reviewed_on=DAY,
        signed_off=yes_or_no("Whether a city has signed it."),
    ),
)

OPTION = Shape(
    "PlanOption",
    thing(
        "A door that takes the person, or that one may ask.",
        service_at_location=ID,
        service=ID,
        name=text(),
        organization=text(),
        reach=one_of(Service.Reach.values),
        match=one_of(["takes", "asks-first"]),
        reasons=several(CODED, "Why it fits."),
        ask=several(
            CODED,
            "What to ask on the phone. What a worker or the service told in the last hours comes "
            "first: `told-no-answer`, `told-full`, `told-refused`.",
        ),
        open=one_of(OPEN_STATES),
        opens_at=or_null(MOMENT),
        closes_at=or_null(MOMENT),
        phones=several(PHONE_LINE),
        how_to_get_in=one_of([*Service.WayIn.values, "unknown"]),
        distance_km=or_null(number()),
        languages=several(text()),
        confirmed_on=or_null(DAY),
        trust=one_of(TRUST_STATES),
    ),
)

STEP = Shape(
    "PlanStep",
    thing(
        "A need with its doors: the first option is plan A.",
        need=one_of(facts.NEEDS),
        title=text(),
        urgency=one_of(URGENCIES),
        deadline_hours=or_null(number("The next window that is still open for this person.")),
        hours_left=or_null(number("What is left of it.", minimum=0)),
        why=text(),
        rule=text("The id of the rule in `pathway`."),
        source=SOURCE,
        fallback=yes_or_no("Plan A stands in for a door that is missing or shut."),
        options=several(OPTION) | {"minItems": 1, "maxItems": 3},
        passed_over=several(
            thing(service=ID, name=text(), reasons=several(CODED)),
            "Who does not take the person, and why; and who turned somebody away in the last hours, "
            "as `ask` of an option tells it.",
        ),
    ),
)

PLAN = Shape(
    "Plan",
    thing(
        "Steps in the order of the clock.",
        city=text(),
        made_for=MOMENT,
        notices=several(NOTICE),
        steps=several(STEP),
    ),
)

CONDITION = Shape(
    "Condition",
    thing(
        "All of these, at least one of those, none of the rest: names of predicates.",
        all=several(text()),
        any=several(text()),
        none=several(text()),
    ),
)

_REVIEW = {"source": SOURCE, "reviewed_on": DAY, "expires_on": DAY, "signed_off": yes_or_no()}
_FACT_VALUE = {"type": ["string", "number", "boolean", "object"]}

PATHWAY = Shape(
    "Pathway",
    thing(
        "Enough to render the guide: ask the questions in order, send the facts for a plan.",
        city=or_null(text()),
        country=or_null(text()),
        facts=table(several(text()), "The values that a fact may have, where they are fixed."),
        questions=several(
            thing(
                id=text(),
                title=text(),
                hint=text(),
                why=text("Why it is asked."),
                how=text("How to ask it."),
                beside_the_plan=yes_or_no("It may be answered after the plan is there."),
                fields=several(
                    thing(
                        fact=text("The fact that an answer gives."),
                        several=yes_or_no("Whether it takes a list."),
                        legend=text(),
                        options=several(thing(value=_FACT_VALUE, label=text(), hint=text())),
                    )
                ),
            )
        ),
        needs=several(
            thing(
                rule=text(),
                need=one_of(facts.NEEDS),
                urgency=one_of(URGENCIES),
                why=text(),
                when=CONDITION,
                windows=several(text()),
                without_consent=yes_or_no("In the plan even of somebody who does not consent."),
                **_REVIEW,
            )
        ),
        windows=several(thing(window=text(), hours=number(), when=CONDITION, **_REVIEW)),
        notices=several(
            thing(
                notice=text(),
                code=text(),
                level=one_of(LEVELS),
                title=text(),
                text=text(),
                country=or_null(text()),
                when=CONDITION,
                **_REVIEW,
            )
        ),
        order=several(one_of(facts.NEEDS), "Needs of the same urgency stand in this order."),
        fallbacks=table(several(text()), "Which need stands in for one without a door."),
        first_doors=table(several(text()), "What comes first for a need here."),
    ),
)
