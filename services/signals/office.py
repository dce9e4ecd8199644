"""What workers and others met at a city's doors lately: a page of the office and a task of its day."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from services import office, scopes
from services.roles import Power
from services.signals import reading, words

PAGE = "office-told"


@dataclass(frozen=True)
class Line:
    """A listing and what is told of it, each in words that name no person."""

    service: object
    said: list
    counts: bool


@require_safe
@office.requires(Power.EDIT)
def told(request, city):
    """Everything told of the city's listings that nobody has answered, what moves plans first."""
    return office.page(
        request, "office/signals/told.html", city, {"lines": lines(request.standing, city)}
    )


def lines(standing, city):
    """A `Line` for each listing that this person edits and something is told of.

    Four queries; none while nothing told can still be good.
    """
    now = timezone.now()
    if city.told_until is None or city.told_until <= now:
        return []
    services = scopes.editable(standing, city)
    told = reading.unanswered(services, now)
    found = [_line(service, told[service.pk], now) for service in services.filter(pk__in=told)]
    return sorted(found, key=lambda line: (not line.counts, line.service.official_name))


def _line(service, told, now):
    said = [words.said_text(one, now) for one in told]
    return Line(service, list(dict.fromkeys(said)), any(one.counts for one in told))


def find(request, city):
    """A task where something told moves a listing down in plans; no query where nothing is told."""
    if not request.standing.may(Power.EDIT, city):
        return
    count = sum(line.counts for line in lines(request.standing, city))
    if count:
        text = ngettext(
            "%(count)s listing where workers found nobody, or no room, lately",
            "%(count)s listings where workers found nobody, or no room, lately",
            count,
        )
        address = reverse(PAGE, args=[city.slug])
        yield office.Task(text % {"count": count}, address, count, position=15)


office.add_tasks(find)
