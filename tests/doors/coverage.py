"""The doors of coverage."""

from tests.doors import Door, for_keepers

DOORS = {
    "office-coverage": Door(),
    "office-coverage-why": Door(query="?need=shelter&group=woman"),
    "office-coverage-cells": Door(),
    "office-dead-ends": Door(),
    "office-minimums": Door(post=for_keepers(302) | {"elsewhere": 404}),
}
