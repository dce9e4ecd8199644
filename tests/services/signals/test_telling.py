"""What is kept of a signal, how long, who is one voice, and who answers it."""

import datetime
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from services.keeping import acts
from services.models import Change, City, Confirmation, Service, Signal
from services.signals.reading import told_in
from services.signals.telling import take_back, tell, tell_as_organization
from services.visibility import Audience
from tests import factories
from tests.people import browser_of, make_person
from tests.services.confirming.asking import asked, form_values, make_asking_city

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)


def later(hours):
    return time_machine.travel(MONDAY + datetime.timedelta(hours=hours), tick=False)


@pytest.fixture(autouse=True)
def monday_morning():
    with later(0):
        yield


@pytest.fixture
def city():
    return factories.make_city("harbour", name="Harbour")


@pytest.fixture
def house(city):
    return factories.make_service(city, name="Quay House", slug="quay-house")


@pytest.fixture
def worker(city):
    return make_person("worker", city)


def seen(city, audience=Audience.PUBLIC):
    """service id -> what is told, for a reader who has just opened the city."""
    return told_in(City.objects.get(pk=city.pk), audience, timezone.now())


def kinds(city):
    return [told.kind for told in seen(city).values()]


def confirm(service, group, by="organization"):
    return Confirmation.objects.create(service=service, field_group=group, by=by)


# --- one voice each -----------------------------------------------------------------------


def test_a_newer_word_of_a_worker_takes_the_place_of_the_older(city, house, worker):
    tell(house.pk, "no-answer", worker=worker)
    tell(house.pk, "refused", reason="age", worker=worker)
    row = Signal.objects.get()
    assert (row.kind, row.reason, row.by, row.worker) == ("refused", "age", "worker", worker)
    tell(house.pk, "full", reason="age", worker=worker)
    assert Signal.objects.get().reason == ""


def test_all_strangers_are_one_voice_of_which_nothing_is_kept(city, house):
    for _time in range(20):
        tell(house.pk, "full")
        tell(house.pk, "no-answer")
    assert sorted(Signal.objects.values_list("kind", "by", "worker")) == [
        ("full", "anonymous", None),
        ("no-answer", "anonymous", None),
    ]
    assert not any(told.counts for told in seen(city).values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "anonymous", "worker": True},
        {"kind": "nonsense"},
        {"by": "somebody"},
        {"kind": "full", "reason": "age"},
        {"kind": "refused", "reason": "poor"},
        {"expires_at": MONDAY},
    ],
)
def test_the_database_keeps_nothing_else(house, worker, wrong):
    fields = {"kind": "full", "by": "worker", "expires_at": MONDAY + datetime.timedelta(hours=1)}
    if wrong.pop("worker", False):
        fields["worker"] = worker
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.create(service=house, at=MONDAY, **fields | wrong)


@pytest.mark.parametrize("by", ["worker", "organization", "anonymous"])
def test_the_database_keeps_no_voice_twice(house, worker, by):
    fields = {"service": house, "kind": "full", "by": by, "expires_at": MONDAY.replace(day=30)}
    if by == "worker":
        fields["worker"] = worker
    Signal.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.create(**fields)


def test_a_word_of_a_service_that_is_gone_is_dropped(house):
    pk = house.pk
    house.delete()
    tell(pk, "full")
    with pytest.raises(ValueError, match="unsafe"):
        tell(pk, "unsafe")
    assert not Signal.objects.exists()


# --- each at its own pace -----------------------------------------------------------------


@pytest.mark.parametrize(("kind", "hours"), [("no-answer", 3), ("full", 12), ("refused", 48)])
def test_each_expires_at_its_own_pace_and_is_deleted(city, house, worker, kind, hours):
    tell(house.pk, kind, worker=worker)
    with later(hours - 0.01):
        assert kinds(city) == [kind]
        call_command("purge_signals", verbosity=0)
        assert Signal.objects.exists()
    with later(hours):
        assert kinds(city) == []
        out = io.StringIO()
        call_command("purge_signals", stdout=out)
        assert out.getvalue() == "deleted signals: 1\n"
    assert not Signal.objects.exists()


def test_what_has_expired_goes_with_the_next_word_of_the_same_service(house, worker):
    tell(house.pk, "no-answer")
    with later(4):
        tell(house.pk, "full", worker=worker)
    assert Signal.objects.get().kind == "full"


def test_a_worker_takes_their_own_word_back_and_no_other(city, house, worker):
    tell(house.pk, "full", worker=worker)
    take_back(house.pk, make_person("worker", city))
    assert kinds(city) == ["full"]
    take_back(house.pk, worker)
    assert kinds(city) == []


