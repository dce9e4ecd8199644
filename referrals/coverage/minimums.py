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
ADULT = 18


@dataclass(frozen=True)
class Minimum:
    """One minimum: what is asked for and what is listed, None where not known.

    With `more` there may be more than is listed: then nothing is said to be missed.
    """

    title: str
    rule: str
    wanted: int | None
    listed: int | None
    note: str = ""
    more: bool = False

    @property
    def state(self):
        """ "met", "missed" or "unknown"."""
        if self.wanted is None or self.listed is None:
            return "unknown"
        if self.listed >= self.wanted:
            return "met"
        return "unknown" if self.more else "missed"

    @property
    def listed_shown(self):
        """At most what is wanted, for a bar."""
        return min(self.listed or 0, self.wanted or 0)


def minimums_of(city):
    """The `Minimum`s for a city, from its public listings; about fifteen queries."""
    return [_family_places(city), _crisis_centres(city), _helpline(city)]


def _for_women(services):
    """Those of these services that may help women who suffered violence."""
    refusing = Criterion.objects.filter(code="women", stance=Service.Stance.DOES_NOT_TAKE)
    return services.filter(for_minors_only=False, for_people_who_use_violence=False).exclude(
        criteria__in=refusing
    )


def _family_places(city):
    shelters = sketches.public_services(city).filter(needs="shelter", reach=Service.Reach.CITY)
    found = Service.objects.filter(pk__in=_for_women(shelters).values("pk")).aggregate(
        beds=Sum("places"), number=Count("pk"), silent=Count("pk", filter=Q(places=None))
    )
    note = _(
        "%(number)s shelters that may take women are listed; of %(silent)s the places are not known."
    )
    return Minimum(
        _("Family places in shelters"),
        _("One for 10,000 inhabitants: beds for a mother and her children."),
        _share(city.population, PEOPLE_A_FAMILY_PLACE),
        found["beds"] if found["number"] else 0,
        note % found,
        more=found["silent"] > 0,
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
    now = timezone.now()
    lines = [
        project(
            service,
            audience=sketches.AUDIENCE,
            language=FALLBACK_LANGUAGE,
            timezone=city.timezone,
            now=now,
        )
        for service in rows.read(_lines(city))
    ]
    always = [line for line in lines if line.phones and opening_of(line, now).always]
    return Minimum(
        _("Helpline at every hour"),
        _("At least one in the country, free of charge, at all hours."),
        1,
        len(always),
        _(
            "Counted are phone lines of the city or the country about violence that never close, "
            "ask nothing for a call as far as is known, and are not for under-18s, professionals "
            "or people who use violence alone."
        ),
    )


def _lines(city):
    """Lines for whoever suffered violence: a child line or a line for a crisis is none.

    The Convention asks for one on every form of violence that it covers (article 24).
    """
    services = sketches.public_services(city).filter(needs="helpline")
    services = services.filter(needs="violence-support").exclude(reach=Service.Reach.EUROPEAN)
    services = _for_women(services).exclude(for_professionals=True)
    services = services.exclude(cost__in=(Service.Cost.PART, Service.Cost.PAID))
    return services.exclude(age_max__lt=ADULT)


def _share(people, each):
    return None if people is None else math.ceil(people / each)
