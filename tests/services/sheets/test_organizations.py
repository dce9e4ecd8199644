"""Organisations are looked up for the names of a file, and for nobody else's eyes."""

import pytest

from services.models import Membership
from services.roles import Standing
from services.sheets.organizations import Organizations
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return factories.make_city("harbour")


@pytest.fixture
def known(city):
    editor = Standing(roles={city.pk: Membership.Role.EDITOR}, countries={city.pk: city.country_id})
    return Organizations(editor)


def test_a_name_keeps_the_way_it_is_written(city, known):
    factories.make_service(city, organization="Über die Brücke")
    assert known.get("über die brücke", "?") == "Über die Brücke"
    assert known.get("another", "Another") == "Another"


def test_all_names_of_a_file_are_looked_up_at_once(city, known, django_assert_num_queries):
    names = [f"House {number}" for number in range(5)]
    for name in names:
        factories.make_service(city, organization=name)
    with django_assert_num_queries(2):
        known.expect([*names, "New One", ""])
        assert [known.get(name.casefold(), "?") for name in names] == names
        assert known.get("new one", "New One") == "New One"
        assert known.get("", "") == ""


def test_what_is_asked_for_later_is_looked_up_later(city, known):
    known.expect(["House"])
    factories.make_service(city, organization="Late House")
    assert known.get("late house", "?") == "Late House"


def test_the_organisation_of_a_sealed_shelter_is_told_to_no_editor(city, known):
    factories.make_service(city, organization="Canary House", visibility="sealed")
    assert known.get("canary house", "canary house") == "canary house"
