"""What each role may do, where, and what a missing second factor takes away."""

import pytest
from django.urls import reverse

from services import scopes
from services.models import Service
from services.office import SECOND_FACTOR_PAGE
from services.roles import Power, standing_of_user
from services.visibility import Audience
from tests.factories import make_city, make_service
from tests.people import browser_of, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_city("harbourtown")


@pytest.fixture
def elsewhere():
    return make_city("elsewhere", country="IT")


def standing(role, city, **how):
    return standing_of_user(make_person(role, city, **how))


@pytest.mark.parametrize(
    ("role", "audience"),
    [
        ("worker", Audience.PROFESSIONAL),
        ("editor", Audience.PROFESSIONAL),
        ("administrator", Audience.ADMINISTRATOR),
    ],
)
def test_a_role_is_read_in_its_own_city_alone(town, elsewhere, role, audience):
    person = standing(role, town)
    assert person.audience_in(town) is audience
    assert person.page_audience(town) is Audience.PROFESSIONAL
    assert person.audience_in(elsewhere) is Audience.PUBLIC


def test_the_network_reads_everywhere_and_nothing_sealed(town, elsewhere):
    person = standing("network", None)
    for city in (town, elsewhere):
        assert person.audience_in(city) is Audience.PROFESSIONAL
        assert person.may(Power.PEOPLE, city)
        assert not person.may(Power.EDIT, city)
        assert not person.may(Power.SEALED, city)


def test_without_a_second_factor_a_role_opens_nothing(town):
    person = standing("administrator", town, strong=False)
    assert person.waits
    assert person.is_anybody
    assert not any(person.may(power, town) for power in Power)


def names_of(services):
    return {service.official_name for service in services}


def test_who_edits_which_listings(town, elsewhere):
    make_service(town, name="Ours")
    make_service(town, name="Ours, sealed", visibility="sealed")
    make_service(elsewhere, name="Theirs")
    make_service(town, name="National", reach=Service.Reach.NATIONAL)
    make_service(elsewhere, name="National elsewhere", reach=Service.Reach.NATIONAL)
    make_service(name="European", reach=Service.Reach.EUROPEAN)
    editor, administrator = standing("editor", town), standing("administrator", town)
    assert names_of(scopes.editable(standing("worker", town))) == set()
    assert names_of(scopes.editable(editor)) == {"Ours", "National"}
    assert names_of(scopes.editable(administrator)) == {
        "Ours",
        "Ours, sealed",
        "National",
        "European",
    }
    assert names_of(scopes.editable(standing("network", None))) == {"European"}
    assert names_of(scopes.editable(administrator, elsewhere)) == {"European"}


def test_sealed_places_are_known_to_administrators_alone(town):
    service = make_service(town, confidential=True, place={"visibility": "sealed"})
    editor, administrator = standing("editor", town), standing("administrator", town)
    assert not scopes.locations(editor).exists()
    assert scopes.locations(administrator).count() == 1
    assert not scopes.sees_sealed(editor, service)
    assert scopes.sees_sealed(administrator, service)


def test_the_office_opens_to_those_with_a_role_there(town, elsewhere):
    assert browser_of("worker", town).get("/office/harbourtown/").status_code == 200
    assert browser_of("worker", town).get("/office/elsewhere/").status_code == 404
    assert browser_of("network").get("/office/elsewhere/").status_code == 200
    assert browser_of("worker", town).get("/office/nowhere/").status_code == 404


def test_who_lacks_the_second_factor_is_sent_to_add_it(town, client):
    waiting = browser_of("editor", town, strong=False)
    for address in ("/office/", "/office/harbourtown/"):
        assert waiting.get(address)["Location"] == reverse(SECOND_FACTOR_PAGE)
        assert client.get(address)["Location"].startswith("/accounts/login/")
