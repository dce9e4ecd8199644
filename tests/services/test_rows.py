"""Rows in place of models: the same listings, read with as few queries."""

import pytest
from django.utils import timezone

from services.ids import stable_id, stable_text
from services.models import Service
from services.projection import project
from services.rows import read
from services.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db


def listings(services, audience):
    return [
        project(
            service,
            audience=audience,
            language="fr",
            timezone="Europe/Brussels",
            now=NOW,
            whole=True,
        )
        for service in services
    ]


NOW = timezone.now()


@pytest.mark.usefixtures("four_cities")
@pytest.mark.parametrize("audience", list(Audience))
def test_rows_are_projected_as_models_are(audience):
    city = factories.make_city("harbourtown")
    factories.make_service(
        city,
        name="Odd One",
        criteria={"men": {"stance": "takes", "note": "x", "limit": 3}},
        phones=[{"number": "112", "note": "b"}, {"number": "110", "visibility": "sealed"}],
        confirmations=[{"field_group": "contact", "by": "city"}],
        translations={"fr": {"name": "Autre"}},
    )
    models = Service.objects.with_everything(cities=True)
    assert listings(read(Service.objects.all(), cities=True), audience) == listings(
        models, audience
    )


def test_the_queries_do_not_grow_with_the_services(django_assert_max_num_queries):
    city = factories.make_city("harbourtown")
    for number in (1, 5):
        for _ in range(number):
            factories.make_service(city)
        with django_assert_max_num_queries(12):
            found = read(Service.objects.all(), cities=True)
            listings(found, Audience.PUBLIC)


def test_an_id_as_text_is_the_id():
    for key in ("a/b", "é", ""):
        assert stable_text("term", key) == str(stable_id("term", key))
