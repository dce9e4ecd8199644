"""A city's version grows with what its readers could notice, and with nothing else."""

import pytest

from services import bulk
from services.models import City, Location, Need, Service
from services.versions import paused
from tests.factories import make_city, make_country, make_group, make_need, make_place, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_city("harbourtown", country="BE")


@pytest.fixture
def neighbour(town):
    return make_city("hilltown", country="BE")


@pytest.fixture
def abroad():
    return make_city("fartown", country="SE")


def version(city):
    return City.objects.get(pk=city.pk).version


class Watch:
    """Which cities got a new version inside the block."""

    def __init__(self, *cities):
        self._cities = cities

    def __enter__(self):
        self._before = {city.pk: version(city) for city in self._cities}
        return self

    def __exit__(self, *_error):
        self.moved = [c.slug for c in self._cities if version(c) > self._before[c.pk]]


CHANGES = {
    "field": lambda s: s.save(),
    "text": lambda s: s.translations.first().save(),
    "phone": lambda s: s.phones.first().save(),
    "phone gone": lambda s: s.phones.first().delete(),
    "language": lambda s: s.spoken.create(tag="ar"),
    "criterion": lambda s: s.criteria.create(code="men", stance="takes"),
    "source": lambda s: s.sources.create(publisher="Town Gazette"),
    "doubt": lambda s: s.marks.create(kind="old"),
    "confirmation": lambda s: s.confirmations.create(field_group="contact", by="city"),
    "need": lambda s: s.needs.add(make_need("helpline", stage="referral")),
    "group": lambda s: s.target_groups.add(make_group("families")),
    "place": lambda s: s.sites.get().location.save(),
    "place gone": lambda s: s.sites.get().delete(),
    "organisation": lambda s: s.organization.save(),
    "deletion": lambda s: s.delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_a_service_is_noticed(town, change):
    service = make_service(town)
    with Watch(town) as watch:
        CHANGES[change](service)
    assert watch.moved == ["harbourtown"]


def test_a_city_service_is_not_noticed_abroad(town, abroad):
    service = make_service(town)
    with Watch(town, abroad) as watch:
        service.save()
    assert watch.moved == ["harbourtown"]


def test_a_national_service_is_noticed_in_every_city_of_the_country(town, neighbour, abroad):
    service = make_service(town, reach="national")
    with Watch(town, neighbour, abroad) as watch:
        service.save()
    assert watch.moved == ["harbourtown", "hilltown"]


def test_a_european_service_is_noticed_everywhere(town, abroad):
    service = make_service(reach="european")
    with Watch(town, abroad) as watch:
        service.save()
    assert watch.moved == ["harbourtown", "fartown"]


def test_cities_notice_a_service_whose_reach_shrinks(town, abroad):
    service = make_service(reach="european")
    service.reach, service.country = Service.Reach.NATIONAL, make_country("BE")
    with Watch(town, abroad) as watch:
        service.save()
    assert watch.moved == ["harbourtown", "fartown"]


def test_a_city_notices_a_service_that_leaves_it(town, abroad):
    service = make_service(town)
    service.cities.add(abroad)
    with Watch(abroad) as watch:
        service.cities.remove(abroad)
    assert watch.moved == ["fartown"]


def test_a_city_notices_its_own_fields_and_places(town, abroad):
    with Watch(town, abroad) as watch:
        town.save()
    assert watch.moved == ["harbourtown"]
    with Watch(town, abroad) as watch:
        make_place(town)
    assert watch.moved == ["harbourtown"]


def test_new_words_are_noticed_everywhere(town, abroad):
    need = make_need()
    with Watch(town, abroad) as watch:
        need.save()
    assert watch.moved == ["harbourtown", "fartown"]


def test_a_stale_copy_of_a_city_never_brings_an_old_version_back(town):
    seen = {version(town)}
    stale = City.objects.get(pk=town.pk)
    for _time in range(3):
        make_service(town)
        seen.add(version(town))
    stale.save()
    assert version(town) not in seen


def test_a_bulk_import_gives_one_new_version_at_its_end(town):
    with Watch(town) as outside, paused():
        with Watch(town) as inside:
            make_service(town)
            make_service(town)
        assert inside.moved == []
    assert outside.moved == ["harbourtown"]


def test_a_bulk_import_that_changes_nothing_gives_none(town):
    make_service(town)
    with Watch(town) as watch, paused():
        list(Need.objects.all())
    assert watch.moved == []


def failing_import(town):
    with paused():
        make_service(town)
        raise RuntimeError


def test_a_bulk_import_that_fails_leaves_nothing(town):
    with Watch(town) as watch, pytest.raises(RuntimeError):
        failing_import(town)
    assert watch.moved == []
    assert not Service.objects.exists()


def test_versions_move_again_after_a_failed_import(town):
    with pytest.raises(RuntimeError):
        failing_import(town)
    with Watch(town) as watch:
        Location.objects.create(kind="virtual")
    assert watch.moved == ["harbourtown"]


def test_a_bulk_import_is_known_to_run_until_it_ends(town):
    assert not bulk.is_running()
    with paused():
        assert bulk.is_running()
    assert not bulk.is_running()
    with pytest.raises(RuntimeError):
        failing_import(town)
    assert not bulk.is_running()
