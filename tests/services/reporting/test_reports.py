"""From a report to a hold and to its release by two people, and everything that must not get there."""

import datetime
import io
import json

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from services import consequences, webhooks
from services.models import Change, Delivery, Hold, Release, Report, Service
from services.reporting import holds
from services.reporting.report import report
from services.roles import standing_of_user
from tests import factories
from tests.people import browser_of, make_person, signed_in

REPORT = "/harbour/services/quay-house/report/"
PAGE = "/harbour/services/quay-house/"
REPORTS = "/office/harbour/reports/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    city = factories.make_city("harbour", name="Harbour")
    factories.make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    return city


@pytest.fixture
def house(city):
    return factories.make_service(
        city,
        name="Quay House",
        slug="quay-house",
        needs=["helpline", "shelter"],
        opening_hours="24/7",
    )


def is_held(service):
    return Service.objects.get(pk=service.pk).held


def send(browser, kind, address=REPORT):
    return browser.post(address, {"kind": kind})


def release(browser, hold):
    return browser.post(reverse("office-release", args=["harbour", hold.pk]), follow=True)


def test_two_workers_hold_a_listing_and_two_editors_release_it(city, house):
    first, second = browser_of("worker", city), browser_of("worker", city)
    for browser in (Client(), Client(), Client(), first):
        assert send(browser, "contact").status_code == 303
        assert not is_held(house)
    assert send(second, "hours").url == "/harbour/reported/"
    assert is_held(house)
    hold = house.holds.get()
    assert (hold.kinds, hold.is_harm, hold.released_at) == (["contact", "hours"], False, None)
    never = Client().get("/harbour/services/never-was/").content
    assert Client().get(PAGE).content.replace(b"quay-house", b"never-was") == never
    assert second.get(REPORT).status_code == send(second, "hours").status_code == 404

    editor, other = browser_of("editor", city), browser_of("editor", city)
    start = editor.get("/office/harbour/").content.decode()
    assert start.index("1 listing on hold") < start.index("1 listing with reports")
    assert "Quay House" in editor.get(REPORTS).content.decode()
    for _again in range(2):
        text = release(editor, hold).content.decode()
        assert "waits for: one more person" in text
        assert is_held(house)
    assert Release.objects.count() == 1
    assert "in the directory again" in release(other, hold).content.decode()
    assert not is_held(house)
    assert Client().get(PAGE).status_code == 200
    assert set(Report.objects.values_list("state", flat=True)) == {"released"}
    page = editor.get(reverse("office-hold", args=["harbour", hold.pk])).content.decode()
    for release_ in Release.objects.select_related("user"):
        assert release_.user.email in page
    start = editor.get("/office/harbour/").content.decode()
    assert "on hold" not in start
    assert "with reports" not in start
    # What was said before does not count again.
    send(browser_of("worker", city), "hours")
    assert not is_held(house)


def test_one_worker_counts_once_whatever_they_press(city, house):
    worker = browser_of("worker", city)
    for kind in ("contact", "contact", "hours", "hours", "closed", "closed"):
        assert send(worker, kind).status_code == 303
    assert not is_held(house)
    assert sorted(Report.objects.values_list("kind", flat=True)) == ["closed", "contact", "hours"]
    row = Report.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_an_old_report_counts_no_more(city, house):
    first, second = make_person("worker", city), make_person("worker", city)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=31)):
        report(house.pk, "hours", first)
    report(house.pk, "hours", second)
    assert not is_held(house)
    report(house.pk, "hours", first)
    assert Report.objects.count() == 2
    assert is_held(house)


@pytest.mark.parametrize("kind", ["contact", "unsafe", "discrimination", "breach"])
def test_a_flood_of_strangers_never_holds(city, house, kind):
    for browser in (Client(), browser_of("worker", city, strong=False), browser_of()):
        for _time in range(10):
            assert send(browser, kind).status_code == 303
    assert not is_held(house)
    row = Report.objects.get()
    assert (row.count, row.by_worker, row.reporter) == (30, False, None)
    report(house.pk, "hours", make_person("worker", city))
    assert not is_held(house)


def test_a_stranger_who_tells_of_harm_is_heard_first(city, house):
    other = factories.make_service(city, name="Pier House", slug="pier-house")
    for _time in range(5):
        report(other.pk, "hours")
    report(other.pk, "hours", make_person("worker", city))
    report(house.pk, "unsafe")
    text = browser_of("editor", city).get(REPORTS).content.decode()
    assert text.index("Quay House") < text.index("Pier House")
    assert "5 from others" in text
    assert (
        "1 listing said to do harm"
        in browser_of("editor", city).get("/office/harbour/").content.decode()
    )


