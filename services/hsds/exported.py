"""What a row of our own export may hold, of what is restored from it."""

import re

from services.fixture_files import AGE, DATE, LANGUAGE_TAG, LATITUDE, LONGITUDE, STANCE, TAG, TEXT
from services.fixture_shapes import ListOf, OneOf, Table, TableOf, Text, Yes
from services.models import Confirmation, Criterion, Mark, Service
from services.projection import TEXTS
from services.visibility import Visibility

DAY = Text(re.compile(r"\d{4}-\d{2}-\d{2}"))


class Anything(Text):
    """Text that may be empty: as it was."""

    def check(self, value, where):
        if not isinstance(value, str):
            where.refuse("must be text.")


WRITTEN = Anything()
FLAGS = ("for_minors_only", "for_professionals", "for_people_who_use_violence")
SHOWN = OneOf((Visibility.PUBLIC.value, Visibility.PROFESSIONAL.value))
EXTENSION = Table(
    {
        "slug": Text(re.compile(r"[-a-zA-Z0-9_]{1,120}")),
        "official_name": TEXT,
        "official_language": TAG,
        "other_names": ListOf(WRITTEN),
        "reach": OneOf(tuple(Service.Reach.values)),
        "country": TEXT,
        "cities": ListOf(TEXT),
        "timezone": TEXT,
        "needs": ListOf(TEXT),
        "target_groups": ListOf(TEXT),
        "criteria": ListOf(
            Table(
                {
                    "code": OneOf(tuple(Criterion.Code.values)),
                    "stance": STANCE,
                    "note": TEXT,
                    "limit": AGE,
                },
                ("code", "stance"),
            )
        ),
        "age_max": AGE,
        "confidential": Yes(),
        **dict.fromkeys(FLAGS, Yes()),
        "how_to_get_in": OneOf(tuple(Service.WayIn.values)),
        "interpreter": STANCE,
        "cost": OneOf(tuple(Service.Cost.values)),
        "opening_hours": TEXT,
        "capacity": OneOf(tuple(Service.Capacity.values)),
        "capacity_until": TEXT,
        "professional_note": TEXT,
        "visibility": SHOWN,
        "trust": ListOf(
            Table(
                {
                    "fields": OneOf(tuple(Confirmation.FieldGroup.values)),
                    "by": OneOf(tuple(Confirmation.By.values)),
                    "state": TEXT,
                    "on": DAY,
                },
                ("fields", "by", "on"),
            )
        ),
        "recheck_by": DAY,
        "sources": ListOf(
            Table({"publisher": TEXT, "url": TEXT, "date": Text(DATE)}, ("publisher",))
        ),
        "doubts": ListOf(
            Table({"kind": OneOf(tuple(Mark.Kind.values)), "text": WRITTEN}, ("kind",))
        ),
        "translations": TableOf(LANGUAGE_TAG, Table(dict.fromkeys(TEXTS, WRITTEN))),
        "translations_to_check": TableOf(
            LANGUAGE_TAG,
            Table(dict.fromkeys(("drafted_by_machine", "older_than_source"), ListOf(OneOf(TEXTS)))),
        ),
    },
    ("slug", "reach"),
)
SHOWN_TO = {"visibility": SHOWN}
PHONE = {"number": TEXT, "description": TEXT, "opening_hours": TEXT, **SHOWN_TO}
LOCATION = {
    "id": TEXT,
    "location_type": OneOf(("physical", "virtual")),
    "description": TEXT,
    "latitude": LATITUDE,
    "longitude": LONGITUDE,
    **SHOWN_TO,
}
ADDRESS = {"address_1": WRITTEN, "postal_code": WRITTEN, "city": WRITTEN}
SERVICE = {"id": TEXT, "name": TEXT, "url": TEXT, "email": TEXT, "minimum_age": AGE}
