"""The practice city as the pages of the guide know a city: see `referrals.city_guide.CityGuide`."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from learning.practice import city
from learning.practice.cases import Case
from referrals.answers import Jar
from referrals.words import say
from services.listing import PhoneLine
from services.visibility import Audience

#: Apart from the answers of the guide, so that a real visit in another tab loses nothing.
JAR = Jar(settings.PRACTICE_COOKIE, b"answers of a practice case, version 1")
#: It stands in the notices too, and is no link here.
EMERGENCY_LINES = (PhoneLine(number="112", href=""),)


@dataclass(frozen=True)
class PracticeGuide:
    """The guide of one case. It leads to no listing, no report and no service; nothing is told."""

    case: Case

    jar = JAR
    audience = Audience.PUBLIC
    emergency_lines = EMERGENCY_LINES
    services_address = told_address = help_address = card_address = ""

    @property
    def city(self):
        return city.PracticeCity(self.case.code)

    @property
    def pathway(self):
        return city.pathway()

    @property
    def doors(self):
        return city.listings(get_language())

    def listings(self, ids, language):
        return {one.id: one for one in city.listings(language) if one.id in ids}

    def plan(self, facts, language, told=None):
        """The plan at the moment of the case; nothing is ever told of an invented door."""
        return self.course.plan(facts)

    @property
    def course(self):
        return city.course(self.case, get_language())

    @property
    def scene(self):
        """The paragraphs of the scene, in the language of the page."""
        return [say(paragraph) for paragraph in self.case.scene]

    @property
    def home_address(self):
        return self._address("practice-case")

    start_address = home_address

    @property
    def first_address(self):
        return self.question_address(self.pathway.questions[0])

    @property
    def start_again_address(self):
        return self._address("practice-start-again")

    @property
    def plan_address(self):
        return self._address("practice-plan")

    @property
    def comparison_address(self):
        return self._address("practice-comparison")

    @property
    def print_address(self):
        return self._address("practice-print")

    def question_address(self, question):
        return self._address("practice-question", question.id)

    def listing_address(self, listing):
        return ""

    report_address = listing_address

    def _address(self, name, *arguments):
        return reverse(name, args=[self.case.code, *arguments])
