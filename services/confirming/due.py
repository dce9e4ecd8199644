"""Whom to ask now: organisations with listings that age, in cities that ask, not too often."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from services.models import Check, City, Confirmation, Service, WrongAddress
from services.models.listings import serves
from services.speaking import languages_of, of_the_site
from services.trust import trust_of
from services.visibility import Audience

Group = Confirmation.FieldGroup
State = Check.State

#: What an organisation vouches for with one tap. Free places change too fast to be asked by mail.
VOUCHED = (Group.CONTACT, Group.HOURS, Group.ACCEPTANCE, Group.REST)
#: Days until the next mail after the first, second and every later one without an answer.
BACK_OFF = (14, 28, 56)
#: After so many mails without an answer somebody should phone.
SILENT_AFTER = 3
#: Who opened a link and said little, or could not be reached at all, is asked again after this.
SOON = BACK_OFF[0]


@dataclass(frozen=True)
class Due:
    """An organisation to ask: which listings, for which city, where and in which language."""

    organization: object
    services: tuple
    city: City
    email: str
    language: str


def shown():
    """Listings that mails and links may name: never one that is sealed."""
    return Service.objects.visible_to(Audience.PROFESSIONAL)


def asking_cities():
    """Cities that ask, by slug."""
    return list(City.objects.filter(checks_on=True).order_by("slug"))


def is_due(service, now):
    """Whether something of a listing was never confirmed, or too long ago; no query after prefetch."""
    trust = trust_of(service.confirmations.all(), now)
    return any(trust[group].state != "confirmed" for group in VOUCHED)


def find(*, city=None, organization=None, now=None, at_once=False):
    """Every `Due` of now: of one city or one organisation, if given; eight queries.

    `at_once` asks in spite of earlier mails, and about all listings where none has aged.
    """
    now = now or timezone.now()
    cities = asking_cities()
    wanted = [c for c in cities if city is None or c.pk == city.pk]
    by_organization = _services(cities, organization) if wanted else {}
    halted = stopped()
    for services in by_organization.values():
        found = _due(services, cities, halted, now, at_once)
        if found and any(_is_asked_for(service, wanted) for service in found.services):
            yield found


def _services(cities, organization):
    """Organisation id -> its listings in cities that ask."""
    countries = {city.country_id for city in cities}
    services = shown().filter(serves([city.pk for city in cities], countries))
    if organization is not None:
        services = services.filter(organization=organization)
    grouped = defaultdict(list)
    for service in with_history(services).order_by("organization__name", "slug"):
        grouped[service.organization_id].append(service)
    return grouped


def with_history(services):
    """Services with all that this module reads of them: six queries."""
    return services.select_related("organization").prefetch_related(
        "cities", "confirmations", "organization__checks__listings"
    )


def stopped():
    """Addresses that no mail goes to, in lower case."""
    return {email.lower() for email in WrongAddress.objects.values_list("email", flat=True)}


def _due(services, cities, halted, now, at_once):
    organization = services[0].organization
    aged = [service for service in services if is_due(service, now)]
    asked = aged or (services if at_once else [])
    email = address_of(organization, services, halted)
    if not asked or not email:
        return None
    city = next(c for c in cities if _is_asked_for(asked[0], [c]))
    if not at_once and not _may_be_asked(organization, services, cities, now):
        return None
    return Due(organization, tuple(asked), city, email, language_of(organization, city))


def _is_asked_for(service, cities):
    """Whether one of these cities asks about a listing."""
    if service.reach == Service.Reach.CITY:
        own = {city.pk for city in service.cities.all()}
        return any(city.pk in own for city in cities)
    if service.reach == Service.Reach.NATIONAL:
        return any(city.country_id == service.country_id for city in cities)
    return bool(cities)


def address_of(organization, services, halted):
    """The organisation's own address for checks, else the first that one of its listings shows."""
    found = [organization.check_email, *(service.email for service in services)]
    return next((email for email in found if email and email.lower() not in halted), "")


def language_of(organization, city):
    """The organisation's language, else the first of the city's that the site speaks, else English."""
    spoken = [*of_the_site([organization.language]), *languages_of(city)]
    return next(iter(spoken), settings.LANGUAGE_CODE)


def _may_be_asked(organization, services, cities, now):
    checks = list(organization.checks.all())
    asking = [c for c in cities if any(_is_asked_for(service, [c]) for service in services)]
    next_at = next_mail(checks, min(c.check_every_days for c in asking))
    return next_at is None or (next_at is not NEVER and next_at <= now)


#: A mail is on its way: nothing is written before it is out.
NEVER = object()


def next_mail(checks, every_days):
    """When the next mail may go out after these, newest first: None for now, `NEVER` while one waits."""
    if not checks:
        return None
    last = checks[0]
    if last.state == State.WAITING:
        return NEVER
    return (last.sent_at or last.created_at) + datetime.timedelta(days=_wait(checks, every_days))


def _wait(checks, every_days):
    last, silence = checks[0], unanswered(checks)
    if last.state == State.FAILED:
        return SOON
    if silence:
        return BACK_OFF[min(silence, len(BACK_OFF)) - 1]
    partly = last.state == State.SENT and not last.closed_at
    return SOON if partly else every_days


def unanswered(checks):
    """How many mails in a row, the newest first, were sent and not answered at all."""
    return len(_unanswered(checks))


def _unanswered(checks):
    found = []
    for check in checks:
        if check.answered_at or check.state == State.SETTLED:
            break
        if check.state == State.SENT:
            found.append(check)
    return found


def is_silent(checks, now):
    """Whether the third mail in a row has had its time: somebody should phone."""
    silence = _unanswered(checks)
    if len(silence) < SILENT_AFTER:
        return False
    return silence[-SILENT_AFTER].sent_at + datetime.timedelta(days=SOON) <= now
