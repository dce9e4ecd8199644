"""The shapes of pathway data: what a rule, a window, a notice and a question hold."""

import datetime
import functools
from dataclasses import dataclass, field

from referrals.pathway.predicates import PREDICATES, Case

URGENCIES = ("now", "hours", "today", "soon", "when-ready")
LEVELS = ("danger", "duty", "care", "info")


@dataclass(frozen=True)
class Source:
    """Where a rule comes from."""

    id: str
    title: str
    publisher: str
    url: str = ""
    date: str = ""

    def as_dict(self):
        return {
            "title": self.title,
            "publisher": self.publisher,
            "url": self.url,
            "date": self.date,
        }


@dataclass(frozen=True)
class Condition:
    """All of these, at least one of those, none of the rest; by predicate name."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @property
    def names(self):
        return (*self.all, *self.any, *self.none)

    def holds(self, case: Case):
        yes = lambda name: PREDICATES[name].holds(case)  # noqa: E731
        return (
            all(map(yes, self.all))
            and (not self.any or any(map(yes, self.any)))
            and not any(map(yes, self.none))
        )


@dataclass(frozen=True)
class Review:
    """Who stands behind a rule, and until when."""

    source: Source
    reviewed_on: datetime.date
    expires_on: datetime.date
    signed_off_by: str = ""

    @property
    def signed_off(self):
        return bool(self.signed_off_by)


@dataclass(frozen=True)
class Window:
    """Hours within which something still works, for those to whom `when` applies."""

    id: str
    hours: float
    review: Review
    when: Condition = Condition()


@dataclass(frozen=True)
class NeedRule:
    """When a need belongs in the plan, how urgent it is and why."""

    id: str
    need: str
    urgency: str
    why: str
    review: Review
    when: Condition
    windows: tuple[str, ...] = ()
    without_consent: bool = False


@dataclass(frozen=True)
class Notice:
    """Something the worker must know before acting."""

    id: str
    code: str
    level: str
    title: str
    text: str
    review: Review
    when: Condition
    country: str = ""


@dataclass(frozen=True)
class Option:
    """One answer: its words, and the value it gives the fact."""

    value: object
    label: str
    hint: str = ""

    @property
    def key(self):
        """The value as a form sends it."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        return (
            "_".join(map(str, self.value.values()))
            if isinstance(self.value, dict)
            else str(self.value)
        )


@dataclass(frozen=True)
class Field:
    """One fact on a question's page."""

    fact: str
    several: bool
    options: tuple[Option, ...]
    legend: str = ""


@dataclass(frozen=True)
class Question:
    """One page of the guide. `refine` questions are offered beside the plan, never in the way."""

    id: str
    title: str
    fields: tuple[Field, ...]
    hint: str = ""
    why: str = ""
    how: str = ""
    refine: bool = False

    @property
    def facts(self):
        return frozenset(f.fact for f in self.fields)


@dataclass(frozen=True)
class Pathway:
    """Everything the engine needs to know about a city's pathway."""

    city: str
    country: str
    city_languages: tuple[str, ...]
    questions: tuple[Question, ...]
    rules: tuple[NeedRule, ...]
    notices: tuple[Notice, ...]
    windows: dict[str, Window]
    order: tuple[str, ...]
    fallbacks: dict[str, tuple[str, ...]]
    first_doors: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def case(self, facts):
        return Case(
            facts=facts,
            country=self.country,
            city_languages=self.city_languages,
            windows=self._limits,
        )

    @functools.cached_property
    def _limits(self):
        return tuple((window.id, window.hours) for window in self.windows.values())

    def question(self, question_id):
        return next((q for q in self.questions if q.id == question_id), None)
