"""The doors of the office itself."""

from tests.doors import Door, answers, for_workers

DOORS = {
    "office": Door(
        lambda world: [],
        get=answers(worker=302, editor=302, administrator=302, network=200, elsewhere=302),
    ),
    "office-city": Door(get=for_workers()),
}
