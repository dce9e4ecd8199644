"""Several people in the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from services.models import Hold, Release, Report, Service
from services.reporting import holds
from services.reporting.report import report
from services.roles import standing_of_user
from tests import factories
from tests.people import make_person


def at_once(*acts):
    """Do all of these at the same moment; what they raised."""
    gate = threading.Barrier(len(acts))

    def work(act):
        gate.wait()
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [
            fault for done in [threads.submit(work, a) for a in acts] if (fault := done.exception())
        ]


@pytest.mark.django_db(transaction=True)
def test_reports_and_releases_of_one_moment_count_once_each():
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    city = factories.make_city("harbour")
    house = factories.make_service(city)
    workers = [make_person("worker", city) for _each in range(3)]
    acts = [lambda w=w: report(house.pk, "hours", w) for w in workers for _twice in range(2)]
    acts += [lambda: report(house.pk, "contact")] * 2
    assert at_once(*acts) == []
    assert Hold.objects.count() == 1
    assert Report.objects.filter(by_worker=True).count() == 3
    assert Report.objects.get(by_worker=False).count == 2

    pk, editor = Hold.objects.get().pk, make_person("editor", city)
    assert at_once(*[lambda: holds.sign(pk, editor, standing_of_user(editor))] * 3) == []
    assert Release.objects.count() == 1
    others = [make_person("editor", city) for _each in range(2)]
    assert at_once(*[lambda o=o: holds.sign(pk, o, standing_of_user(o)) for o in others]) == []
    assert Release.objects.count() == 2
    assert Service.objects.get(pk=house.pk).held is False
