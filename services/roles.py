"""What each role may do, and the one answer to "may this person do that here?".

Pages, administration, API, exports and autocompletes all ask a `Standing`. Without a
second factor nobody has any role: `Standing.waits` then says that one is only missing that.
"""

import enum
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from services.models import Membership
from services.visibility import Audience

Role = Membership.Role
#: Recovery codes alone are no second factor: they stand in for one that was lost.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Power(enum.Enum):
    """Something that a role allows in a city."""

    READ = "read what vetted workers may see"
    EDIT = "edit listings"
    RELEASE = "release listings that reports put on hold"
    SEALED = "read and edit what is sealed"
    PEOPLE = "invite people, give roles, restore lost factors"
    CITY = "change what belongs to the city itself"


POWERS = {
    Role.WORKER: frozenset({Power.READ}),
    Role.EDITOR: frozenset({Power.READ, Power.EDIT, Power.RELEASE}),
    Role.ADMINISTRATOR: frozenset(Power),
    # In every city; listings belong to the cities, and sealed places to their administrators alone.
    # Releases are signed for the network only where a city has too few people (`services.reporting`).
    Role.NETWORK: frozenset({Power.READ, Power.RELEASE, Power.PEOPLE, Power.CITY}),
}


@dataclass(frozen=True)
class Standing:
    """A person's roles: city id -> role, city id -> country code, and whether in the network."""

    roles: dict = field(default_factory=dict)
    countries: dict = field(default_factory=dict)
    network: bool = False
    waits: bool = False

    @property
    def is_anybody(self):
        """Whether they have no role at all."""
        return not (self.roles or self.network)

    def may(self, power, city):
        """Whether they have this power in this city (a `City` or its id)."""
        role = self.roles.get(getattr(city, "pk", city))
        return power in POWERS.get(role, ()) or (self.network and power in POWERS[Role.NETWORK])

    def belongs_to(self, city):
        """Whether they have any role in this city."""
        return self.network or city.pk in self.roles

    def cities_with(self, power):
        """The ids of the cities where a role of theirs in that city gives this power."""
        return frozenset(city for city, role in self.roles.items() if power in POWERS[role])

    def countries_with(self, power):
        """The codes of the countries of those cities."""
        return frozenset(self.countries[city] for city in self.cities_with(power))

    def audience_in(self, city):
        """As whom they read the back office of a city."""
        if self.may(Power.SEALED, city):
            return Audience.ADMINISTRATOR
        return Audience.PROFESSIONAL if self.may(Power.READ, city) else Audience.PUBLIC

    def page_audience(self, city):
        """As whom they read the pages for everybody: what is sealed is on none of them."""
        return Audience.PROFESSIONAL if self.may(Power.READ, city) else Audience.PUBLIC


NOBODY = Standing()


def standing_of(request):
    """The `Standing` of whoever asks; one query and the user's, none without a session."""
    if not hasattr(request, "_standing"):
        request._standing = standing_of_user(getattr(request, "user", None))
    return request._standing


def standing_of_user(user):
    """The `Standing` of a user; a superuser is a network administrator. One query."""
    if user is None or not user.is_authenticated or not user.is_active:
        return NOBODY
    rows = list(
        Membership.objects.filter(user=user)
        .select_related("city")
        .annotate(strong=Exists(second_factors_of(OuterRef("user"))))
    )
    network = user.is_superuser or any(row.role == Role.NETWORK for row in rows)
    strong = rows[0].strong if rows else network and has_second_factor(user)
    if not strong:
        return Standing(waits=bool(rows) or network)
    in_cities = [row for row in rows if row.city_id]
    return Standing(
        roles={row.city_id: Role(row.role) for row in in_cities},
        countries={row.city_id: row.city.country_id for row in in_cities},
        network=network,
    )


def strong_members(cities, power):
    """The `Membership`s in these cities that give this power to somebody with a second factor."""
    roles = [role for role, powers in POWERS.items() if power in powers]
    members = Membership.objects.filter(city__in=cities, role__in=roles, user__is_active=True)
    return members.filter(Exists(second_factors_of(OuterRef("user"))))


def has_second_factor(user):
    """Whether a user has a code generator or a passkey."""
    return second_factors_of(user).exists()


def second_factors_of(user):
    """The second factors of a user, or of an `OuterRef` to one."""
    return Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)
