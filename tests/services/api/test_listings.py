"""`/api/v1/services`: what a search that says nothing finds."""

import pytest

from tests.factories import make_city, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house():
    return make_service(make_city("harbour"), name="Lantern House", needs=["shelter"])


def found(client, **asked):
    answer = client.get("/api/v1/services", {"city": "harbour", **asked})
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("more", [{}, {"need": "shelter"}])
@pytest.mark.parametrize("signs", ["!!!", "…", "%"])
def test_signs_alone_stand_in_no_listing(client, signs, more):
    answer = found(client, search=signs, **more)
    assert (answer["total_items"], answer["contents"]) == (0, [])
    assert {one["takes"] for facet in answer["facets"] for one in facet["choices"]} == {0}


def test_a_search_of_spaces_asks_for_nothing(client):
    assert found(client, search="  ")["total_items"] == 1