def test_harm_holds_at_once_and_needs_an_administrator(city, house):
    reporter = make_person("editor", city)
    send(signed_in(reporter), "breach")
    hold = house.holds.get()
    assert hold.is_harm
    assert "reported this yourself" in release(signed_in(reporter), hold).content.decode()
    editors = [browser_of("editor", city) for _each in range(2)]
    release(editors[0], hold)
    assert "waits for: an administrator" in release(editors[1], hold).content.decode()
    assert is_held(house)
    # The one who told of it may not wave it away either.
    answer = {"service": house.pk, "kind": "breach", "answer": "not-so"}
    signed_in(reporter).post(f"{REPORTS}answer/", answer)
    assert Report.objects.get().state == "open"
    editors[0].post(f"{REPORTS}answer/", answer)
    assert Report.objects.get().state == "not-so"
    assert is_held(house)
    # Nor may they release it once the report is answered.
    assert "reported this yourself" in release(signed_in(reporter), hold).content.decode()
    release(browser_of("administrator", city), hold)
    assert not is_held(house)


def test_news_of_harm_takes_back_what_was_signed_before(city, house):
    for _each in range(2):
        report(house.pk, "hours", make_person("worker", city))
    hold = house.holds.get()
    release(browser_of("administrator", city), hold)
    # From a page that stood open: its sender got past the door before the hold.
    report(house.pk, "unsafe", make_person("worker", city))
    assert Hold.objects.get().is_harm
    assert not Release.objects.exists()


def test_the_network_signs_only_for_those_whom_a_city_lacks(city, house):
    network, other_network = browser_of("network"), browser_of("network")
    report(house.pk, "unsafe", make_person("worker", city))
    hold = house.holds.get()
    administrator = browser_of("administrator", city)
    page = network.get(reverse("office-hold", args=["harbour", hold.pk])).content.decode()
    assert "a network administrator may stand in" in page
    release(network, hold)
    assert "enough people" in release(other_network, hold).content.decode()
    assert is_held(house)
    release(administrator, hold)
    assert not is_held(house)

    report(house.pk, "breach", make_person("worker", city))
    browser_of("editor", city)
    hold = house.holds.get(released_at=None)
    assert "enough people" in release(network, hold).content.decode()
    assert not hold.releases.exists()


def test_people_of_another_city_find_neither_the_hold_nor_the_reports(city, house):
    elsewhere = factories.make_city("faraway", country="IT")
    administrator = browser_of("administrator", elsewhere)
    report(house.pk, "unsafe", make_person("worker", city))
    hold = house.holds.get()
    theirs = f"/office/faraway/reports/holds/{hold.pk}/"
    assert administrator.get(theirs).status_code == 404
    assert administrator.post(f"{theirs}release/").status_code == 404
    answer = {"service": house.pk, "kind": "unsafe", "answer": "not-so"}
    assert administrator.post("/office/faraway/reports/answer/", answer).status_code == 404
    assert "Quay House" not in administrator.get("/office/faraway/reports/").content.decode()
    assert not Release.objects.exists()
    # Their report from a page of this city is that of anybody.
    factories.make_service(city, slug="pier-house")
    send(administrator, "unsafe", "/harbour/services/pier-house/report/")
    assert Report.objects.latest("pk").by_worker is False


@pytest.mark.parametrize("data", [{}, {"kind": ""}, {"kind": "nonsense"}, {"kind": "a\x00b"}])
def test_a_report_that_says_nothing_is_told_so(city, house, data):
    response = Client().post(REPORT, data)
    assert response.status_code == 400
    assert "Choose" in response.content.decode()
    answer = {"service": "a\x00b", "kind": "hours", "answer": "mended"}
    editor = browser_of("editor", city)
    assert editor.post(f"{REPORTS}answer/", answer).status_code == 404
    assert editor.post(f"{REPORTS}answer/", data).status_code == 400
    assert not Report.objects.exists()


def test_too_many_reports_from_one_place_are_refused_and_nothing_of_it_is_kept(
    city, house, settings
):
    caches["requests"].clear()
    settings.REPORTS_PER_HOUR = 2
    statuses = [
        Client(REMOTE_ADDR="192.0.2.77").post(REPORT, {"kind": "hours"}).status_code
        for _time in range(3)
    ]
    assert statuses == [303, 303, 429]
    assert Client(REMOTE_ADDR="192.0.2.78").post(REPORT, {"kind": "hours"}).status_code == 303
    assert Report.objects.get().count == 3
    out = io.StringIO()
    call_command("dumpdata", stdout=out, verbosity=0)
    assert "192.0.2" not in out.getvalue()
    assert "192.0.2" not in str(caches["requests"]._cache)


def exported():
    out = io.StringIO()
    call_command("export_hsds", stdout=out, verbosity=0)
    return out.getvalue()


PLACES = (
    "/harbour/services/", "/harbour/services/?view=map", "/harbour/services/?search=quay",
    "/api/v1/services?city=harbour&facets=true", "/api/v1/services.geojson?city=harbour",
    "/api/hsds/v3/services?full=true", "/api/hsds/v3/service_at_locations",
    "/api/hsds/v3/organizations", "/api/oruk/v3/services",
)  # fmt: skip


