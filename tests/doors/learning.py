"""The doors of the toolboxes: the network's administrators keep them."""

from learning.models import Passage
from learning.versions import state_of
from tests.doors import Door, everybody, for_the_network
from tests.learning.passages import make_passage


def a_passage(*more):
    """The arguments of a door of one passage."""

    def arguments(world):
        if not Passage.objects.filter(pk="quay").exists():
            make_passage("quay")
        return ["quay", *more]

    return arguments


def a_version(world):
    arguments = a_passage()(world)
    passage = Passage.objects.get(pk="quay")
    made = passage.versions.first() or passage.versions.create(way="form", state=state_of(passage))
    return [*arguments, made.pk]


DOORS = {
    "passages": Door(lambda world: [], get=for_the_network()),
    "passage": Door(a_passage(), get=for_the_network(), post=for_the_network(400)),
    "passage-words": Door(a_passage("fr"), get=for_the_network(), post=for_the_network(400)),
    "passage-history": Door(a_passage(), get=for_the_network()),
    "passage-revert": Door(a_version, get=everybody(405), post=for_the_network(302)),
}
