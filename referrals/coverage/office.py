"""What coverage adds to the office: a link, a task on the start page, and what an edit would break."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from referrals.coverage import impact
from referrals.coverage.dead_ends import kept_proof
from services import consequences, office
from services.roles import Power

ROUTE = "office-coverage"


def register():
    """Called once, when the app is ready."""
    office.add_link(_("Coverage"), ROUTE, Power.READ, position=40)
    office.add_tasks(_tasks)
    consequences.add_finder(impact.find)
    consequences.add_watch(impact.watch)


def _tasks(_request, city):
    """From what is kept alone: nobody waits for the proof on the start page."""
    proof = kept_proof(city)
    number = len(proof.dead_ends) if proof else 0
    if number:
        text = ngettext(
            "%(number)s kind of situation ends in a fallback",
            "%(number)s kinds of situations end in a fallback",
            number,
        )
        yield office.Task(
            text % {"number": number},
            reverse("office-dead-ends", args=[city.slug]),
            count=number,
            position=60,
        )
