"""The facts that are combined in the proof: the full product of the values that can change a plan.

People: what matching looks at. Stories: what the rules look at. Left out are wishes, distance and
languages: they choose among doors that take the person, and a person may drop them. A value that no
rule and no check tells from another stands for it ("not now" is "no", danger not known is no danger).
"""

import dataclasses
import itertools
from collections import Counter
from typing import NamedTuple

from referrals.coverage.cubes import Space
from referrals.coverage.moments import HOURS
from referrals.pathway.facts import CONCERNS, NEEDS, Facts
from services.bits import bits

#: Each axis of a person: value -> facts.
AGES = {
    "not-said": {},
    "under-12": {"age": "under-12", "unaccompanied": False},
    "under-12-alone": {"age": "under-12", "unaccompanied": True},
    "12-15": {"age": "12-15", "unaccompanied": False},
    "12-15-alone": {"age": "12-15", "unaccompanied": True},
    "16-17": {"age": "16-17", "unaccompanied": False},
    "16-17-alone": {"age": "16-17", "unaccompanied": True},
    "adult": {"age": "adult"},
}
LGBTQI = ("lgbtqi",)
WHO = {
    "not-said": {},
    "woman": {"gender": "woman"},
    "lgbtqi-woman": {"gender": "woman", "groups": LGBTQI},
    "man": {"gender": "man"},
    "lgbtqi-man": {"gender": "man", "groups": LGBTQI},
    "trans-woman": {"gender": "trans-woman"},
    "trans-man": {"gender": "trans-man"},
    "non-binary": {"gender": "non-binary"},
    "intersex": {"gender": "intersex"},
}
STATUS = {
    "not-said": {},
    "documented": {"status": "documented"},
    "dependent-permit": {"status": "dependent-permit"},
    "asylum-seeker": {"status": "asylum-seeker"},
    "undocumented": {"status": "undocumented"},
}
CHILDREN = {
    "none": {},
    "two": {"children": 2},
    "son-of-16": {"children": 2, "oldest_son": 16},
}
CONSENT = {"yes": {"consent": "yes"}, "no": {"consent": "no"}}
PERSON_AXES = {
    "age": AGES, "who": WHO, "status": STATUS, "children": CHILDREN, "consent": CONSENT,
}  # fmt: skip
#: Nobody under 16 is looked at as somebody's parent.
PARENTS = ("not-said", "16-17", "16-17-alone", "adult")

#: Needs that nobody asks for: they stand in the plan of every minor, or of every minor alone.
FOR_MINORS = ("child-protection", "guardianship")
#: Each axis of a story: (name, facts). What happened: nothing, one thing, two, or what is wanted.
WHAT = [
    ("nothing", {}),
    *((concern, {"concerns": (concern,)}) for concern in CONCERNS),
    *(
        (f"{one}+{two}", {"concerns": (one, two)})
        for one, two in itertools.combinations(CONCERNS, 2)
    ),
    *((f"wants-{need}", {"wants": (need,)}) for need in NEEDS if need not in FOR_MINORS),
]
DANGER = [(code, {"danger": code}) for code in ("no", "soon", "now")]
SIGNS = [
    ("none", {}),
    *(
        (flag, {"red_flags": (flag,)})
        for flag in ("severe-injury", "strangulation", "drugged", "suicidal")
    ),
]
SINCE = [
    ("not-said", {}),
    ("day", {"hours_since": 24}),
    ("days", {"hours_since": 100}),
    ("long", {"hours_since": 2000}),
]
STORY_AXES = {"what": WHAT, "danger": DANGER, "signs": SIGNS, "since": SINCE}
_READ = {
    "concerns": "what", "wants": "what", "danger": "danger", "red_flags": "signs",
    "hours_since": "since",
}  # fmt: skip


def _grown(person):
    return person[3] == "none" or person[0] in PARENTS


PERSONS = [point for point in itertools.product(*PERSON_AXES.values()) if _grown(point)]


def facts_of(point):
    """The facts of a person of the grid."""
    found = {}
    for values, code in zip(PERSON_AXES.values(), point, strict=True):
        found |= values[code]
    return found


FACTS = tuple(Facts(**facts_of(point)) for point in PERSONS)
PEOPLE = Space(PERSON_AXES, PERSONS)
#: The same people at each hour: bits of the first hour, then of the second, and so on.
SITUATIONS = Space((*PERSON_AXES, "hour"), [(*point, hour) for hour in HOURS for point in PERSONS])


def stories():
    """How many stories there are."""
    size = 1
    for values in STORY_AXES.values():
        size *= len(values)
    return size


def combinations():
    """How many combinations of person, story and hour there are."""
    return len(PERSONS) * stories() * len(HOURS)


class Class(NamedTuple):
    """Stories that the same rules hold for: how many there are, and the facts of one."""

    number: int
    facts: dict


def story_classes(pathway, predicates, exact=()):
    """The stories, sorted by what these predicates say of them; `exact` axes are told apart."""
    axes = {axis: [] for axis in STORY_AXES}
    for predicate in predicates:
        for axis in {_READ[fact] for fact in predicate.reads if fact in _READ}:
            axes[axis].append(predicate)
    found = [_classes(pathway, axis, axes[axis], axis in exact) for axis in STORY_AXES]
    for some in itertools.product(*found):
        number, facts = 1, {}
        for one in some:
            number *= one.number
            facts |= one.facts
        yield Class(number, facts)


def _classes(pathway, axis, predicates, exact):
    """The values of one axis that no predicate tells apart, as one `Class` each."""
    numbers, first = Counter(), {}
    for name, facts in STORY_AXES[axis]:
        case = pathway.case(Facts(**facts))
        key = (name if exact else "", *(predicate.holds(case) for predicate in predicates))
        numbers[key] += 1
        first.setdefault(key, facts)
    return [Class(number, first[key]) for key, number in numbers.items()]


def people_classes(pathway, predicates):
    """[(mask of people, facts of one)]: people of whom these predicates say the same."""
    cases = [pathway.case(facts) for facts in FACTS]
    groups = {}
    for number, case in enumerate(cases):
        key = tuple(predicate.holds(case) for predicate in predicates)
        groups.setdefault(key, []).append(number)
    return [(bits(numbers, len(FACTS)), FACTS[numbers[0]]) for numbers in groups.values()]


def reads_a_person(predicate):
    """Whether a predicate looks at what a person is; else it looks at their story."""
    return not predicate.reads & _READ.keys()


def example(number, story):
    """The facts of the person with this number, in a story."""
    return dataclasses.replace(FACTS[number], **story)
