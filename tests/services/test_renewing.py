"""A directory made of the one of before says what one read anew says, whatever has changed."""

import dataclasses
import datetime
import itertools
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from services import directory, renewing, sketches, vouching
from services.directory import directory_of
from services.models import City, Country, Location, Need, Service
from services.sketches import Sketch
from services.visibility import Audience
from tests import factories
from tests.services.test_sketches import make_varied

FIELDS = [field.name for field in dataclasses.fields(Sketch)]
pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    city = factories.make_city("harbour")
    factories.make_city("hilltown")
    factories.make_city("fartown", country="SE")
    make_varied(city)
    for number in range(24):
        factories.make_service(city, name=f"House {number:02}", slug=f"house-{number:02}")
    return seen()


def seen():
    return City.objects.get(slug="harbour")


def house(number=7):
    return Service.objects.get(slug=f"house-{number:02}")


def told(found):
    return [{name: getattr(one, name) for name in FIELDS} for one in found]


@pytest.fixture
def whole(monkeypatch):
    """Whether all of a city was read, each time."""
    each, times = sketches.each, []

    def watched(city, services=None, audience=Audience.PUBLIC):
        times.append(services is None)
        return each(city, services, audience)

    monkeypatch.setattr(sketches, "each", watched)
    return times


def same_as_read(audience=Audience.PUBLIC):
    """The directory that is kept or renewed, held to one read anew."""
    here = directory_of(seen(), audience)
    assert told(here) == told(sketches.read(seen(), audience=audience))
    assert [here.sketches.number_of(one.id) for one in here] == list(range(len(here)))
    assert all(here.with_slug(one.slug) == one for one in here)
    return here


