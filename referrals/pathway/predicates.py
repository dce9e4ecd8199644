"""The conditions that pathway data may name. Each is tested; none is an expression in a file.

A predicate looks at a `Case` and answers yes or no; an unknown fact answers no unless
its docstring says otherwise. `reads` declares which facts it looks at: the proof that a
question can be skipped rests on it, and a test holds each predicate to its word.
"""

from collections.abc import Callable
from dataclasses import dataclass

from referrals.pathway import facts as vocabulary
from referrals.pathway.facts import Facts

VIOLENCE = tuple(c for c in vocabulary.CONCERNS if c != "uses-violence")
HOME_VIOLENCE = ("partner-violence", "family-violence", "honour-violence", "forced-marriage")
LIFE_THREATENING = ("heavy-bleeding", "unconscious", "breathing", "pregnant-pain", "severe-injury")
AGE_READS = ("age", "unaccompanied", "groups")


@dataclass(frozen=True)
class Case:
    """A person's facts in a city: what predicates look at."""

    facts: Facts
    country: str = ""
    city_languages: tuple[str, ...] = ()
    windows: tuple[tuple[str, float], ...] = ()

    def window_hours(self, name):
        return dict(self.windows).get(name)


@dataclass(frozen=True)
class Predicate:
    name: str
    reads: frozenset[str]
    holds: Callable[[Case], bool]
    __doc__: str = ""


PREDICATES: dict[str, Predicate] = {}


def predicate(*reads):
    """Register a function under its name with dashes, with the facts it reads."""

    def register(function):
        name = function.__name__.replace("_", "-")
        PREDICATES[name] = Predicate(name, frozenset(reads), function, function.__doc__ or "")
        return function

    return register


def _has(fact, code):
    def holds(case):
        return code in getattr(case.facts, fact)

    return holds


def _register_membership(fact, codes, prefix=""):
    """One predicate for each value of a list fact, such as `sexual-violence` or `wants-shelter`."""
    for code in codes:
        name = f"{prefix}{code}"
        PREDICATES[name] = Predicate(
            name, frozenset({fact}), _has(fact, code), f"{fact} has {code}"
        )


_register_membership("concerns", vocabulary.CONCERNS)
_register_membership("red_flags", vocabulary.RED_FLAGS, "sign-")
_register_membership("wants", vocabulary.NEEDS, "wants-")
_register_membership("prefers", vocabulary.PREFERENCES, "prefers-")


@predicate()
def always(case):
    """Holds for everybody."""
    return True


@predicate("danger")
def danger_now(case):
    return case.facts.danger == "now"


@predicate("danger")
def danger_soon(case):
    return case.facts.danger == "soon"


@predicate("danger")
def in_danger(case):
    return case.facts.danger in ("now", "soon")


@predicate(*AGE_READS)
def minor(case):
    return case.facts.is_minor is True


@predicate(*AGE_READS)
def adult_or_unknown(case):
    return case.facts.is_minor is not True


@predicate("age")
def under_12(case):
    return case.facts.age == "under-12"


@predicate(*AGE_READS)
def unaccompanied_minor(case):
    return case.facts.is_unaccompanied_minor


@predicate("consent")
def consent_refused(case):
    """No, or not now."""
    return case.facts.consent in ("no", "not-now")


@predicate("consent")
def consent_not_asked(case):
    return case.facts.consent is None


@predicate("concerns")
def any_violence(case):
    """Something was done to the person, whatever it was."""
    return any(concern in VIOLENCE for concern in case.facts.concerns)


@predicate("concerns")
def home_violence(case):
    return any(concern in HOME_VIOLENCE for concern in case.facts.concerns)


@predicate("concerns", "wants")
def nothing_said(case):
    """Neither what happened nor what is wanted is known."""
    return not case.facts.concerns and not case.facts.wants


@predicate("concerns")
def only_uses_violence(case):
    return case.facts.concerns == ("uses-violence",)


@predicate("red_flags")
def life_threatening_sign(case):
    return any(flag in LIFE_THREATENING for flag in case.facts.red_flags)


@predicate("children")
def children_along(case):
    return bool(case.facts.children)


@predicate("groups", "gender")
def group_lgbtqi(case):
    return "lgbtqi" in case.facts.all_groups


@predicate("groups", "children")
def group_families(case):
    return "families" in case.facts.all_groups


@predicate("status")
def undocumented(case):
    return case.facts.status == "undocumented"


@predicate("status")
def asylum_seeker(case):
    return case.facts.status == "asylum-seeker"


@predicate("status")
def dependent_permit(case):
    return case.facts.status == "dependent-permit"


@predicate("gender", "age", "pregnant_possible")
def pregnancy_possible(case):
    """Also when nothing known excludes it: the question is medical and is asked there."""
    return case.facts.pregnancy_possible


@predicate("languages")
def needs_interpreter(case):
    """Languages are known; none is a language of the city or English, which most desks share."""
    spoken = {tag.split("-")[0] for tag in case.facts.languages}
    shared = {"en", *(tag.split("-")[0] for tag in case.city_languages)}
    return bool(spoken) and not spoken & shared


def _still_open(case, window):
    """Whether a window of hours may still be open; with no time known it may be."""
    limit, passed = case.window_hours(window), case.facts.hours_since
    return limit is not None and (passed is None or passed <= limit)


@predicate("hours_since")
def hiv_pep_open(case):
    return _still_open(case, "hiv-pep")


@predicate("hours_since")
def emergency_contraception_open(case):
    return _still_open(case, "emergency-contraception")


@predicate("hours_since")
def evidence_open(case):
    """Where the country has no sourced number, as long as the assault is recent or its time unknown."""
    if case.window_hours("evidence") is None:
        return acute(case)
    return _still_open(case, "evidence")


@predicate("hours_since")
def some_window_closed(case):
    passed = case.facts.hours_since
    return passed is not None and any(passed > hours for _name, hours in case.windows)


@predicate("hours_since")
def acute(case):
    """Within seven days, or nobody knows."""
    return case.facts.hours_since is None or case.facts.hours_since <= 168


@predicate("hours_since")
def known_recent(case):
    """Known to lie within seven days."""
    return case.facts.hours_since is not None and case.facts.hours_since <= 168
