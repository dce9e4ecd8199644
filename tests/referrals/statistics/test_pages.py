"""The page and the file of statistics: what stands there, when, and what never does."""

import csv
import datetime
import io
import re
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from referrals.handoff import acts
from referrals.models import DeadEnd, Outcome, ReferralEvent
from referrals.statistics import publication, reading
from services.models import Need
from tests import factories
from tests.people import browser_of, make_person

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 11, 27, 12, tzinfo=datetime.UTC)
QUARTER = (datetime.date(2026, 7, 1), datetime.date(2026, 8, 1), datetime.date(2026, 9, 1))
By = ReferralEvent.By


@pytest.fixture(autouse=True)
def autumn(monkeypatch):
    """Counting began in May: two quarters are over."""
    monkeypatch.setattr(reading, "began", lambda city: datetime.date(2026, 5, 10))
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def city():
    return factories.make_city("harbour")


@pytest.fixture
def reader(city):
    return browser_of("worker", city)


def put(city, count, **fields):
    """So many outcomes in each month and urgency of the third quarter."""
    defaults = {"need": "shelter", "group": "", "end": "arrived", "speed": "1h"}
    for month in QUARTER:
        for urgency in ("24h", "72h", "2w"):
            Outcome.objects.create(
                city=city, month=month, urgency=urgency, count=count, **defaults | fields
            )


def text(response):
    assert response.status_code == 200
    words = re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", unescape(response.content.decode()))
    return " ".join(words.split())


def page(reader, query=""):
    return reader.get(reverse("office-statistics", args=["harbour"]) + query)


