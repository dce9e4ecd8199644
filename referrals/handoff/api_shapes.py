"""What referrals and what is sent for one look like, as JSON Schema, for the OpenAPI document."""

from referrals.handoff import api_reading, codes
from referrals.models import Referral, ReferralEvent
from services.api.shapes import (
    ID,
    MOMENT,
    Shape,
    one_of,
    or_null,
    page_of,
    several,
    text,
    thing,
    whole,
    yes_or_no,
)
from services.languages import NAMES

_STATE = one_of(Referral.State.values)
_CODE = text(
    "Said on the phone instead of a name; it opens nothing.",
    pattern=f"^[{codes.ALPHABET}]{{3}}-[{codes.ALPHABET}]{{3}}$",
)

REFERRAL = Shape(
    "Referral",
    thing(
        "Somebody with this code was referred to this service. Who it is is kept nowhere.",
        id=ID,
        code=_CODE,
        city=text("Its `slug`."),
        service=or_null(ID | {"description": "Null once it has left the directory for good."}),
        need=text("A code of `needs`."),
        group=or_null(text("A code of `target-groups`.")),
        urgency=one_of(Referral.Urgency.values),
        language=or_null(text("BCP 47 tag of what the person speaks.")),
        state=_STATE,
        reason=or_null(one_of(Referral.Reason.values, "Why the service cannot take the person.")),
        overdue=yes_or_no("`due_at` has passed: somebody should call."),
        due_at=or_null(MOMENT | {"description": "When silence turns overdue as it stands."}),
        consent_until=MOMENT | {"description": "The person's yes holds until then."},
        created_at=MOMENT,
        answered_at=or_null(MOMENT | {"description": "When the service first said yes or no."}),
        closed_at=or_null(MOMENT),
        events=several(
            thing(
                number=whole("From 1, without gaps."),
                act=text(),
                state=_STATE,
                by=one_of(ReferralEvent.By.values),
                at=MOMENT,
            ),
            "What has happened, oldest first.",
        ),
    ),
)

REFERRALS = page_of(REFERRAL, name="Referrals")

_CONTACT = thing(
    "How the service reaches the worker, never the person; forgotten when the referral closes.",
    optional=("value",),
    by=one_of(Referral.Contact.values),
    value=or_null(text("A number or an e-mail address; left out with `none`.", maxLength=254)),
) | {"additionalProperties": False}

REFERRAL_REQUEST = Shape(
    "ReferralRequest",
    thing(
        "Codes of fixed lists alone: no field takes free text.",
        optional=("group", "language", "contact", "code"),
        city=text("The `slug` of a city of the key."),
        service=ID | {"description": "The `id` of a service there, in `services`."},
        need=text("What is needed: one of the `needs` that the service is listed for."),
        group=or_null(text("A code of `target-groups`, if it matters to the service.")),
        urgency=one_of(Referral.Urgency.values, "Within how long."),
        language=or_null(one_of(NAMES, "The language that is needed, if it is not the city's.")),
        contact=or_null(_CONTACT),
        code=or_null(
            text(
                "The code that the person has already; a new one without it.",
                pattern=f"^{api_reading.CODE}$",
            )
        ),
        consent={
            "type": "boolean",
            "enum": [True],
            "description": "The person has said yes to just this.",
        },
    )
    | {"additionalProperties": False},
)

REFUSAL_REQUEST = Shape(
    "RefusalRequest",
    thing(reason=one_of(Referral.Reason.values, "Why the service cannot take the person."))
    | {"additionalProperties": False},
)
