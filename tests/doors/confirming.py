"""The doors of the thirty-second check."""

from services.models import Proposal
from tests.doors import Door, everybody, for_editors, for_keepers


def _proposal(world):
    service = world.service
    return Proposal.objects.get_or_create(service=service, kind="close", language="en")[0].pk


DOORS = {
    "office-checks": Door(get=for_editors()),
    "office-checks-settings": Door(get=everybody(405), post=for_keepers(400)),
    "office-checks-organization": Door(
        lambda world: [world.city.slug, world.service.organization_id],
        get=everybody(405),
        post=for_editors(400),
    ),
    "office-proposals": Door(get=for_editors()),
    "office-proposal": Door(
        lambda world: [world.city.slug, _proposal(world)],
        get=everybody(405),
        post=for_editors(400),
    ),
}
