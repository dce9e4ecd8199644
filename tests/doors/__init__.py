"""The table of doors: every route that asks who somebody is, and what each role gets there.

Each part of the office writes its own module here with `DOORS = {route name: Door(…)}`;
`tests/test_doors.py` tries them all, and fails when a route stands in no table.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

#: Who tries each door. The last is an administrator of another city, in another country.
PERSONS = ("stranger", "waiting", "worker", "editor", "administrator", "network", "elsewhere")


def answers(stranger=302, waiting=302, *, worker, editor, administrator, network, elsewhere=404):
    """Person -> status. `waiting` is an administrator whose second factor is missing."""
    return dict(
        zip(
            PERSONS,
            (stranger, waiting, worker, editor, administrator, network, elsewhere),
            strict=True,
        )
    )


def for_workers(status=200):
    """A page that every role of the city may open."""
    return answers(worker=status, editor=status, administrator=status, network=status)


def for_editors(status=200):
    """A page of those who edit the city's listings."""
    return answers(worker=403, editor=status, administrator=status, network=403)


def for_administrators(status=200):
    """A page of the city's administrators alone (sealed things)."""
    return answers(worker=403, editor=403, administrator=status, network=403)


def for_keepers(status=200):
    """A page of the city's administrators and the network's (people, the city itself)."""
    return answers(worker=403, editor=403, administrator=status, network=status)


def for_the_network(status=200):
    """A page of network administrators, which for all others does not exist."""
    return answers(worker=404, editor=404, administrator=404, network=status)


def everybody(status):
    """The same for all: the route asks for nothing, or does not know the method."""
    return dict.fromkeys(PERSONS, status)


@dataclass(frozen=True)
class Door:
    """A route: its arguments in a `World`, and what each person gets by GET and by POST.

    `data` is what is posted: where empty, what a form without any field filled in would send.
    """

    arguments: Callable = lambda world: [world.city.slug]
    get: dict = field(default_factory=for_workers)
    post: dict = field(default_factory=lambda: everybody(405))
    data: Callable = lambda world: {}
    query: str = ""


def all_doors():
    """Route name -> `Door`, of every module here."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        doors = importlib.import_module(f"{__name__}.{module.name}").DOORS
        assert not found.keys() & doors.keys(), f"{module.name} names a route again"
        found |= doors
    return found
