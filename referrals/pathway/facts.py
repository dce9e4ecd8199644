"""What may be said about a person, checked and frozen (design, "The pathway").

Every fact is optional and `None` means unknown. Nothing here names a person, and
nothing here is stored: facts live for one request.
"""

import dataclasses
import datetime
import functools
import re

DANGER = ("now", "soon", "no")
AGES = ("under-12", "12-15", "16-17", "adult")
MINOR_AGES = AGES[:3]
GENDERS = ("woman", "man", "trans-woman", "trans-man", "non-binary", "intersex")
GROUPS = ("lgbtqi", "women-girls", "unaccompanied-children", "families")
CONSENT = ("yes", "not-now", "no")
CONCERNS = (
    "sexual-violence",
    "partner-violence",
    "family-violence",
    "honour-violence",
    "forced-marriage",
    "fgm-risk",
    "fgm-done",
    "trafficking",
    "hate-violence",
    "harassment",
    "stalking",
    "online-abuse",
    "past-violence",
    "uses-violence",
)
RED_FLAGS = (
    "strangulation",
    "heavy-bleeding",
    "unconscious",
    "breathing",
    "pregnant-pain",
    "suicidal",
    "severe-injury",
    "drugged",
)
STATUSES = ("documented", "dependent-permit", "asylum-seeker", "undocumented")
PREFERENCES = (
    "female-staff",
    "male-staff",
    "lgbtqi-specialist",
    "step-free",
    "no-police",
    "free",
    "anonymous",
    "walk-in",
    "remote",
)
NEEDS = (
    "disclosure",
    "emergency",
    "rape-care",
    "evidence",
    "urgent-medical",
    "mental-health-crisis",
    "shelter",
    "child-protection",
    "guardianship",
    "police-report",
    "trafficking",
    "fgm",
    "honour-violence",
    "helpline",
    "interpretation",
    "violence-support",
    "psychosocial",
    "legal-advice",
    "asylum-residence",
    "medical-care",
    "sexual-health",
    "basic-needs",
    "housing",
    "lgbtqi-support",
    "family-support",
    "community-space",
    "perpetrator-work",
)

#: How a request says "not known" aloud; leaving the fact out, or null, says the same.
UNKNOWN = "unknown"
#: Bounds that keep arithmetic sane: a century of hours, a large household, a plausible clock.
MOST_HOURS = 24 * 366 * 100
MOST_CHILDREN = 30
OLDEST = 120
YEARS = range(2000, 2101)
MOST_LANGUAGES = 20
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclasses.dataclass
class FactError(ValueError):
    """A fact that cannot be read: which field, what is wrong, what it takes instead."""

    field: str
    message: str
    allowed: tuple = ()

    def __str__(self):
        return f"{self.field}: {self.message}"


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known of a person's situation; `None` or an empty tuple means unknown."""

    danger: str | None = None
    age: str | None = None
    unaccompanied: bool | None = None
    gender: str | None = None
    groups: tuple[str, ...] = ()
    consent: str | None = None
    concerns: tuple[str, ...] = ()
    hours_since: float | None = None
    red_flags: tuple[str, ...] = ()
    pregnant_possible: bool | None = None
    status: str | None = None
    languages: tuple[str, ...] = ()
    children: int | None = None
    oldest_son: int | None = None
    wants: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    near: tuple[float, float] | None = None
    at: datetime.datetime | None = None

    def with_facts(self, **changes):
        """The same with some facts changed: as `dataclasses.replace`, in a fifth of its time."""
        if not changes.keys() <= self.__dataclass_fields__.keys():
            raise TypeError(f"No such fact: {changes.keys() - self.__dataclass_fields__.keys()}")
        made = object.__new__(type(self))
        vars(made).update(vars(self), **changes)
        # What was worked out from the facts before.
        vars(made).pop("all_groups", None)
        return made

    @property
    def is_minor(self):
        """True, False, or None where nothing said tells."""
        if self.age is not None:
            return self.age in MINOR_AGES
        if self.unaccompanied or "unaccompanied-children" in self.groups:
            return True
        return None

    @property
    def is_unaccompanied_minor(self):
        return bool(self.is_minor) and bool(
            self.unaccompanied
            or (self.unaccompanied is None and "unaccompanied-children" in self.groups)
        )

    @functools.cached_property
    def all_groups(self):
        """The groups named and those that follow from the other facts."""
        groups = set(self.groups)
        if self.gender in ("trans-woman", "trans-man", "non-binary", "intersex"):
            groups.add("lgbtqi")
        if self.gender in ("woman", "trans-woman"):
            groups.add("women-girls")
        if self.children:
            groups.add("families")
        groups.discard("unaccompanied-children")
        if self.is_unaccompanied_minor:
            groups.add("unaccompanied-children")
        return frozenset(groups)

    @property
    def pregnancy_possible(self):
        """Whether emergency contraception may matter: said, or not excluded by what is known."""
        if self.pregnant_possible is not None:
            return self.pregnant_possible
        return self.gender not in ("man", "trans-woman") and self.age != "under-12"


