"""A city whose every sealed word is a canary, and the database as somebody reads it who stole it."""

import zlib

import pytest
from django.db import connection

from services import history
from services.models import Location, ServiceAtLocation
from tests import factories

#: A word, a number, a postal code, and the beginning of each coordinate.
CANARIES = ("zanzibar7", "5557732", "9871ZQ", "50.12345", "4.76543")
KEYS = tuple(letter * 42 + "A" for letter in "abc")


@pytest.fixture
def city(db):
    return factories.make_city("harbour", name="Harbour")


@pytest.fixture
def refuge(city):
    """A confidential service with a sealed note, phone and place, which has a version."""
    service = factories.make_service(
        city,
        name="Quay House",
        confidential=True,
        sealed_note="zanzibar7 note",
        phones=[
            {"number": "+32 2 555 01 01"},
            {"number": "+3225557732", "visibility": "sealed", "note": "zanzibar7 rings"},
        ],
    )
    Location.objects.all().delete()
    place = Location.objects.create(
        street="zanzibar7 street 1",
        postal_code="9871ZQ",
        town="zanzibar7 town",
        note="zanzibar7 door",
        latitude=50.123457,
        longitude=4.765431,
        visibility="sealed",
        confidential=True,
    )
    ServiceAtLocation.objects.create(service=service, location=place)
    history.settle()
    return service


def stolen():
    """Every value of every table, as text; what is compressed also as it was before."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                said += [text for value in row for text in _texts(value)]
    return "\n".join(said)


def _texts(value):
    if isinstance(value, bytes | memoryview):
        try:
            value = zlib.decompress(bytes(value))
        except zlib.error:
            value = bytes(value)
        return [value.decode("utf-8", "replace")]
    return [str(value)]


def found():
    """The canaries that stand in the database in the clear."""
    text = stolen()
    return [canary for canary in CANARIES if canary in text]
