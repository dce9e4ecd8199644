"""The doors of referrals: each worker has a list of their own; nobody else's exist."""

from referrals.handoff import acts
from tests.doors import Door, answers, everybody
from tests.people import make_person


def somebody_elses(world):
    """A referral of a worker who is none of those at the doors."""
    wanted = acts.Wanted(city=world.city, service=world.service, need="shelter", urgency="24h")
    worker = make_person("worker", world.city)
    return [acts.refer(wanted, consent=True, worker=worker).pk]


OWN = everybody(200) | {"stranger": 302, "waiting": 302}
NOT_THERE = everybody(404) | {"stranger": 302, "waiting": 302}

DOORS = {
    "refer": Door(
        # A GET leads to the plan.
        get=answers(worker=302, editor=302, administrator=302, network=302),
        post=answers(worker=200, editor=200, administrator=200, network=200),
        data=lambda world: {"service": world.service.pk, "need": "shelter"},
    ),
    "my-referrals": Door(lambda world: [], get=OWN),
    "my-referral": Door(somebody_elses, get=NOT_THERE, post=NOT_THERE),
}
