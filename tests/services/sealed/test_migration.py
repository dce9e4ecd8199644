"""An upgrade seals what is there; going back opens it, and neither loses a word."""

import datetime

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from services.models import ListingVersion, Location, Phone, Service, SheetImport
from tests import factories
from tests.services.sealed.conftest import KEYS, found, stolen

BEFORE = "0009_translated_texts"
#: The newest, as the rest of the tests need it.
((_app, NOW),) = MigrationLoader(None).graph.leaf_nodes("services")


def migrate(name):
    MigrationExecutor(connection).migrate([("services", name)])


@pytest.fixture
def written(transactional_db, refuge, city, django_user_model):
    """One row of every kind that is sealed, as (model, name, value)."""
    refuge.email = "desk@lamp.example"
    refuge.save()
    factories.make_service(city, visibility="sealed", email="zanzibar7@lamp.example")
    SheetImport.objects.create(
        city=city,
        user=django_user_model.objects.create(username="somebody"),
        file_name="mine.csv",
        expires_at=timezone.now() + datetime.timedelta(hours=1),
        content={"rows": ["zanzibar7"]},
    )
    yield said()
    migrate(NOW)


def said():
    """All that is sealed, as the site reads it."""
    rows = {
        Location: ("street", "town", "note", "latitude", "longitude"),
        Phone: ("number", "note"),
        Service: ("sealed_note", "email"),
        ListingVersion: ("state",),
        SheetImport: ("content", "result"),
    }
    return {
        (model, row.pk, name): getattr(row, name)
        for model, names in rows.items()
        for row in model.objects.order_by("pk")
        for name in names
    }


def test_there_and_back(written):
    assert ListingVersion.objects.count() >= 2
    assert found() == []
    migrate(BEFORE)
    text = stolen()
    for canary in ("zanzibar7 street 1", "50.123457", "5557732", "zanzibar7@lamp", "9871ZQ"):
        assert canary in text
    assert "s1." not in text
    migrate(NOW)
    assert found() == []
    assert said() == written


def test_going_back_without_the_key_says_so_and_loses_nothing(written, settings):
    known, settings.SEALING_KEYS = settings.SEALING_KEYS, KEYS[:1]
    with pytest.raises(CommandError) as refused:
        migrate(BEFORE)
    assert "SEALING_KEYS" in str(refused.value)
    assert found() == []
    settings.SEALING_KEYS = known
    migrate(NOW)
    assert said() == written
