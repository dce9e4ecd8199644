"""What reports put on the office's start page and into its menu."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from services import office
from services.reporting import overview
from services.roles import Power

PAGE = "office-reports"


def find(request, city):
    """Holds and harm before everything else; one query for those whom it does not concern."""
    if not request.standing.may(Power.RELEASE, city):
        return
    on_hold, harm, others = overview.counts(request.standing, city)
    address = reverse(PAGE, args=[city.slug])
    for count, text, position in (
        (
            on_hold,
            ngettext(
                "%(count)s listing on hold: two people release it",
                "%(count)s listings on hold: two people release them",
                on_hold,
            ),
            0,
        ),
        (
            harm,
            ngettext(
                "%(count)s listing said to do harm",
                "%(count)s listings said to do harm",
                harm,
            ),
            0,
        ),
        (
            others,
            ngettext(
                "%(count)s listing with reports to answer",
                "%(count)s listings with reports to answer",
                others,
            ),
            20,
        ),
    ):
        if count:
            yield office.Task(text % {"count": count}, address, count, position)


office.add_link(_("Reports"), PAGE, Power.RELEASE, position=20)
office.add_tasks(find)