def sheet(reader):
    response = reader.get(reverse("office-statistics-csv", args=["harbour"]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "statistics-harbour.csv" in response["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_the_newest_quarter_that_is_over_is_shown(city, reader):
    factories.make_need("shelter", name="Safe place to sleep")
    put(city, 4)
    put(city, 2, end="cannot", reason="full")
    DeadEnd.objects.create(city=city, month=QUARTER[1], need="shelter", group="", count=12)
    DeadEnd.objects.create(city=city, month=QUARTER[1], need="shelter", group="families", count=7)
    said = text(page(reader))
    assert "Referrals, July to September 2026" in said
    assert "Safe place to sleep Arrived: 30–39" in said
    assert "Within 24 hours Arrived: 10–14" in said
    assert "No room at the moment Referrals: 15–19" in said
    assert "Within 24 hours at least half within three hours" in said
    assert "Safe place to sleep All visits: 10–14" in said
    assert "Families: 5–9" in said or "families: 5–9" in said
    assert "Fewer than 5 in every column:" in said
    assert "36" not in said


def test_an_older_quarter_has_its_own_address_and_others_have_none(city, reader):
    put(city, 4)
    said = text(page(reader, "?quarter=2026-Q2"))
    assert "Referrals, April to June 2026" in said
    assert "30–39" not in said
    for code in ("2026-Q4", "2026-Q1", "2026-7", "", "x"):
        assert page(reader, f"?quarter={code}").status_code == 404


def test_the_running_quarter_changes_nothing_that_is_shown(city, reader):
    put(city, 4)
    before, rows = text(page(reader)), sheet(reader)
    for month in (datetime.date(2026, 10, 1), datetime.date(2026, 11, 1)):
        Outcome.objects.create(
            city=city,
            month=month,
            need="shelter",
            urgency="24h",
            end="arrived",
            speed="1h",
            count=50,
        )
        DeadEnd.objects.create(city=city, month=month, need="shelter", count=50)
    assert text(page(reader)) == before
    assert sheet(reader) == rows


def test_before_the_first_quarter_is_over_it_says_when(city, reader, monkeypatch):
    monkeypatch.setattr(reading, "began", lambda city: datetime.date(2026, 10, 3))
    put(city, 4)
    said = text(page(reader))
    assert "The first quarter ends on 31 December 2026" in said
    assert "stand here from 2 January 2027 on" in said
    assert sheet(reader) == []


def test_counting_began_when_the_tables_were_made_not_with_the_first_row(monkeypatch, city):
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=400)):
        found = reading.began(city)
    Outcome.objects.create(
        city=city, month=datetime.date(2001, 1, 1), need="x", urgency="24h", end="arrived",
        speed="1h", count=1,
    )  # fmt: skip
    assert reading.began(city) == found
    assert found.year > 2001


def test_other_cities_are_not_in_it(city, reader):
    put(factories.make_city("faraway"), 40)
    assert {row["at_least"] for row in sheet(reader)} <= {"0", ""}


def test_an_end_that_is_not_shown_is_named(city, reader):
    for month, count in zip(QUARTER, (4, 3, 3), strict=True):
        Outcome.objects.create(
            city=city, month=month, need="shelter", urgency="24h", end="cannot", reason="full",
            speed="1h", count=count,
        )  # fmt: skip
    said = text(page(reader))
    assert "Not shown in this quarter: Refused." in said
    assert "Not shown in this quarter, as refusals are not." in said
    assert "No room at the moment" not in said
    rows = [
        row for row in sheet(reader) if row["quarter"] == "2026-Q3" and row["column"] == "cannot"
    ]
    assert [(row["table"], row["state"], row["at_least"]) for row in rows] == [
        ("all", "withheld", "")
    ]


def test_with_every_end_withheld_the_page_still_says_so(city, reader):
    for end in Outcome.End.values:
        for month, count in zip(QUARTER, (4, 3, 3), strict=True):
            Outcome.objects.create(
                city=city, month=month, need="shelter", urgency="24h", end=end, speed="1h",
                reason="full" if end == "cannot" else "", count=count,
            )  # fmt: skip
    said = text(page(reader))
    assert "Not shown in this quarter: Arrived," in said
    assert "too few answers to say" in said


def test_the_file_holds_what_the_publication_holds_and_no_number_of_its_own(city, reader):
    put(city, 4)
    rows = [row for row in sheet(reader) if row["quarter"] == "2026-Q3"]
    (found,) = reading.publications(city, reading.quarters_of(city)[:1])
    cells = {
        (end, table, f"{row:%Y-%m}" if table == "month" else row): band
        for end, tables in found.ends.items()
        for table, bands in tables.items()
        for row, band in bands.items()
    }
    said = {
        (row["column"], row["table"], row["row"]): (int(row["at_least"]), int(row["at_most"]))
        for row in rows
        if row["table"] in (*publication.TABLES, "reason")
    }
    assert said == cells
    assert {row["table"] for row in rows} == {
        "all", *publication.TABLES, "reason", "answered-in-time", "ended-in-nothing",
    }  # fmt: skip


def test_no_name_becomes_a_formula(city, reader):
    factories.make_need("shelter")
    Need.objects.get(code="shelter").translations.update(name="=1+1")
    named = {row["row_name"] for row in sheet(reader) if row["row"] == "shelter"}
    assert named == {"'=1+1"}


def test_nothing_is_told_of_a_worker_or_a_service(city, reader):
    """Thirty referrals of one worker to one service leave numbers alone."""
    service = factories.make_service(city, name="Quay House")
    worker = make_person("worker", city, email="canary@example.org")
    with time_machine.travel(datetime.datetime(2026, 8, 5, 9, tzinfo=datetime.UTC), tick=False):
        for _each in range(30):
            wanted = acts.Wanted(city=city, service=service, need="shelter", urgency="24h")
            referral = acts.refer(wanted, consent=True, worker=worker)
            acts.accept(referral.pk, By.RECEIVER)
            acts.close(referral.pk, By.WORKER)
    said = page(reader).content.decode() + str(sheet(reader))
    assert "30–39" in said
    for canary in ("canary", "Quay House", referral.code, str(referral.pk)):
        assert canary not in said


def test_the_page_costs_few_queries_whatever_it_holds(city, reader):
    page(reader)
    with CaptureQueriesContext(connection) as empty:
        page(reader)
        before = len(empty)
    put(city, 4)
    put(city, 9, end="cannot", reason="full", need="housing", group="families")
    with CaptureQueriesContext(connection) as full:
        page(reader)
        assert len(full) == before
    assert before <= 12


def test_it_stands_in_the_menu(city, reader):
    start = reader.get(reverse("office-city", args=["harbour"])).content.decode()
    assert reverse("office-statistics", args=["harbour"]) in start
