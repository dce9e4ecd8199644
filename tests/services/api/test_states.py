"""Whoever has an answer in its present state is told so after reading one row."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from services.models import Change, City
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

OF_CITY = "/api/hsds/v3/services?city=harbour&full=true"
OF_ALL = "/api/hsds/v3/services"
LISTINGS = "/api/v1/services?city=harbour"
CHANGES = "/api/v1/changes"
EVERY = [OF_CITY, OF_ALL, LISTINGS, CHANGES]
#: Far from the end of a minute and of an hour.
NOON = datetime.datetime(2030, 1, 7, 12, 0, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house():
    return factories.make_service(factories.make_city("harbour"), name="Lantern House")


def asked(client, address, known=None, **more):
    headers = {"If-None-Match": known} if known else {}
    return client.get(address, headers=headers | more)


def is_known(client, address, known):
    status = asked(client, address, known).status_code
    assert status in (200, 304)
    return status == 304


def edit(service):
    service.email = f"desk-{timezone.now().timestamp()}@example.org"
    service.save()


@pytest.mark.parametrize("address", EVERY)
def test_what_is_known_costs_one_query(client, house, address, django_assert_num_queries):
    etag = asked(client, address).headers["ETag"]
    with django_assert_num_queries(1):
        again = asked(client, address, etag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


def test_following_the_changes_costs_two_queries(client, house, django_assert_num_queries):
    cursor = asked(client, CHANGES).json()["cursor"]
    edit(house)
    told = asked(client, f"{CHANGES}?since={cursor}").json()
    assert [one["change"] for one in told["changes"]] == ["updated"]
    for since, count in ((cursor, 1), (told["cursor"], 0)):
        with django_assert_num_queries(2):
            again = asked(client, f"{CHANGES}?since={since}").json()
        assert (len(again["changes"]), again["cursor"]) == (count, told["cursor"])
    with django_assert_num_queries(1):
        assert asked(client, f"{CHANGES}?since=latest").json()["cursor"] == told["cursor"]
    ahead = f"p{int(told['cursor'][1:]) + 1}"
    assert asked(client, f"{CHANGES}?since={ahead}").status_code == 409


@pytest.mark.parametrize("address", EVERY)
def test_a_change_makes_it_new(client, house, address):
    etag = asked(client, address).headers["ETag"]
    edit(house)
    assert not is_known(client, address, etag)


@pytest.mark.parametrize("reach", ["national", "european"])
def test_a_change_of_a_line_for_more_than_the_city_makes_it_new(client, house, reach):
    line = factories.make_service(reach=reach)
    etag = asked(client, OF_CITY).headers["ETag"]
    edit(line)
    assert not is_known(client, OF_CITY, etag)


def test_a_change_elsewhere_leaves_a_city_known(client, house):
    elsewhere = factories.make_service(factories.make_city("far", country="IT"))
    city, every = (asked(client, address).headers["ETag"] for address in (OF_CITY, OF_ALL))
    edit(elsewhere)
    assert is_known(client, OF_CITY, city)
    assert not is_known(client, OF_ALL, every)


@pytest.mark.parametrize("address", EVERY)
@pytest.mark.parametrize("visibility", ["professional", "sealed"])
def test_what_the_public_may_not_know_of_changes_nothing_for_it(client, house, address, visibility):
    hidden = factories.make_service(house.cities.get(), visibility=visibility)
    etag = asked(client, address).headers["ETag"]
    edit(hidden)
    assert is_known(client, address, etag)


def test_a_partner_notices_what_professionals_may_know_of(client, house):
    city = house.cities.get()
    hidden = factories.make_service(city, visibility="professional")
    _key, text = factories.make_key("professional", [city])
    partner = {"Authorization": f"Api-Key {text}"}
    etag = asked(client, OF_CITY, **partner).headers["ETag"]
    assert asked(client, OF_CITY, etag, **partner).status_code == 304
    assert not is_known(client, OF_CITY, etag)
    edit(hidden)
    assert asked(client, OF_CITY, etag, **partner).status_code == 200


def test_a_form_that_was_open_does_not_bring_an_old_state_back(client, house):
    open_form = City.objects.get(slug="harbour")
    etag = asked(client, OF_CITY).headers["ETag"]
    edit(house)
    open_form.save()
    assert not is_known(client, OF_CITY, etag)


def test_nothing_is_known_while_a_change_waits_for_its_number(client, house):
    etag = asked(client, OF_ALL).headers["ETag"]
    Change.objects.create(service=house.pk, after=Change.objects.latest("id").after)
    assert not is_known(client, OF_ALL, etag)


@pytest.mark.parametrize(
    ("address", "minutes", "known"),
    [(OF_CITY, 1, True), (OF_CITY, 61, False), (LISTINGS, 1, False), (LISTINGS, 0, True)],
)
def test_the_clock_makes_it_new(client, house, address, minutes, known):
    etag = asked(client, address).headers["ETag"]
    with time_machine.travel(NOON + datetime.timedelta(minutes=minutes), tick=False):
        assert is_known(client, address, etag) is known


def test_each_address_and_language_is_known_by_itself(client, house):
    addresses = [OF_CITY, f"{OF_CITY}&page=2", f"{OF_CITY}&lang=fr"]
    etags = [asked(client, address).headers["ETag"] for address in addresses]
    assert len(set(etags)) == 3


COLLECTIONS = ("services", "service_at_locations", "organizations")


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("city", ["", "?city=harbour"])
def test_a_collection_is_counted_once_in_a_state(client, house, collection, city):
    def total():
        with CaptureQueriesContext(connection) as queries:
            found = asked(client, f"/api/hsds/v3/{collection}{city}").json()["total_items"]
        # The vocabulary asks for the newest version and the number of cities.
        asked_for = [query["sql"] for query in queries if "MAX(" not in query["sql"]]
        return found, sum("COUNT(" in sql for sql in asked_for)

    assert total() == (1, 1)
    assert total() == (1, 0)
    factories.make_service(house.cities.get(), name="Another House")
    assert total() == (2, 1)


def test_what_was_looked_for_is_counted_each_time(client, house):
    address = f"{OF_ALL}?search=lantern"
    assert asked(client, address).json()["total_items"] == 1
    assert asked(client, f"{OF_ALL}?search=canary").json()["total_items"] == 0
    assert asked(client, OF_ALL).json()["total_items"] == 1


def test_each_reader_has_a_count_of_their_own(client, house):
    city = house.cities.get()
    factories.make_service(city, visibility="professional")
    _key, text = factories.make_key("professional", [city])
    partner = {"Authorization": f"Api-Key {text}"}
    for _time in range(2):
        assert asked(client, OF_CITY).json()["total_items"] == 1
        assert asked(client, OF_CITY, **partner).json()["total_items"] == 2