# --- who answers --------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["organization", "city"])
@pytest.mark.parametrize(
    ("kind", "group"),
    [("full", "capacity"), ("no-answer", "contact"), ("refused", "acceptance")],
)
def test_a_confirmation_answers(city, house, worker, kind, group, by):
    tell(house.pk, kind, worker=worker)
    with later(1):
        confirm(house, group, by="worker")
        assert kinds(city) == [kind]
        confirm(house, group, by=by)
        assert kinds(city) == []


def test_what_was_answered_is_not_pushed_again_by_the_same_voice(city, house, worker):
    tell(house.pk, "full", worker=worker)
    tell(house.pk, "full")
    with later(1):
        confirm(house, "capacity")
    with later(2):
        tell(house.pk, "full", worker=worker)
        tell(house.pk, "full")
        assert kinds(city) == []
        tell(house.pk, "full", worker=make_person("worker", city))
        assert kinds(city) == ["full"]


def test_what_was_answered_may_be_said_anew_once_it_has_expired(city, house, worker):
    tell(house.pk, "full", worker=worker)
    with later(1):
        confirm(house, "capacity")
    with later(13):
        tell(house.pk, "full", worker=worker)
        assert kinds(city) == ["full"]


def test_the_organisation_says_it_at_the_highest_weight_and_takes_it_back_itself(
    city, house, worker
):
    tell_as_organization(house.pk, "full")
    tell_as_organization(house.pk, "full")
    with later(1):
        tell(house.pk, "connected", worker=worker)
        (told,) = seen(city).values()
        assert (told.kind, told.by, told.counts) == ("full", "organization", True)
        tell_as_organization(house.pk, "connected")
        assert kinds(city) == []


def test_the_organisation_answers_by_its_link(client):
    city = make_asking_city()
    service, link = asked(city)
    tell(service.pk, "full", worker=make_person("worker", city))
    with later(2):
        page = client.get(link).content.decode()
        assert "Full, told 2 hours ago by a worker. If it is otherwise" in page
        assert client.get(link).content.decode().count("told 2 hours ago") == 1
        assert client.post(link, form_values(page, "taking")).status_code == 303
        assert kinds(city) == []
        assert "told 2 hours ago" not in client.get(link).content.decode()


def test_still_right_answers_that_nobody_picked_up(client):
    city = make_asking_city()
    service, link = asked(city)
    tell(service.pk, "no-answer", worker=make_person("worker", city))
    with later(1):
        page = client.get(link).content.decode()
        assert "No answer, told 1 hour ago by a worker" in page
        client.post(link, form_values(page, "right"))
        assert kinds(city) == []


# --- who sees what ------------------------------------------------------------------------


def test_why_somebody_was_refused_is_for_vetted_workers(city, house, worker):
    tell(house.pk, "refused", reason="children", worker=worker)
    assert [told.reason for told in seen(city).values()] == [""]
    assert [told.reason for told in seen(city, Audience.PROFESSIONAL).values()] == ["children"]


@pytest.mark.parametrize("fields", [{"visibility": "professional"}, {"status": "draft"}])
def test_nothing_is_told_of_what_somebody_may_not_know_of(city, worker, fields):
    hidden = factories.make_service(city, **fields)
    tell(hidden.pk, "full", worker=worker)
    assert seen(city) == {}


@pytest.mark.parametrize(
    ("reach", "told"),
    [("city", {"harbour"}), ("national", {"harbour", "upstream"}), ("european", None)],
)
def test_every_city_that_a_service_serves_looks(city, worker, reach, told):
    factories.make_city("upstream")
    factories.make_city("faraway", country="IT")
    service = factories.make_service(city, reach=reach)
    tell(service.pk, "full", worker=worker)
    looking = set(City.objects.exclude(told_until=None).values_list("slug", flat=True))
    assert looking == (told or {"harbour", "upstream", "faraway"})
    assert all(bool(seen(one)) == (one.slug in looking) for one in City.objects.all())


# --- what it costs ------------------------------------------------------------------------


def test_a_quiet_city_asks_nothing_and_a_loud_one_two_things(
    city, worker, django_assert_num_queries
):
    houses = [factories.make_service(city) for _each in range(5)]
    fresh = City.objects.get(pk=city.pk)
    with django_assert_num_queries(0):
        assert told_in(fresh, Audience.PUBLIC, timezone.now()) == {}
    for house in houses:
        tell(house.pk, "full", worker=worker)
    fresh = City.objects.get(pk=city.pk)
    with django_assert_num_queries(2):
        assert len(told_in(fresh, Audience.PUBLIC, timezone.now())) == 5
    with later(13), django_assert_num_queries(0):
        assert told_in(fresh, Audience.PUBLIC, timezone.now()) == {}


