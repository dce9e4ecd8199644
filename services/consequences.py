"""What an edit would take away from people, asked before it is saved.

The pathway knows what a city must offer; the directory may not import it. So whoever knows
adds a finder here when its app is ready.
"""

from django.db import transaction
from django.utils import timezone

from services.models import City, Service
from services.projection import FALLBACK_LANGUAGE, project
from services.rows import read
from services.visibility import Audience

_finders = []
_watches = []


def add_finder(find):
    """`find(city, before, after)` yields sentences on what the city would lose.

    `before` and `after` are the public `Listing`s of one service, or None where nobody sees it.
    """
    _finders.append(find)


def add_watch(watch):
    """`watch(city)` looks at a whole city before an edit, and returns a function without arguments.

    That is called after the edit, in the same transaction, and yields sentences on what is lost.
    """
    _watches.append(watch)


def of_many(cities, edit):
    """(city, sentence) of what carrying out `edit()` takes away from these cities as wholes.

    For edits of several listings, each of which may stand in for another. What `edit` did stays:
    whoever asks takes the transaction back.
    """
    watched = [(city, watch(city)) for city in cities for watch in _watches]
    edit()
    return [(city, sentence) for city, lost in watched for sentence in lost()]


def of_edits(services, edit):
    """As `of_edit`, of an edit of several services, each of which may stand in for another."""
    if len(services) == 1:
        return of_edit(services[0], edit)
    cities = {city.pk: city for service in services for city in _cities(service.pk)}
    with transaction.atomic():
        found = of_many(cities.values(), edit)
        transaction.set_rollback(True)
    return found


def of_edit(service, edit):
    """(city, sentence) of everything that carrying out `edit()` would take away; nothing is kept.

    `edit` may do anything to this service in the database; all of it is rolled back.
    """
    cities = {city.pk: city for city in _cities(service.pk)}
    before = {pk: _listing(service.pk, city) for pk, city in cities.items()}
    with transaction.atomic():
        edit()
        # Those known already stay: inside the edit they have a version that nobody will ever see.
        cities = {city.pk: city for city in _cities(service.pk)} | cities
        after = {pk: _listing(service.pk, city) for pk, city in cities.items()}
        transaction.set_rollback(True)
    return [
        (city, sentence)
        for pk, city in cities.items()
        for find in _finders
        for sentence in find(city, before.get(pk), after.get(pk))
    ]


def _cities(service_id):
    """The cities that can use a service now."""
    service = Service.objects.filter(pk=service_id).first()
    if service is None:
        return []
    cities = City.objects.select_related("country")
    if service.reach == Service.Reach.EUROPEAN:
        return list(cities)
    if service.reach == Service.Reach.NATIONAL:
        return list(cities.filter(country=service.country_id))
    return list(cities.filter(services=service_id))


def _listing(service_id, city):
    services = Service.objects.visible_to(Audience.PUBLIC).serving(city).filter(pk=service_id)
    found = list(read(services))
    if not found:
        return None
    return project(
        found[0],
        audience=Audience.PUBLIC,
        language=FALLBACK_LANGUAGE,
        timezone=city.timezone,
        now=timezone.now(),
    )


def asks():
    """Whether anybody has something to find: without a finder nothing need be tried."""
    return bool(_finders)