def parse_facts(raw):
    """`Facts` from a decoded JSON object; the first fault raises `FactError`."""
    if not isinstance(raw, dict):
        raise FactError("facts", "must be an object", tuple(READERS))
    values = {}
    for name, value in raw.items():
        if name not in READERS:
            raise FactError(f"facts.{_shown(name)}", "is not a fact", tuple(READERS))
        if value is None or value == UNKNOWN:
            continue
        values[name] = READERS[name](f"facts.{name}", value)
    return Facts(**values)


def _shown(name):
    """A field name from outside, short and printable, for use in a message."""
    return "".join(c for c in str(name)[:40] if c.isprintable())


def _one_of(allowed):
    def read(field, value):
        if not isinstance(value, str) or value not in allowed:
            raise FactError(field, "is not one of the values allowed", (*allowed, UNKNOWN))
        return value

    return read


def _several_of(allowed):
    def read(field, value):
        if not isinstance(value, list):
            raise FactError(field, "must be a list", allowed)
        for item in value:
            if not isinstance(item, str) or item not in allowed:
                raise FactError(field, "holds a value that is not allowed", allowed)
        return tuple(code for code in allowed if code in value)

    return read


def _yes_or_no(field, value):
    if not isinstance(value, bool):
        raise FactError(field, "must be true or false", (True, False, UNKNOWN))
    return value


def _number(field, value, least, most, whole=False):
    kinds = (int,) if whole else (int, float)
    if whole and isinstance(value, float) and value.is_integer():
        value = int(value)  # To JSON 2.0 is a whole number.
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise FactError(
            field, f"must be a {'whole ' if whole else ''}number", (f"{least} to {most}",)
        )
    # NaN and infinity fail this too, and integers of any length are compared exactly.
    if not least <= value <= most:
        raise FactError(field, "is out of range", (f"{least} to {most}",))
    return value


def _hours(field, value):
    return _number(field, value, 0, MOST_HOURS)


def _children(field, value):
    return _number(field, value, 0, MOST_CHILDREN, whole=True)


def _years_of_age(field, value):
    return _number(field, value, 0, OLDEST, whole=True)


def _languages(field, value):
    if not isinstance(value, list) or len(value) > MOST_LANGUAGES:
        raise FactError(
            field,
            f"must be a list of at most {MOST_LANGUAGES} language tags",
            ("en", "ar", "fr-BE"),
        )
    for tag in value:
        if not isinstance(tag, str) or not _TAG.fullmatch(tag):
            raise FactError(
                field, "holds something that is not a BCP 47 tag", ("en", "ar", "fr-BE")
            )
    return tuple(dict.fromkeys(tag.lower() for tag in value))


def _point(field, value):
    keys = ("latitude", "longitude")
    if not isinstance(value, dict) or set(value) != set(keys):
        raise FactError(field, "must be an object with latitude and longitude", keys)
    latitude = _number(f"{field}.latitude", value["latitude"], -90, 90)
    longitude = _number(f"{field}.longitude", value["longitude"], -180, 180)
    return (latitude, longitude)


def _moment(field, value):
    allowed = ("2026-11-22T21:10:00+01:00",)
    try:
        moment = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise FactError(field, "must be an ISO 8601 date and time", allowed) from None
    if moment.year not in YEARS:
        raise FactError(field, f"must lie between {YEARS[0]} and {YEARS[-1]}", allowed)
    return moment


READERS = {
    "danger": _one_of(DANGER),
    "age": _one_of(AGES),
    "unaccompanied": _yes_or_no,
    "gender": _one_of(GENDERS),
    "groups": _several_of(GROUPS),
    "consent": _one_of(CONSENT),
    "concerns": _several_of(CONCERNS),
    "hours_since": _hours,
    "red_flags": _several_of(RED_FLAGS),
    "pregnant_possible": _yes_or_no,
    "status": _one_of(STATUSES),
    "languages": _languages,
    "children": _children,
    "oldest_son": _years_of_age,
    "wants": _several_of(NEEDS),
    "prefers": _several_of(PREFERENCES),
    "near": _point,
    "at": _moment,
}