def seen_at(house, key):
    """Where the listing can be found, by anybody or with a partner's key, and by a worker."""
    found = {
        (address, headers)
        for address in PLACES
        for headers in ("", key)
        if "Quay House" in _text(Client().get(address, headers=_auth(headers)))
    }
    facts = {"city": "harbour", "facts": {"wants": ["shelter"]}}
    plan = Client().post("/api/v1/referral-plan", json.dumps(facts), "application/json")
    if "Quay House" in _text(plan):
        found.add(("plan", ""))
    if "Quay House" in exported():
        found.add(("export", ""))
    worker = browser_of("administrator", house.cities.get())
    for address in (PAGE, f"/api/v1/services/{house.pk}", f"/api/hsds/v3/services/{house.pk}"):
        if worker.get(address).status_code == 200:
            found.add((address, ""))
    if "Quay House" in _text(worker.get("/harbour/guide/plan/")):
        found.add(("worker's plan", ""))
    return found


def _auth(key):
    return {"Authorization": f"Api-Key {key}"} if key else {}


def _text(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def test_what_is_on_hold_has_left_by_every_door_and_comes_back(
    city, house, django_capture_on_commit_callbacks
):
    house.organization.name = "Quay House runners"
    house.organization.save()
    key, plain = factories.make_key("professional", [city])
    webhooks.make_webhook(key, "https://example.org/hook")
    before = seen_at(house, plain)
    assert len(before) == 2 * len(PLACES) + 6
    with django_capture_on_commit_callbacks(execute=True):
        report(house.pk, "unsafe", make_person("worker", city))
    assert seen_at(house, plain) == set()
    last = Client().get("/api/v1/changes").json()["changes"][-1]
    assert (last["change"], last["service"]) == ("deleted", str(house.pk))
    assert Delivery.objects.get().change == Change.objects.latest("id")

    hold = house.holds.get()
    with django_capture_on_commit_callbacks(execute=True):
        for _each in range(2):
            release(browser_of("administrator", city), hold)
    assert seen_at(house, plain) == before
    last = Client().get("/api/v1/changes").json()["changes"][-1]
    assert (last["change"], last["service"]) == ("created", str(house.pk))


def test_a_form_that_stood_open_does_not_lift_a_hold(city, house):
    stale = Service.objects.get(pk=house.pk)
    report(house.pk, "unsafe", make_person("worker", city))
    stale.official_name = "Quay House, renamed"
    stale.save()
    assert is_held(house)
    assert Service.objects.get(pk=house.pk).official_name == "Quay House, renamed"
    held = Service.objects.get(pk=house.pk)
    for _each in range(2):
        release(browser_of("administrator", city), house.holds.get())
    held.save()
    assert not is_held(house)


def test_a_listing_is_on_one_hold_at_a_time(house):
    Hold.objects.create(service=house)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(service=house)


def test_a_hold_says_what_the_city_lost(city, house, monkeypatch):
    def find(city, before, after):
        if before and not after:
            yield f"nobody but {before.name}"

    monkeypatch.setattr(consequences, "_finders", [find])
    report(house.pk, "unsafe", make_person("worker", city))
    assert holds.lost_by(house.holds.get()) == [(city, "nobody but Quay House")]
    assert is_held(house)
    page = browser_of("editor", city).get(f"{REPORTS}holds/{house.holds.get().pk}/")
    assert "nobody but Quay House" in page.content.decode()


def test_the_page_of_reports_costs_the_same_for_many(city, django_assert_max_num_queries):
    editor = browser_of("editor", city)
    worker = make_person("worker", city)
    for number in range(6):
        service = factories.make_service(city, slug=f"house-{number}")
        report(service.pk, "hours")
        report(service.pk, "unsafe" if number % 2 else "closed", worker)
    with django_assert_max_num_queries(10):
        assert editor.get(REPORTS).content.decode().count("Not so") == 12


def test_what_was_dealt_with_long_ago_is_deleted(city, house):
    worker, editor = make_person("worker", city), make_person("editor", city)
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=181)
    with time_machine.travel(long_ago):
        other = factories.make_service(city)
        report(other.pk, "hours", worker)
        Report.objects.update(state="not-so", resolved_at=long_ago, resolved_by=editor)
        report(house.pk, "unsafe", worker)
        Report.objects.filter(service=house).update(state="not-so", resolved_at=long_ago)
        report(other.pk, "closed")
    call_command("purge_reports", verbosity=0)
    left = set(Report.objects.values_list("kind", flat=True))
    # While the hold stands it must be known who may not release it; open reports stay open.
    assert left == {"unsafe", "closed"}
    with time_machine.travel(long_ago):
        for _each in range(2):
            holds.sign(
                house.holds.get().pk,
                person := make_person("administrator", city),
                standing_of_user(person),
            )
    call_command("purge_reports", verbosity=0)
    assert set(Report.objects.values_list("kind", flat=True)) == {"closed"}
    assert not Hold.objects.exists()
