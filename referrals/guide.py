"""A visit to the guide: the answers on the device, replayed, and where they lead."""

import dataclasses
from dataclasses import dataclass

from django.urls import reverse

from referrals import planning
from referrals.beside import NOTHING, Beside
from referrals.pathway.facts import parse_facts
from referrals.pathway.questions import Journey, replay
from referrals.pathway.rules import Pathway
from services.visibility import Audience

#: What the worker must know before the story is told.
DUTY_CODES = ("duty-to-report", "best-interests", "guardian-must-be-appointed")


@dataclass(frozen=True)
class Visit:
    """One reader's way through a city's guide, as far as their answers go."""

    city: object
    pathway: Pathway
    journey: Journey
    answers: dict
    audience: Audience = Audience.PUBLIC
    beside: Beside = NOTHING

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
            return plan_address(self.city)
        return question_address(self.city, self.journey.next)

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
            return plan_address(self.city)
        number = self.number_of(question)
        if number == 1:
            return self.city.get_absolute_url()
        return question_address(self.city, self.journey.asked[number - 2])


def visit(city, answers, language, audience=Audience.PUBLIC, beside=NOTHING):
    """The visit that these answers make; what no longer applies is left out of it."""
    pathway = planning.pathway_for(city)
    journey = replay(pathway, answers, planning.doors(city, language, audience))
    waiting = _still_of_use(pathway, journey, answers)
    return Visit(city, pathway, journey, waiting, audience, beside)


def start_address(city):
    return reverse("guide", args=[city.slug])


def question_address(city, question):
    return reverse("question", args=[city.slug, question.id])


def plan_address(city):
    return reverse("plan", args=[city.slug])


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
