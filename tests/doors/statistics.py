"""The doors of statistics."""

from tests.doors import Door

DOORS = {"office-statistics": Door(), "office-statistics-csv": Door()}
