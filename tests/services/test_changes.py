"""The order of changes: complete, in sequence, the same for whoever follows it."""

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from services import changes
from services.feed import Feed
from services.hsds.plain import moment
from services.models import Change, Service
from services.versions import paused
from services.visibility import ANYBODY, Audience, Reader
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
SECRET = "of the storm alone " * 4
WRITERS = 4

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return factories.make_city("harbourtown")


@pytest.fixture
def fartown():
    return factories.make_city("fartown", country="SE")


def professional(*cities):
    return Reader(
        Audience.PROFESSIONAL,
        frozenset(city.pk for city in cities),
        frozenset(city.country_id for city in cities),
    )


class Watch:
    """What a reader is told of the block, as (kind, name of the service)."""

    def __init__(self, reader=ANYBODY, city=None):
        self._feed = Feed(reader, city)

    def __enter__(self):
        self._since = self._feed.latest
        return self

    def __exit__(self, *_error):
        told, _last, _more = self._feed.after(self._since, 1000)
        self.kinds = [one.kind for one in told]
        self.services = [one.service for one in told]


def publish(service):
    service.status = "published"
    service.save()


def withdraw(service):
    service.status = "withdrawn"
    service.save()


def test_a_new_service_is_created_once(town):
    with Watch() as watch:
        factories.make_service(town)
    assert watch.kinds == ["created"]


def test_creation_update_and_deletion_come_in_their_order(town):
    with Watch() as watch:
        first = factories.make_service(town)
        second = factories.make_service(town)
        first.email = "a@example.org"
        first.save()
        pks = [str(first.pk), str(second.pk)]
        second.delete()
    assert watch.kinds == ["created", "created", "updated", "deleted"]
    assert watch.services == [pks[0], pks[1], pks[0], pks[1]]


TOUCHES = {
    "field": lambda s: s.save(),
    "text": lambda s: s.translations.first().save(),
    "phone": lambda s: s.phones.first().save(),
    "phone gone": lambda s: s.phones.first().delete(),
    "language": lambda s: s.spoken.create(tag="ar"),
    "criterion": lambda s: s.criteria.create(code="men", stance="takes"),
    "source": lambda s: s.sources.create(publisher="Town Gazette"),
    "doubt": lambda s: s.marks.create(kind="old"),
    "confirmation": lambda s: s.confirmations.create(field_group="contact", by="city"),
    "need": lambda s: s.needs.add(factories.make_need("helpline", stage="referral")),
    "need from the other side": lambda s: factories.make_need("helpline").services.add(s),
    "needs cleared": lambda s: s.needs.first().services.clear(),
    "group": lambda s: s.target_groups.add(factories.make_group("families")),
    "place": lambda s: s.sites.get().location.save(),
    "site gone": lambda s: s.sites.get().delete(),
    "place gone": lambda s: s.sites.get().location.delete(),
    "organisation": lambda s: s.organization.save(),
    "name of a need": lambda s: s.needs.first().translations.first().save(),
    "need gone": lambda s: s.needs.first().delete(),
    "name of the city": lambda s: s.cities.first().translations.first().save(),
    "another city": lambda s: s.cities.add(factories.make_city("hilltown")),
}


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
def test_whatever_moves_under_a_service_is_an_update_of_it(town, touch):
    service = factories.make_service(town)
    before = Service.objects.get(pk=service.pk).last_modified
    with Watch() as watch:
        touch(service)
    assert watch.kinds == ["updated"]
    assert watch.services == [str(service.pk)]
    assert Service.objects.get(pk=service.pk).last_modified > before


def test_what_belongs_to_another_service_is_no_update_of_this_one(town):
    service, other = factories.make_service(town), factories.make_service(town)
    before = Service.objects.get(pk=service.pk).last_modified
    other.phones.first().save()
    assert Service.objects.get(pk=service.pk).last_modified == before


@pytest.mark.parametrize("hide", ["draft", "withdrawn"])
def test_an_unpublished_service_is_deleted_and_created_again(town, hide):
    service = factories.make_service(town)
    with Watch() as watch:
        service.status = hide
        service.save()
        service.email = "a@example.org"
        service.save()
        publish(service)
    assert watch.kinds == ["deleted", "created"]


def test_a_service_that_nobody_sees_leaves_no_trace(town):
    with Watch() as public, Watch(professional(town)) as vetted:
        for fields in ({"status": "draft"}, {"visibility": "sealed"}):
            service = factories.make_service(town, **fields)
            service.email = "a@example.org"
            service.save()
            service.delete()
    assert public.kinds == vetted.kinds == []
    assert not Change.objects.exists()


def test_a_service_for_professionals_is_told_to_them_alone(town):
    with Watch() as public, Watch(professional(town)) as vetted:
        factories.make_service(town, visibility="professional")
    assert (public.kinds, vetted.kinds) == ([], ["created"])


def test_public_numbers_have_no_gap_where_something_is_withheld(town):
    for visibility in ("public", "professional", "public", "sealed", "professional", "public"):
        factories.make_service(town, visibility=visibility)
    told, last, _more = Feed(ANYBODY).after(0, 100)
    assert [one.number for one in told] == [1, 2, 3]
    assert last == 3


def test_a_professional_of_another_city_is_told_nothing_more(town, fartown):
    with Watch(professional(fartown)) as watch:
        service = factories.make_service(town, visibility="professional")
    assert watch.kinds == []
    with Watch(professional(fartown)) as watch:
        service.cities.set([fartown])
    assert watch.kinds == ["created"]
    with Watch(professional(fartown)) as watch:
        service.cities.set([town])
    assert watch.kinds == ["deleted"]