def set_to(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def words(service, **fields):
    set_to(service.translations.get(language_code="en"), **fields)


EDITS = {
    "field": lambda h: set_to(h, cost="paid", age_min=16),
    "slug, to the end": lambda h: set_to(h, slug=f"zz-{h.slug}"),
    "slug, to the start": lambda h: set_to(h, slug=f"aa-{h.slug}"),
    "name": lambda h: words(h, name=f"Haus {h.slug}"),
    "name in another language": lambda h: h.translations.update_or_create(
        language_code="fr", defaults={"name": "Maison d’été"}
    ),
    "organisation": lambda h: set_to(h.organization, name=f"Another {h.slug}"),
    "phone": lambda h: factories.Phone.objects.create(
        service=h, number="+32 2 555 77 10", opening_hours="Mo 09:00-10:00"
    ),
    "phone gone": lambda h: h.phones.first().delete(),
    "language": lambda h: h.spoken.create(tag="ar"),
    "criterion new to the city": lambda h: h.criteria.create(code="men", stance="takes"),
    "criterion": lambda h: h.criteria.create(code="with-children", stance="takes", limit=3),
    "source": lambda h: h.sources.create(publisher="Town Gazette", date="2026"),
    "doubt": lambda h: h.marks.create(kind="old"),
    "confirmation": lambda h: h.confirmations.create(
        field_group="contact", by="city", confirmed_at=timezone.now()
    ),
    "need": lambda h: h.needs.add(factories.make_need("helpline", stage="referral")),
    "need of many": lambda h: factories.make_need("legal").services.set([h, house(13)]),
    "need gone": lambda h: Need.objects.get(code="shelter").services.clear(),
    "need deleted": lambda h: Need.objects.get(code="shelter").delete(),
    "group": lambda h: h.target_groups.add(factories.make_group("families")),
    "place": lambda h: set_to(h.sites.get().location, latitude=50.1, longitude=4.1),
    "place sealed": lambda h: set_to(h.sites.get().location, visibility="sealed"),
    "place gone": lambda h: h.sites.get().delete(),
    "location gone": lambda h: Location.objects.filter(sites__service=h).delete(),
    "confidential": lambda h: (h.sites.get().delete(), set_to(h, confidential=True)),
    "on hold": lambda h: set_to(h, held=True),
    "withdrawn": lambda h: set_to(h, status="draft"),
    "for professionals": lambda h: set_to(h, visibility="professional"),
    "for the country": lambda h: set_to(h, reach="national"),
    "to another city": lambda h: h.cities.set([City.objects.get(slug="hilltown")]),
    "to another country": lambda _h: set_to(
        Service.objects.get(slug=Service.objects.filter(reach="national").first().slug),
        country=Country.objects.get(code="SE"),
    ),
    "from another city": lambda _h: factories.make_service(
        City.objects.get(slug="hilltown")
    ).cities.add(seen()),
    "free place": lambda h: set_to(
        h, capacity="free", capacity_until=timezone.now() + datetime.timedelta(days=2)
    ),
    "new": lambda h: factories.make_service(seen(), name="New", slug=f"{h.slug}a"),
    "deleted": lambda h: h.delete(),
    "some deleted": lambda h: Service.objects.filter(slug__in=["house-12", h.slug]).delete(),
    "last deleted": lambda _h: Service.objects.order_by("-slug").first().delete(),
}
#: These change so many listings that all are read.
OF_MANY = {"need gone", "need deleted"}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_seen_without_reading_all(city, edit, whole):
    for audience in Audience:
        assert len(same_as_read(audience)) > 20
    EDITS[edit](house())
    for audience in Audience:
        whole.clear()
        directory_of(seen(), audience)
        assert (True in whole) == (edit in OF_MANY)
        same_as_read(audience)


def test_many_edits_one_after_the_other(city):
    """Each of another house, so that what is copied has been copied before."""
    edits = random.Random(5).sample([name for name in EDITS if name not in OF_MANY], 12)
    for number, edit in enumerate(edits):
        EDITS[edit](house(number))
        same_as_read()


@pytest.mark.parametrize("hours", [1, 24, 24 * 3, 24 * 6, 24 * 90, 24 * 180, 24 * 365, 24 * 800])
def test_the_clock_ages_what_it_ages(city, time_machine, whole, monkeypatch, hours):
    monkeypatch.setattr(renewing, "WHOLE_FOR", 2**60)
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    for number, days in enumerate((0, 2.99, 5.99, 89.99, 179.99)):
        confirmed_at = now - datetime.timedelta(days=days)
        for group in ("capacity", "contact", "acceptance", "rest"):
            house(number).confirmations.create(
                field_group=group, by="city", confirmed_at=confirmed_at
            )
    set_to(house(9), capacity="free", capacity_until=now + datetime.timedelta(minutes=30))
    same_as_read()
    whole.clear()
    time_machine.move_to(now + datetime.timedelta(hours=hours), tick=False)
    here = directory_of(seen(), Audience.PUBLIC)
    assert True not in whole
    assert here.with_slug("house-09").capacity == "unknown"
    same_as_read()


@pytest.mark.parametrize(("group", "days"), [("capacity", 3), ("contact", 90), ("rest", 365)])
def test_trust_is_right_around_each_moment_at_which_it_changes(
    city, time_machine, monkeypatch, group, days
):
    monkeypatch.setattr(renewing, "WHOLE_FOR", 2**60)
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    house().confirmations.create(field_group=group, by="city", confirmed_at=now)
    same_as_read()
    minute, found = datetime.timedelta(minutes=1), []
    for times, change in itertools.product((1, 2), (-minute, 0 * minute, minute)):
        moment = now + times * datetime.timedelta(days=days) + change
        time_machine.move_to(moment, tick=False)
        before = directory_of(seen(), Audience.PUBLIC).sketches
        kept = renewing.sketches_of(seen(), Audience.PUBLIC, before)
        assert told(kept) == told(sketches.read(seen()))
        found.append(kept.with_slug("house-07").trust[group].state)
    assert found == ["confirmed", "confirmed", "ageing", "ageing", "ageing", "stale"]


def test_a_clock_that_is_put_back_makes_nothing_old(city, time_machine):
    now = timezone.now()
    time_machine.move_to(now)
    house().confirmations.create(field_group="contact", by="city", confirmed_at=now)
    time_machine.move_to(now + datetime.timedelta(days=1000))
    here = directory_of(seen(), Audience.PUBLIC)
    assert here.with_slug("house-07").trust["contact"].state == "stale"
    time_machine.move_to(now + datetime.timedelta(days=1))
    assert same_as_read().with_slug("house-07").trust["contact"].state == "confirmed"


def test_an_hour_in_which_nothing_grows_old_keeps_what_was_worked_out(city, time_machine, whole):
    before = directory_of(seen(), Audience.PUBLIC)
    sets = before.sets
    whole.clear()
    time_machine.move_to(timezone.now() + datetime.timedelta(hours=1))
    here = directory_of(seen(), Audience.PUBLIC)
    assert here.sets is sets
    assert not whole


def test_an_edit_elsewhere_keeps_what_was_worked_out(city, whole):
    """A change of an organisation gives every city another version."""
    before = directory_of(seen(), Audience.PUBLIC)
    faraway = factories.make_service(City.objects.get(slug="fartown"))
    whole.clear()
    set_to(faraway.organization, name="Another one")
    assert seen().version > before.version
    here = directory_of(seen(), Audience.PUBLIC)
    assert here.sets is before.sets
    assert here.version == seen().version > before.version
    assert not whole


def test_queries_of_an_edit(city):
    directory_of(seen(), Audience.PUBLIC)
    words(house(), name="Haus")
    now = seen()
    with CaptureQueriesContext(connection) as queries:
        directory_of(now, Audience.PUBLIC)
    assert len(queries) == 3


def test_once_a_quarter_has_been_replaced_all_are_read(city, whole):
    same_as_read()
    whole.clear()
    for times in range(3):
        for number in range(6):
            words(house(number), name=f"Haus {times} {number}")
        directory_of(seen(), Audience.PUBLIC)
    assert whole.count(True) == 1
    same_as_read()


def test_a_time_zone_makes_another_directory(city, whole):
    directory_of(seen(), Audience.PUBLIC)
    whole.clear()
    set_to(City.objects.get(slug="harbour"), timezone="Europe/Stockholm")
    assert same_as_read().with_slug("house-07").timezone == "Europe/Stockholm"


def test_the_one_of_before_is_kept_no_longer(city):
    for number in range(5):
        words(house(number), name=f"Haus {number}")
        directory_of(seen(), Audience.PUBLIC)
    assert len(directory._directories._found) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("edit", ["name", "field", "phone", "organisation", "place", "need"])
def test_what_changed_has_its_time_before_the_city_has_its_version(edit):
    """Else somebody who asks in between would keep the old listing under the new version."""
    city = factories.make_city("harbour")
    factories.make_city("hilltown")
    factories.make_service(city, slug="house-07")
    with CaptureQueriesContext(connection) as queries:
        EDITS[edit](house())
    written = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    timed = [n for n, sql in enumerate(written) if 'SET "last_modified"' in sql]
    versions = [n for n, sql in enumerate(written) if '"version" = ' in sql]
    assert timed
    assert max(timed) < max(versions)


def test_that_somebody_was_reached_is_seen_within_the_hour_without_a_change(
    city, time_machine, whole
):
    now = timezone.now()
    time_machine.move_to(now)
    house(8).confirmations.create(
        field_group="contact", by="city", confirmed_at=now - datetime.timedelta(days=400)
    )
    here = same_as_read()
    states = [here.with_slug(slug).trust["contact"].state for slug in ("house-07", "house-08")]
    assert states == ["never", "stale"]
    changed = house().last_modified
    whole.clear()
    for number in (7, 8):
        vouching.reached(house(number).pk, "organization", "worker")
    time_machine.move_to(now + datetime.timedelta(hours=1))
    here = directory_of(seen(), Audience.PUBLIC)
    states = [here.with_slug(slug).trust["contact"].state for slug in ("house-07", "house-08")]
    assert states == ["confirmed", "confirmed"]
    assert house().last_modified == changed
    assert True not in whole
    same_as_read()
    # Once it is known, nothing is read for it again.
    whole.clear()
    time_machine.move_to(now + datetime.timedelta(hours=2))
    directory_of(seen(), Audience.PUBLIC)
    assert not whole


def test_what_was_changed_past_the_site_stands_for_a_day_at_most(city, time_machine, whole):
    now = timezone.now()
    time_machine.move_to(now)
    assert same_as_read().with_slug("house-07").cost != "paid"
    Service.objects.filter(slug="house-07").update(cost="paid")
    for hour in range(1, 24):
        time_machine.move_to(now + datetime.timedelta(hours=hour))
        words(house(8), name=f"House {hour}")
        directory_of(seen(), Audience.PUBLIC)
    time_machine.move_to(now + datetime.timedelta(hours=24, minutes=1))
    whole.clear()
    assert same_as_read().with_slug("house-07").cost == "paid"
    assert True in whole


def test_an_older_state_does_not_drop_a_newer_one(city):
    """As of a replica that lags behind, while others have seen an edit."""
    older = seen()
    directory_of(older, Audience.PUBLIC)
    words(house(), name="Haus")
    newer = directory_of(seen(), Audience.PUBLIC)
    directory_of(older, Audience.PUBLIC)
    assert directory_of(seen(), Audience.PUBLIC) is newer
