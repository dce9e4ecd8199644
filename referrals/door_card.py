"""One door of a plan as the page shows it: the large card of plan A, the small lines of B and C."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from referrals import words
from services.hours import opening
from services.models import Service

#: Reasons that make things easier for anybody; they share one line.
EASY_CODES = frozenset(
    ("no-police-report", "no-papers", "anonymous", "remote", "free", "walk-in", "step-free")
)

WAYS_IN = {
    Service.WayIn.WALK_IN: _("Walk in"),
}


@dataclass(frozen=True)
class DoorCard:
    """A door with the words that belong to it."""

    letter: str
    door: object
    by: str
    fits: tuple[str, ...]
    asks: tuple[str, ...]
    phone: object
    way: str
    address: str
    url: str
    trust: object
    source: object

    @property
    def listing(self):
        return self.door.listing

    @property
    def opening(self):
        return self.door.opening
