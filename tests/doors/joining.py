"""The doors of joining: the network's requests, a city's readiness and legal notes."""

from django.utils import timezone

from services.models import JoinRequest
from tests.doors import (
    Door,
    everybody,
    for_keepers,
    for_the_network,
    for_workers,
)


def a_request(world):
    """One that was declined long ago: looking at it again is refused, and changes nothing."""
    asked, _made = JoinRequest.objects.get_or_create(
        geoname_id=2735943,
        email="somebody@example.org",
        defaults={
            "city_name": "Porto",
            "country_code": "PT",
            "organization": "Quay",
            "kind": "ngo",
            "role": "lead",
            "state": "declined",
            "decided_at": timezone.now(),
        },
    )
    return [asked.pk]


DOORS = {
    "join-requests": Door(lambda world: [], get=for_the_network()),
    "join-accept": Door(a_request, get=for_the_network(409), post=for_the_network(409)),
    "join-decline": Door(a_request, get=everybody(405), post=for_the_network(409)),
    "city-new": Door(lambda world: [], get=for_the_network(), post=for_the_network(400)),
    "readiness": Door(get=for_workers()),
    # The city lacks nearly everything.
    "go-live": Door(get=everybody(405), post=for_keepers(409)),
    "legal": Door(get=for_workers(), post=for_keepers(400)),
}
