"""Answers through the engine of the guide to a plan, on listings held in memory. Plain Python."""

import datetime
import functools
from collections.abc import Callable
from dataclasses import dataclass

from referrals.pathway.plan import Plan, make_plan
from referrals.pathway.questions import Journey, replay
from referrals.pathway.rules import Pathway


@dataclass(frozen=True)
class Walk:
    """Where answers lead: what was asked, and the plan."""

    journey: Journey
    plan: Plan

    @property
    def asked(self):
        """The questions met, those beside the plan too."""
        return (*self.journey.asked, *self.journey.refine)

    def answer_to(self, question):
        """{fact: value} as it counts; empty for "don't know" and for what was not answered."""
        return self.journey.answers.get(question.id, {})


@dataclass(frozen=True)
class Course:
    """What a case is walked on: a pathway, listings, an aware moment.

    `opening_of(listing, moment)` gives the `Opening` of a listing.
    """

    pathway: Pathway
    listings: tuple
    at: datetime.datetime
    opening_of: Callable

    def walk(self, answers):
        """The `Walk` of {question id: {fact: value}}."""
        journey = replay(self.pathway, answers, self.listings)
        return Walk(journey, self.plan(journey.facts))

    def plan(self, facts):
        """The `Plan` for these facts at the moment of the course."""
        return make_plan(
            self.pathway,
            facts.with_facts(at=self.at),
            self.listings,
            self.at,
            functools.partial(self.opening_of, moment=self.at),
        )

    def finished(self, answers):
        """The answers that count, with an empty one for whatever the guide would still ask."""
        journey = replay(self.pathway, answers, self.listings)
        while journey.next is not None:
            asked = {question.id: journey.answers[question.id] for question in journey.asked}
            answers = {**asked, journey.next.id: {}}
            journey = replay(self.pathway, answers, self.listings)
        return dict(journey.answers)

    def answers_of(self, facts):
        """The answers that say these facts (raw values): one for every question of the pathway."""
        return {
            question.id: {name: facts[name] for name in facts if name in question.facts}
            for question in self.pathway.questions
        }
