"""What Prometheus is told: counts by kind of page, and nothing of what was asked for."""

import datetime
import json
import subprocess
import sys

import pytest
from django.conf import settings as site_settings
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from operations import meters, metrics, middleware
from operations.models import Upkeep
from tests import factories

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-some-length"
CANARY = "quetzalcanary"


@pytest.fixture(autouse=True)
def counted_from_nothing(settings):
    settings.METRICS_TOKEN = TOKEN
    meters.forget()
    yield
    meters.forget()


@pytest.fixture
def city():
    city = factories.make_city("harbour")
    factories.make_service(city, slug="quay-house")
    return city


@pytest.fixture
def page(client):
    """A function giving the page of numbers."""

    def ask():
        response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        return response.content.decode()

    return ask


def samples(text):
    """(name, labels as sorted pairs) -> value."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def count(text, name, **labels):
    return samples(text).get((name, tuple(sorted(labels.items()))), 0)


class TestToken:
    def test_without_one_in_the_settings_there_is_no_page(self, client, settings):
        settings.METRICS_TOKEN = ""
        for header in ("Bearer ", f"Bearer {TOKEN}"):
            response = client.get("/metrics", headers={"authorization": header})
            assert response.status_code == 404

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer é", f"Bearer {TOKEN}x", "Basic abc"])
    def test_another_one_is_refused(self, client, header):
        response = client.get("/metrics", headers={"authorization": header})
        assert response.status_code == 401
        assert "waymark" not in response.content.decode()
        assert response.headers["WWW-Authenticate"] == "Bearer"

    def test_numbers_are_kept_nowhere(self, client):
        response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/", "pages"),
        ("/harbour/services/quay-house/", "pages"),
        ("/learn/", "pages"),
        ("/harbour/guide/danger/", "guide"),
        ("/learn/practice/the-cough/guide/danger/", "guide"),
        ("/harbour/guide/plan/", "plan"),
        ("/harbour/guide/card/", "plan"),
        ("/api/v1/services", "api"),
        ("/api/v1/referral-plan", "api"),
        ("/api/hsds/v3/services", "hsds"),
        ("/api/oruk/v3/services", "hsds"),
        ("/office/harbour/", "office"),
        ("/admin/", "office"),
        ("/harbour/refer/", "office"),
        ("/check/a-secret/", "office"),
        ("/healthz", "health"),
        ("/metrics", "health"),
    ],
)
def test_each_page_has_a_kind(address, kind):
    request = RequestFactory().get(address)
    request.resolver_match = resolve(address)
    assert middleware.kind_of(request) == kind


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/static/x.css", "static"), ("/no/such/page", "other"), ("/api/none", "api")],
)
def test_what_leads_nowhere_has_a_kind_too(address, kind):
    assert middleware.kind_of(RequestFactory().get(address)) == kind


def test_requests_are_counted_by_kind_method_and_class_of_status(client, page, city):
    client.get("/harbour/")
    client.get("/harbour/services/no-such/")
    client.post("/harbour/guide/danger/", {"danger": "no"})
    client.generic(CANARY.upper(), "/harbour/")
    text = page()
    counted = "waymark_requests_total"
    assert count(text, counted, kind="pages", method="GET", status="2xx") == 1
    assert count(text, counted, kind="pages", method="GET", status="4xx") == 1
    assert count(text, counted, kind="guide", method="POST", status="3xx") == 1
    assert count(text, counted, kind="pages", method="other", status="4xx") == 1
    assert count(text, "waymark_request_seconds_count", kind="pages") == 3


def test_refusals_of_too_many_requests_are_counted(client, page, city, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    answers = [client.get("/api/v1/cities").status_code for _time in range(3)]
    refused = answers.count(429)
    assert refused
    assert count(page(), "waymark_throttled_total", kind="api") == refused


def test_errors_of_the_database_are_counted(client, page, city, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError(CANARY)

    client.raise_request_exception = False
    monkeypatch.setattr("services.views.render", away)
    client.get("/")
    text = page()
    assert count(text, "waymark_database_errors_total", error="OperationalError") == 1
    assert CANARY not in text


def test_directories_in_memory_are_told_from_those_that_were_read(client, page, city):
    for _time in range(3):
        client.get("/harbour/guide/plan/")
    text = page()
    assert count(text, "waymark_directory_total", source="database") == 1
    assert count(text, "waymark_directory_total", source="memory") >= 2


def test_age_of_upkeep_is_told(page, time_machine):
    moment = timezone.now()
    time_machine.move_to(moment, tick=False)
    Upkeep.objects.create(name="backup", succeeded_at=moment - datetime.timedelta(hours=2))
    Upkeep.objects.create(name="webhooks", error="OperationalError")
    text = page()
    assert count(text, "waymark_upkeep_age_seconds", job="backup") == 7200
    assert count(text, "waymark_upkeep_failed", job="backup") == 0
    assert count(text, "waymark_upkeep_failed", job="webhooks") == 1
    assert 'age_seconds{job="webhooks"}' not in text
    assert "OperationalError" not in text


def test_numbers_are_told_while_the_database_is_away(monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(Upkeep.objects, "all", away)
    assert b"waymark_worker_memory_bytes" in metrics.everything()


def test_memory_of_this_process_is_told(page):
    assert 10e6 < count(page(), "waymark_worker_memory_bytes", worker="1") < 10e9


#: Everything that may stand in a label; names of work come from the code.
LABELS = {
    "kind": set(meters.KINDS),
    "method": {*meters.METHODS, "other"},
    "status": {"1xx", "2xx", "3xx", "4xx", "5xx"},
    "error": set(meters.DATABASE_ERRORS),
    "source": {"memory", "database"},
    "le": {*(str(float(bucket)) for bucket in meters.BUCKETS), "+Inf"},
    "worker": {"1"},
}


def test_nothing_that_was_asked_for_is_told(client, page, city):
    client.raise_request_exception = False
    told = {"user-agent": CANARY, "referer": f"https://{CANARY}.example/", "x-canary": CANARY}
    client.cookies["guide"] = CANARY
    for address in (
        f"/harbour/services/?search={CANARY}&need={CANARY}",
        f"/{CANARY}/",
        f"/harbour/services/{CANARY}/",
        f"/harbour/guide/{CANARY}/",
        f"/api/v1/services?city={CANARY}",
        f"/api/hsds/v3/services/{CANARY}",
        f"/static/{CANARY}.css",
        f"/check/{CANARY}/",
    ):
        client.get(address, headers=told)
        client.post(address, {"answer": CANARY}, headers=told)
    client.post(
        "/api/v1/referral-plan",
        json.dumps({"city": CANARY, "facts": {"age": CANARY}}),
        content_type="application/json",
    )
    client.get("/", headers={"host": f"{CANARY}.example"})
    client.generic(CANARY, "/")
    text = page()
    assert CANARY not in text
    assert "harbour" not in text
    assert "127.0.0.1" not in text
    for _name, labels in samples(text):
        for label, value in labels:
            assert value in LABELS[label], (label, value)


def in_a_worker(folder, place, code="pass"):
    """Run code in a process of its own that counts in this place."""
    start = f"from operations import meters; meters.share({str(folder)!r}, {place}); "
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        cwd=site_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


COUNT_ONE = "meters.request_done('pages', 'GET', 200, 0.1)"
TELL = "from prometheus_client import generate_latest as g; print(g(meters.shared_registry()).decode())"


def test_workers_count_together_and_the_next_goes_on_where_one_ended(tmp_path):
    in_a_worker(tmp_path, 0, COUNT_ONE)
    in_a_worker(tmp_path, 1, COUNT_ONE)
    files = sorted(tmp_path.iterdir())
    text = in_a_worker(tmp_path, 0, f"{COUNT_ONE}; {TELL}")
    assert count(text, "waymark_requests_total", kind="pages", method="GET", status="2xx") == 3
    assert sorted(tmp_path.iterdir()) == files


def test_every_series_fits_into_the_room_that_was_made(tmp_path):
    """A file that had to grow on a full disk would end its worker."""
    every = (
        "[meters.request_done(k, m, s, 1) for k in meters.KINDS for m in (*meters.METHODS, 'x')"
        " for s in (100, 200, 302, 404, 429, 500)]; "
        "[meters.database_error(e) for e in meters.DATABASE_ERRORS]; meters.directory_used(1, 1)"
    )
    in_a_worker(tmp_path, 0, every)
    assert {file.stat().st_size for file in tmp_path.iterdir()} == {meters.FILE_BYTES}


def test_worker_without_room_for_files_counts_alone(tmp_path, caplog):
    meters.share(tmp_path / "missing", 0)
    meters.request_done("pages", "GET", 200, 0.1)
    assert "counted in each worker alone" in caplog.text
    assert b"waymark_requests_total" in metrics.everything()
