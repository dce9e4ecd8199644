"""What a city's listings ask of those who keep them today, for the start page of the office."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from services import office
from services.keeping import listings_page
from services.keeping.overview import overview
from services.office import Task
from services.roles import Power


def find(request, city):
    """A `Task` for everything that some listing needs; nothing for those who edit none."""
    if not request.standing.may(Power.EDIT, city):
        return
    now, lines = timezone.now(), overview(request, city)
    address = reverse("office-listings", args=[city.slug])
    for position, (show, words) in enumerate(_words().items()):
        count = sum(listings_page.SHOWN[show].fits(line, now) for line in lines)
        if count:
            text = words(count) % {"count": count}
            yield Task(text, f"{address}?show={show}", count, 20 + position)


def _words():
    """What to look at -> a function of the count, the most urgent first."""
    return {
        "capacity": lambda count: ngettext(
            "Ask %(count)s listing for free places: its word on them is running out",
            "Ask %(count)s listings for free places: their word on them is running out",
            count,
        ),
        "old": lambda count: ngettext(
            "%(count)s listing is out of date: ask and confirm it",
            "%(count)s listings are out of date: ask and confirm, the most shown first",
            count,
        ),
        "doubts": lambda count: ngettext(
            "%(count)s listing with a doubt to settle",
            "%(count)s listings with a doubt to settle",
            count,
        ),
        "drafts": lambda count: ngettext(
            "%(count)s draft to finish and publish",
            "%(count)s drafts to finish and publish",
            count,
        ),
        "imported": lambda count: ngettext(
            "%(count)s imported draft to look through",
            "%(count)s imported drafts to look through",
            count,
        ),
        "phoneless": lambda count: ngettext(
            "%(count)s listing without a phone number",
            "%(count)s listings without a phone number",
            count,
        ),
    }


office.add_link(_("Today"), "office-city", Power.READ, 0)
office.add_link(_("Listings"), "office-listings", Power.EDIT, 10)
office.add_tasks(find)
