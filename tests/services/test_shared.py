"""What one process of a server leaves for the others: public, of the right version, and never needed."""

import dataclasses
import datetime

import pytest
from django.utils import timezone

from services import directory, shared, sketches
from services.models import City, Service
from services.sketches import Sketch
from services.visibility import Audience
from tests import factories

FIELDS = [field.name for field in dataclasses.fields(Sketch)]
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    shared.share(str(folder))
    yield folder
    shared.share(None)


@pytest.fixture
def city():
    city = factories.make_city("harbour")
    factories.make_service(city, name="House", slug="house", needs=["shelter"])
    return city


def names(audience=Audience.PUBLIC):
    here = directory.directory_of(City.objects.get(slug="harbour"), audience)
    return [sketch.name_in("en") for sketch in here]


def in_another_process():
    """This one, which has forgotten what it read itself."""
    directory.forget()


def test_another_process_needs_no_query_of_its_own(city, folder, django_assert_num_queries):
    assert names() == ["House"]
    in_another_process()
    seen = City.objects.get(slug="harbour")
    with django_assert_num_queries(0):
        here = directory.directory_of(seen, Audience.PUBLIC)
    assert [sketch.name_in("en") for sketch in here] == ["House"]
    assert here.version == seen.version


def test_sketches_are_the_same_as_those_read(city, folder):
    read = directory.directory_of(city, Audience.PUBLIC)
    in_another_process()
    there = directory.directory_of(city, Audience.PUBLIC)
    assert there is not read
    for one, other in zip(there, read, strict=True):
        assert [getattr(one, name) for name in FIELDS] == [getattr(other, name) for name in FIELDS]


def test_a_change_is_seen_by_all(city, folder):
    assert names() == ["House"]
    change_name()
    in_another_process()
    assert names() == ["New House"]


def change_name():
    words = Service.objects.get(slug="house").translations.get(language_code="en")
    words.name = "New House"
    words.save()


def test_only_what_everybody_may_know_is_left_there(city, folder):
    factories.make_service(city, name="Canary House", slug="canary", visibility="professional")
    assert "Canary House" in names(Audience.PROFESSIONAL)
    assert not list(folder.glob("*"))
    in_another_process()
    assert names() == ["House"]
    assert len(list(folder.glob("*"))) == 1


def test_a_file_that_is_not_whole_is_as_none(city, folder):
    names()
    for file in folder.glob("*"):
        file.write_bytes(file.read_bytes()[:40])
    in_another_process()
    assert names() == ["House"]


def test_what_grew_old_meanwhile_is_read_anew(city, folder, time_machine):
    now = timezone.now()
    free = Service.objects.get(slug="house")
    free.capacity, free.capacity_until = "free", now + datetime.timedelta(minutes=30)
    free.save()
    assert first().capacity == "free"
    time_machine.move_to(now + datetime.timedelta(hours=1))
    in_another_process()
    assert first().capacity == "unknown"
    assert len(list(folder.glob("*"))) == 1


def first():
    city = City.objects.get(slug="harbour")
    return next(iter(directory.directory_of(city, Audience.PUBLIC)))


def test_another_process_begins_with_what_it_finds(city, folder, monkeypatch):
    for number in range(8):
        factories.make_service(city, slug=f"house-{number}")
    names()
    change_name()
    in_another_process()
    read = []
    every = sketches.each
    monkeypatch.setattr(
        sketches, "each", lambda *args, **kw: (read.append(1) or one for one in every(*args, **kw))
    )
    assert names()[0] == "New House"
    assert len(read) == 1


def test_what_is_of_another_time_zone_is_nobodys(city, folder):
    assert first().timezone == "Europe/Brussels"
    city.timezone = "Europe/Rome"
    city.save()
    in_another_process()
    assert first().timezone == "Europe/Rome"


def test_where_there_is_little_room_nothing_is_left(city, folder, monkeypatch):
    monkeypatch.setattr(shared, "LEFT_FREE", 2**80)
    assert names() == ["House"]
    assert not list(folder.glob("*"))


def test_without_a_server_nothing_is_shared(city, tmp_path):
    shared.share(None)
    assert names() == ["House"]
    assert shared.peek("harbour") is None
