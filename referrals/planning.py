"""Join the directory to the pathway: a city, some facts, a plan."""

import datetime
import functools
from zoneinfo import ZoneInfo

from django.utils import timezone

from referrals.pathway import loading, signing
from referrals.pathway.plan import make_plan
from services.directory import BehindError, directory_of, listings
from services.fitting import opening_of
from services.models import City, SignOff
from services.signals.reading import told_in
from services.visibility import Audience

#: Expired rules stop the start. What expires later must not take the guide away in the night.
STARTED_ON = datetime.datetime.now(datetime.UTC).date()


def pathway_for(city):
    """The checked pathway of a city with its sign-offs; read once a day for each version of the city.

    Costs three queries the first time.
    """
    try:
        return _pathway(city.pk, city.version, now_in(city).date())
    except BehindError as behind:
        return behind.found


@functools.lru_cache(maxsize=64)
def _pathway(city_id, version, today):
    city = City.objects.get(pk=city_id)
    places = tuple(city.places.values_list("name", "latitude", "longitude"))
    languages = tuple(city.languages)
    pathway = loading.load(city.slug, city.country_id, languages, places=places, today=STARTED_ON)
    found = signing.signed(pathway, marks_of(city_id), today)
    if city.version < version:
        raise BehindError(found)
    return found


def marks_of(city_id):
    """Entry key -> the latest sign-off of it, as plain data. One query."""
    rows = SignOff.objects.filter(city=city_id).order_by("on", "id")
    columns = ("fingerprint", "authority", "on", "expires_on")
    return {row.pop("rule"): signing.Mark(**row) for row in rows.values("rule", *columns)}


def public_listings(city, language):
    """What a plan for everybody may choose from, every listing whole."""
    return listings(city, Audience.PUBLIC, language)


def doors(city, audience):
    """What a plan for this audience may choose from, as sketches."""
    return directory_of(city, audience).sketches


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


def told_for(city, facts, audience):
    """What is told of the city's listings at the moment that a plan is for; see `told_in`."""
    return told_in(city, audience, moment_of(city, facts))


def plan_for(city, facts, language, audience=Audience.PUBLIC, told=None):
    """The `Plan` for these facts in this city, with words in this language where there are any.

    `told` maps ids of listings to what is told of them; without it every door stands as listed.
    It is made of sketches; of its doors the whole listings are read. What has been withheld
    in between is left out, and the plan made anew without it.
    """
    at = moment_of(city, facts)
    here = directory_of(city, audience)
    known, withheld = here, set()
    while True:
        plan = make_plan(
            pathway_for(city),
            facts.with_facts(at=at),
            known,
            at,
            functools.partial(opening_of, moment=at),
            sample=city.is_sample,
            told=told,
        )
        ids = {door.listing.id for step in plan.steps for door in step.options}
        found = here.listings(ids, language)
        if found.keys() == ids:
            named = {door.listing.id for step in plan.steps for door in step.not_chosen}
            return plan.showing(here.headings(named, language) | found)
        withheld |= ids - found.keys()
        known = [one for one in here if one.id not in withheld]
