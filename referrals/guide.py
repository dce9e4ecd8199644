"""A visit to the guide: the answers on the device, replayed, and where they lead."""

import dataclasses
from dataclasses import dataclass

from referrals.beside import NOTHING, Beside
from referrals.pathway.facts import parse_facts
from referrals.pathway.questions import Journey, replay
from referrals.pathway.rules import Pathway

#: What the worker must know before the story is told.
DUTY_CODES = ("duty-to-report", "best-interests", "guardian-must-be-appointed")


@dataclass(frozen=True)
class Visit:
    """One reader's way through a guide, as far as their answers go."""

    #: A `referrals.city_guide.CityGuide`, or what has the same names.
    guide: object
    pathway: Pathway
    journey: Journey
    answers: dict
    beside: Beside = NOTHING

    @property
    def city(self):
        return self.guide.city

    @property
    def audience(self):
        return self.guide.audience

    @property
    def tried(self):
        """What this device said of doors: service id -> `referrals.tried.Tried`."""
        return self.beside.tried

    def keeping(self, **changes):
        """The same visit with other things beside its answers."""
        beside = dataclasses.replace(self.beside, **changes)
        return dataclasses.replace(self, beside=beside)

    @property
    def position(self):
        """How many questions are answered."""
        return len(self.journey.asked)

    @property
    def next_address(self):
        """The next question, or the plan."""
        if self.journey.next is None:
            return self.guide.plan_address
        return self.guide.question_address(self.journey.next)

    def may_open(self, question):
        return self.journey.may_open(question.id)

    def number_of(self, question):
        """The question's place among those asked, from 1; None beside the plan."""
        if question.refine:
            return None
        asked = [q.id for q in self.journey.asked]
        return asked.index(question.id) + 1 if question.id in asked else len(asked) + 1

    def address_before(self, question):
        """Where "Back" leads: the question asked before, the plan, or the city."""
        if question.refine:
            return self.guide.plan_address
        number = self.number_of(question)
        if number == 1:
            return self.guide.home_address
        return self.guide.question_address(self.journey.asked[number - 2])


def visit(guide, answers, beside=NOTHING):
    """The visit that these answers make in a guide; what no longer applies is left out of it."""
    pathway = guide.pathway
    journey = replay(pathway, answers, guide.doors)
    waiting = _still_of_use(pathway, journey, answers)
    return Visit(guide, pathway, journey, waiting, beside)


def warnings(seen, question=None):
    """(new, known): what must be known before this question, or before the plan.

    New is what the last answer brought up; known what an earlier page has shown.
    """
    before = {notice.id for notice in _holding(seen.pathway, _facts_two_before(seen, question))}
    now = [n for n in _holding(seen.pathway, seen.journey.facts) if _must_be_known(n)]
    return [n for n in now if n.id not in before], [n for n in now if n.id in before]


def _must_be_known(notice):
    return notice.level == "danger" or notice.code in DUTY_CODES


def _facts_two_before(seen, question):
    """What was known when the question before this one was asked."""
    number = seen.number_of(question) if question else None
    raw = {}
    for asked in seen.journey.asked[: max((number or seen.position + 1) - 2, 0)]:
        raw |= seen.journey.answers[asked.id]
    return parse_facts(raw)


def _holding(pathway, facts):
    case = pathway.case(facts)
    return [notice for notice in pathway.notices if notice.when.holds(case)]


def _still_of_use(pathway, journey, answers):
    """The answers replayed, and those that wait behind a question still open.

    So an early answer can be changed without giving all later ones again; at the plan
    nothing is left but what the plan rests on.
    """
    if journey.next is None:
        return dict(journey.answers)
    ids = [question.id for question in pathway.questions]
    waiting = ids[ids.index(journey.next.id) + 1 :]
    return {**journey.answers, **{i: answers[i] for i in waiting if i in answers}}
