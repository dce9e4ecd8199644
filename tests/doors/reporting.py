"""The doors of reports and holds."""

from services.models import Service
from services.reporting.report import report
from tests.doors import Door, answers, everybody, for_editors
from tests.people import make_person

#: The network's administrators see what is on hold: they release where a city has too few people.
SEEN = answers(worker=403, editor=200, administrator=200, network=200)


def held(world):
    """A hold of the city."""
    if not Service.objects.get(pk=world.service.pk).held:
        report(world.service.pk, "unsafe", make_person("worker", world.city))
    return [world.city.slug, world.service.holds.get().pk]


DOORS = {
    "office-reports": Door(get=SEEN),
    "office-resolve": Door(
        get=everybody(405),
        post=for_editors(302),
        data=lambda world: {"service": world.service.pk, "kind": "hours", "answer": "mended"},
    ),
    "office-hold": Door(held, get=SEEN),
    "office-release": Door(
        held,
        get=everybody(405),
        post=answers(worker=403, editor=302, administrator=302, network=302),
    ),
}
