"""What the guide needs of a city: its pathway, its doors, and where its pages are.

The pages of the guide ask nothing else of a city, so that they run on whatever has the same
names: `learning` hands in a city that exists in no database.
"""

from dataclasses import dataclass

from django.urls import reverse

from referrals import answers, notices, planning
from services.directory import directory_of
from services.visibility import Audience


@dataclass(frozen=True)
class CityGuide:
    """The guide of a city, for one audience. An address that is empty is a link left out."""

    city: object
    audience: Audience = Audience.PUBLIC
    #: Where the answers are kept on the device.
    jar = answers.GUIDE

    @property
    def pathway(self):
        return planning.pathway_for(self.city)

    @property
    def doors(self):
        """What a plan may choose from: whatever matching reads of each."""
        return planning.doors(self.city, self.audience)

    def listings(self, ids, language):
        """Id -> `Listing`, of those of these ids that are there."""
        return directory_of(self.city, self.audience).listings(ids, language)

    def plan(self, facts, language, told=None):
        """The plan for these facts; see `planning.plan_for`."""
        return planning.plan_for(self.city, facts, language, self.audience, told)

    @property
    def emergency_lines(self):
        return notices.emergency_lines(self.city)

    @property
    def home_address(self):
        """Where "Back" leads from the first question."""
        return self.city.get_absolute_url()

    @property
    def start_address(self):
        return self._address("guide")

    @property
    def start_again_address(self):
        return self._address("start-again")

    @property
    def plan_address(self):
        return self._address("plan")

    def question_address(self, question):
        return self._address("question", question.id)

    @property
    def told_address(self):
        """Where it is said what happened at a door."""
        return self._address("told")

    @property
    def help_address(self):
        """Where what helps now is asked for (`learning`)."""
        return self._address("help")

    @property
    def card_address(self):
        return self._address("card")

    @property
    def services_address(self):
        return self._address("services")

    def listing_address(self, listing):
        return self._address("service", listing.slug)

    def report_address(self, listing):
        return self._address("report", listing.slug)

    def _address(self, name, *arguments):
        return reverse(name, args=[self.city.slug, *arguments])
