"""The door of what is told of a city's listings."""

from tests.doors import Door, for_editors

DOORS = {"office-told": Door(get=for_editors())}