def test_a_signal_changes_no_listing_and_no_copy_of_one(city, house, worker):
    before = City.objects.values("version").get(pk=city.pk)
    modified, changes = Service.objects.get(pk=house.pk).last_modified, Change.objects.count()
    for kind in ("no-answer", "full", "refused"):
        tell(house.pk, kind, worker=worker)
        tell(house.pk, kind)
    assert City.objects.values("version").get(pk=city.pk) == before
    assert Service.objects.get(pk=house.pk).last_modified == modified
    assert Change.objects.count() == changes


def test_a_form_of_the_city_that_stood_open_leaves_it_as_it_is(city, house, worker):
    opened = City.objects.get(pk=city.pk)
    tell(house.pk, "full", worker=worker)
    opened.population = 1000
    opened.save()
    assert kinds(city) == ["full"]


def test_the_time_to_look_only_grows(city, house, worker):
    tell(house.pk, "refused", worker=worker)
    tell(house.pk, "no-answer")
    assert City.objects.get().told_until == MONDAY + datetime.timedelta(hours=48)


def test_a_worker_who_got_through_confirms_the_contact_once_a_day(city, house):
    for _each in range(3):
        tell(house.pk, "connected", worker=make_person("worker", city))
    row = Confirmation.objects.get()
    assert (row.field_group, row.by, row.how) == ("contact", "worker", "signal")
    # To the day: the hour would tell when somebody was at that door.
    assert row.confirmed_at == MONDAY.replace(hour=0)
    with later(24):
        tell(house.pk, "connected", worker=make_person("worker", city))
    assert Confirmation.objects.count() == 2
    tell(house.pk, "connected")
    assert Confirmation.objects.count() == 2


# --- the office ---------------------------------------------------------------------------


def test_the_office_sees_what_moves_plans_and_answers_it_by_confirming(city, house, worker):
    editor = browser_of("editor", city)
    assert "found nobody" not in editor.get("/office/harbour/").content.decode()
    tell(house.pk, "no-answer")
    assert "found nobody" not in editor.get("/office/harbour/").content.decode()
    tell(house.pk, "no-answer", worker=worker)
    with later(2):
        # Whoever has been idle for so long has been signed out.
        editor = browser_of("editor", city)
        start = editor.get("/office/harbour/").content.decode()
        assert "1 listing where workers found nobody, or no room, lately" in start
        page = editor.get("/office/harbour/told/").content.decode()
        assert "No answer, told 2 hours ago by a worker" in page
        assert "No answer, told 2 hours ago by somebody without an account" in page
        assert worker.email not in page
        assert f"/office/harbour/listings/{house.pk}/confirm/" in page
        person = make_person("editor", city)
        acts.confirm(person, house, ["contact"], acts.stamp(house))
        assert "Quay House" not in editor.get("/office/harbour/told/").content.decode()
        assert "found nobody" not in editor.get("/office/harbour/").content.decode()


def test_people_of_another_city_see_nothing_of_it(city, house, worker):
    elsewhere = factories.make_city("faraway", country="IT")
    tell(house.pk, "full", worker=worker)
    administrator = browser_of("administrator", elsewhere)
    City.objects.update(told_until=MONDAY.replace(day=30))
    assert "Quay House" not in administrator.get("/office/faraway/told/").content.decode()
    assert administrator.get("/office/harbour/told/").status_code == 404
    assert Client().get("/office/harbour/told/").status_code == 302


def test_the_page_of_the_office_costs_the_same_for_many(
    city, worker, django_assert_max_num_queries
):
    for number in range(8):
        tell(factories.make_service(city, name=f"House {number}").pk, "full", worker=worker)
    editor = browser_of("editor", city)
    with django_assert_max_num_queries(12):
        assert editor.get("/office/harbour/told/").content.decode().count("Ask and confirm") == 8


# --- in the same moment -------------------------------------------------------------------


def at_once(*acts_):
    """Do all of these at the same moment; what they raised."""
    gate = threading.Barrier(len(acts_))

    def work(act):
        gate.wait()
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts_)) as threads:
        return [
            fault
            for done in [threads.submit(work, a) for a in acts_]
            if (fault := done.exception())
        ]


@pytest.mark.django_db(transaction=True)
def test_taps_of_one_moment_are_one_word_each():
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    city = factories.make_city("harbour")
    factories.make_city("upstream")
    houses = [factories.make_service(city, reach="national") for _each in range(2)]
    workers = [make_person("worker", city) for _each in range(3)]
    taps = [
        lambda w=w, h=h, k=k: tell(h.pk, k, worker=w)
        for w in workers
        for h in houses
        for k in ("full", "connected")
    ]
    taps += [lambda h=h: tell(h.pk, "full") for h in houses for _twice in range(2)]
    assert at_once(*taps) == []
    for house in houses:
        assert house.signals.filter(by="worker").count() == 3
        assert house.signals.filter(by="anonymous").count() == 1
        assert house.confirmations.count() <= 1
    assert City.objects.exclude(told_until=None).count() == 2
