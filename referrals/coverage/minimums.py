"""The minimums of the Council of Europe beside what a city lists."""

import math
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from services import rows, sketches
from services.fitting import opening_of
from services.models import Criterion, Service
from services.projection import FALLBACK_LANGUAGE, project

PEOPLE_A_FAMILY_PLACE = 10_000
WOMEN_A_CRISIS_CENTRE = 200_000


@dataclass(frozen=True)
class Minimum:
    """One minimum: what is asked for and what is listed, None where not known."""

    title: str
    rule: str
    wanted: int | None
    listed: int | None
    note: str = ""

    @property
    def state(self):
        """ "met", "missed" or "unknown"."""
        if self.wanted is None or self.listed is None:
            return "unknown"
        return "met" if self.listed >= self.wanted else "missed"

    @property
    def listed_shown(self):
        """At most what is wanted, for a bar."""
        return min(self.listed or 0, self.wanted or 0)


def minimums_of(city):
    """The `Minimum`s for a city, from its public listings; about fifteen queries."""
    return [_family_places(city), _crisis_centres(city), _helpline(city)]


def _family_places(city):
    refusing = Criterion.objects.filter(code="women", stance=Service.Stance.DOES_NOT_TAKE)
    shelters = (
        sketches.public_services(city)
        .filter(needs="shelter", reach=Service.Reach.CITY, for_minors_only=False)
        .exclude(criteria__in=refusing)
    )
    found = Service.objects.filter(pk__in=shelters.values("pk")).aggregate(
        beds=Sum("places"), number=Count("pk"), silent=Count("pk", filter=Q(places=None))
    )
    note = _(
        "%(number)s shelters that may take women are listed; of %(silent)s the places are not known."
    )
    return Minimum(
        _("Family places in shelters"),
        _("One for 10,000 inhabitants: beds for a mother and her children."),
        _share(city.population, PEOPLE_A_FAMILY_PLACE),
        found["beds"],
        note % found,
    )


def _crisis_centres(city):
    services = sketches.public_services(city).filter(needs="rape-care", reach=Service.Reach.CITY)
    return Minimum(
        _("Rape crisis centres"),
        _("One for 200,000 women."),
        _share(city.women, WOMEN_A_CRISIS_CENTRE),
        services.values("organization").distinct().count(),
        _("Counted are organisations of the city that offer care after sexual violence."),
    )


def _helpline(city):
    services = sketches.public_services(city).filter(needs="helpline")
    services = services.exclude(reach=Service.Reach.EUROPEAN)
    now = timezone.now()
    lines = [
        project(
            service,
            audience=sketches.AUDIENCE,
            language=FALLBACK_LANGUAGE,
            timezone=city.timezone,
            now=now,
        )
        for service in rows.read(services)
    ]
    always = [line for line in lines if line.phones and opening_of(line, now).always]
    return Minimum(
        _("Helpline at every hour"),
        _("At least one in the country, free of charge, at all hours."),
        1,
        len(always),
        _("Counted are phone lines of the city or the country that never close."),
    )


def _share(people, each):
    return None if people is None else math.ceil(people / each)
