"""Join the directory to the pathway: a city, some facts, a plan."""

import datetime
import functools
from zoneinfo import ZoneInfo

from django.utils import timezone

from referrals.pathway import loading
from referrals.pathway.plan import make_plan
from services.directory import listings
from services.fitting import opening_of
from services.models import City
from services.visibility import Audience

#: Expired rules stop the start. What expires later must not take the guide away in the night.
STARTED_ON = datetime.datetime.now(datetime.UTC).date()


def pathway_for(city):
    """The checked pathway of a city; read once for each version of the city.

    Costs two queries the first time.
    """
    return _pathway(city.pk, city.version)


@functools.lru_cache(maxsize=64)
def _pathway(city_id, _version):
    city = City.objects.get(pk=city_id)
    places = city.places.values_list("name", "latitude", "longitude")
    return loading.load(city.slug, city.country_id, tuple(city.languages), places=tuple(places))


def public_listings(city, language):
    """What a plan for everybody may choose from."""
    return listings(city, Audience.PUBLIC, language)


def doors(city, language, audience):
    """What a plan for this audience may choose from."""
    if audience is Audience.PUBLIC:
        return public_listings(city, language)
    return listings(city, audience, language)


def now_in(city):
    """This moment on the city's clock."""
    return timezone.now().astimezone(ZoneInfo(city.timezone))


def moment_of(city, facts):
    """The moment a plan is made for: the fact `at`, on the city's clock, else now."""
    if facts.at is None:
        return now_in(city)
    zone = ZoneInfo(city.timezone)
    if facts.at.tzinfo is None:
        return facts.at.replace(tzinfo=zone)
    return facts.at.astimezone(zone)


def plan_for(city, facts, language, audience=Audience.PUBLIC):
    """The `Plan` for these facts in this city, with words in this language where there are any."""
    at = moment_of(city, facts)
    return make_plan(
        pathway_for(city),
        facts.with_facts(at=at),
        doors(city, language, audience),
        at,
        functools.partial(opening_of, moment=at),
        sample=city.is_sample,
    )
