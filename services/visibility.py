"""Who may see what: three visibilities, three audiences, and nothing in between.

The queryset scope `ServiceQuerySet.visible_to` decides which services an audience
may know of; `services.projection.project` decides which of their fields. Both ask
`Audience.may_see` and nothing else.
"""

import enum
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """How widely a field, a phone, a place or a whole service is known."""

    PUBLIC = "public", _("everyone")
    PROFESSIONAL = "professional", _("vetted workers and partners")
    SEALED = "sealed", _("administrators of the city")


class Audience(enum.Enum):
    """Who is asking."""

    PUBLIC = (Visibility.PUBLIC,)
    PROFESSIONAL = (Visibility.PUBLIC, Visibility.PROFESSIONAL)
    ADMINISTRATOR = (Visibility.PUBLIC, Visibility.PROFESSIONAL, Visibility.SEALED)

    @property
    def may_see(self):
        """The visibilities open to this audience, as stored values."""
        return tuple(v.value for v in self.value)

    def sees(self, visibility):
        """Whether a thing of this visibility may be shown; an unknown one is sealed."""
        return visibility in self.may_see


@dataclass(frozen=True)
class Reader:
    """Who reads across cities: an audience in some of them, the public in all others.

    `cities` holds ids, `countries` the codes of their countries.
    """

    audience: Audience = Audience.PUBLIC
    cities: frozenset = frozenset()
    countries: frozenset[str] = frozenset()

    def audience_of(self, reach, country, cities):
        """As whom a service is read: `cities` are the ids of those it belongs to."""
        at_home = (
            (reach == "european" and bool(self.cities))
            or (reach == "national" and country in self.countries)
            or not self.cities.isdisjoint(cities)
        )
        return self.audience if at_home else Audience.PUBLIC

    def audience_in(self, city):
        """As whom the services of one city are read."""
        return self.audience if city.pk in self.cities else Audience.PUBLIC


ANYBODY = Reader()