def test_a_service_that_is_sealed_is_a_tombstone(town):
    service = factories.make_service(town)
    with Watch() as public, Watch(professional(town)) as vetted:
        service.visibility = "professional"
        service.save()
    assert (public.kinds, vetted.kinds) == (["deleted"], ["updated"])
    with Watch(professional(town)) as vetted:
        service.visibility = "sealed"
        service.save()
    assert vetted.kinds == ["deleted"]


def test_a_city_is_told_when_a_service_leaves_it(town, fartown):
    service = factories.make_service(town)
    with Watch(city=town) as here, Watch(city=fartown) as there, Watch() as everywhere:
        service.cities.set([fartown])
    assert here.kinds == ["deleted"]
    assert there.kinds == ["created"]
    assert everywhere.kinds == ["updated"]


def test_a_deleted_city_is_an_update_of_its_services(town):
    factories.make_service(town)
    with Watch() as watch:
        town.delete()
    assert watch.kinds == ["updated"]


def test_a_bulk_import_tells_each_service_once(town):
    with Watch() as watch, paused():
        services = [factories.make_service(town) for _ in range(3)]
        for service in services:
            service.save()
    assert watch.kinds == ["created"] * 3


def test_what_is_rolled_back_never_was(town):
    service = factories.make_service(town)
    with Watch() as watch:
        try:
            with transaction.atomic():
                service.email = "a@example.org"
                service.save()
                raise RuntimeError
        except RuntimeError:
            service.refresh_from_db()
    assert watch.kinds == []


def test_an_edit_after_a_rollback_is_told(town):
    service = factories.make_service(town)
    changes.number()
    with Watch() as watch, transaction.atomic():
        try:
            with transaction.atomic():
                service.save()
                raise RuntimeError
        except RuntimeError:
            service.save()
    assert watch.kinds == ["updated"]


def test_pages_of_changes_join_without_skip_or_repeat(town):
    services = [str(factories.make_service(town).pk) for _ in range(7)]
    found, since, more = [], 0, True
    while more:
        told, since, more = Feed(ANYBODY).after(since, 3)
        found += [one.service for one in told]
    assert found == services


def test_numbering_costs_one_query_when_nothing_waits(town, django_assert_num_queries):
    factories.make_service(town)
    changes.number()
    with django_assert_num_queries(1):
        changes.number()


def test_a_reader_gets_what_is_numbered_while_writers_keep_the_database_busy(town, monkeypatch):
    factories.make_service(town)
    numbered = Feed(ANYBODY).after(0, 10)
    factories.make_service(town)

    def busy():
        raise OperationalError("database is locked")

    monkeypatch.setattr("services.feed.number", busy)
    assert Feed(ANYBODY).after(0, 10) == numbered


@pytest.fixture
def database_url(tmp_path, transactional_db):
    """A database that several processes can open, with two cities."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path}/storm.sqlite3"
        run("manage.py", "migrate", "--verbosity", "0", url=url)
    else:
        s = connection.settings_dict
        url = f"postgres://{s['USER']}:{s['PASSWORD']}@{s['HOST']}:{s['PORT']}/{s['NAME']}"
    make = (
        "from tests import factories as f; f.make_city('harbourtown');"
        "f.make_city('fartown', country='SE'); f.make_need('shelter');"
        "f.make_need('helpline', stage='referral')"
    )
    run("manage.py", "shell", "--command", make, url=url)
    return url


def environment(url):
    """With one secret for all: what one process seals another one opens."""
    ours = {"DATABASE_URL": url, "WAYMARK_ENV": "test", "LOG_LEVEL": "ERROR", "SECRET_KEY": SECRET}
    return os.environ | ours


def run(*arguments, url):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment(url), check=True, text=True,
        capture_output=True, timeout=300,
    )  # fmt: skip


def start(*arguments, url):
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=environment(url), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def started():
    """Starts a program, which ends with the test whatever comes."""
    processes = []

    def one(*arguments, url):
        processes.append(start(*arguments, url=url))
        return processes[-1]

    yield one
    for process in processes:
        process.kill()
        process.communicate()


def test_a_follower_of_a_storm_ends_identical_to_the_directory(database_url, tmp_path, started):
    finished = tmp_path / "finished"
    follower = started("tests.services.storm.follow", str(finished), url=database_url)
    writers = [
        started("tests.services.storm.edits", str(n), url=database_url) for n in range(WRITERS)
    ]
    for writer in writers:
        _out, errors = writer.communicate(timeout=300)
        assert writer.returncode == 0, errors
    finished.touch()
    out, errors = follower.communicate(timeout=300)
    assert follower.returncode == 0, errors
    found = json.loads(out)
    services, told = found.pop("services"), found.pop("told")
    assert found == {
        "faults": [],
        "missing": [],
        "left over": [],
        "different": [],
        "listed": True,
    }
    assert services > 10
    assert told > services


@pytest.mark.parametrize("microsecond", [0, 1, 999, 1000, 45_000, 120_000, 999_999])
def test_a_change_is_told_with_its_moment_to_the_millisecond(town, microsecond):
    factories.make_service(town)
    at = datetime.datetime(2026, 3, 29, 1, 2, 3, microsecond, datetime.UTC)
    Change.objects.update(recorded_at=at)
    told, _last, _more = Feed(ANYBODY).after(0, 100)
    assert (
        [one.at for one in told]
        == [moment(at)]
        == [f"2026-03-29T01:02:03.{microsecond // 1000:03}Z"]
    )
