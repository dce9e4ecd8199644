"""The plan's page: the clock first, one door large, the rest small, every claim with its source."""

import datetime
import re

import pytest
import time_machine
from django.utils import translation

from referrals import guide, planning, words
from referrals.city_guide import CityGuide
from referrals.pathway.facts import Facts
from referrals.plan_page import clock_text, plan_page
from tests import factories
from tests.referrals.harbour import ADULT, CHILD_ALONE, MONDAY, give, make_harbour, plan_url, walk

pytestmark = pytest.mark.django_db

SHELTER = ADULT | {"what": {"wants": ["shelter"]}, "when": {"skip": "1"}}


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def harbour():
    return make_harbour()


def plan_after(client, given):
    walk(client, given)
    response = client.get(plan_url())
    assert response.status_code == 200
    return response.content.decode()


def page_for(city, **facts):
    """The view model of a plan for these facts."""
    made = planning.plan_for(city, Facts(**facts), "en")
    return plan_page(made, guide.visit(CityGuide(city), {}), words.need_titles("en"))


def stop_for(page, need):
    stops = [*page.open_stops, *page.folded_stops]
    return next(stop for stop in stops if stop.step.need == need)


def part_for(html, need):
    """What the page shows of one step."""
    return next(part for found, part in parts_of(html) if found == need)


def parts_of(html):
    """(need, what the page shows of it) for every step, in order."""
    rail = html[html.index('<ol class="rail">') : html.index("</ol>")]
    return re.findall(
        r'<li class="stop[^"]*" id="([\w-]+)">(.*?)(?=<li class="stop|\Z)', rail, re.S
    )


# --- the clock ----------------------------------------------------------------------------


class Timed:
    def __init__(self, urgency, hours_left=None, deadline_hours=None):
        self.urgency, self.hours_left, self.deadline_hours = urgency, hours_left, deadline_hours


@pytest.mark.parametrize(
    ("step", "hour", "text"),
    [
        (Timed("now"), 12, "Now"),
        (Timed("hours", 48, 72), 12, "48 hours left"),
        (Timed("hours", 1.9, 72), 12, "1 hour left"),
        (Timed("hours", 0.5, 72), 12, "Less than an hour left"),
        (Timed("hours", None, 72), 12, "Within 72 hours"),
        (Timed("hours"), 12, "In the next hours"),
        (Timed("today"), 12, "Today"),
        (Timed("today"), 21, "Tonight"),
        (Timed("today"), 3, "Tonight"),
        (Timed("soon"), 12, "In the next days"),
        (Timed("when-ready"), 12, "When they are ready"),
    ],
)
def test_the_pill_says_how_much_time_there_is(step, hour, text):
    at = datetime.datetime(2026, 11, 23, hour, tzinfo=datetime.UTC)
    assert clock_text(step, at) == text


def test_what_runs_out_stands_first_and_counts_down(client, harbour):
    html = plan_after(client, ADULT)
    first = re.search(r'<ol class="rail">\s*<li class="([^"]*)" id="([^"]*)">(.*?)</p>', html, re.S)
    assert first[1] == "stop stop--clock"
    assert first[2] == "rape-care"
    assert "48 hours left" in first[3]


def test_the_page_says_where_and_when(client, harbour):
    html = plan_after(client, ADULT)
    assert ">Harbour</a> · Monday 23 November, 11:00" in html
    assert "<title>Plan – Harbour · City services guide</title>" in html
    assert html.count("<h1") == 1


# --- doors --------------------------------------------------------------------------------


def test_plan_a_is_a_card_with_its_number_to_tap(client, harbour):
    part = part_for(plan_after(client, ADULT), "rape-care")
    card = re.search(r'<article class="card">(.*?)</article>', part, re.S)[1]
    assert "<h3>Lantern Clinic</h3>" in card
    assert "Lantern Clinic Society" in card
    assert 'href="tel:+3225550303"' in card
    assert 'class="fits-yes">No police report needed' in card
    assert re.search(
        r'class="ask"><span class="unseen">Ask:</span> Do you take somebody without', card
    )
    assert "Never confirmed · seen on Harbour Gazette" in card
    assert re.search(r'href="/harbour/services/[\w-]+/">Open the full listing', card)


def test_b_and_c_are_lines_with_a_number(client, harbour):
    shelter = SHELTER | {"status": {"status": "documented"}}
    part = part_for(plan_after(client, shelter), "shelter")
    line = part.partition('<div class="alternative">')[2]
    assert "<b>B</b>" in line
    assert 'class="call call--line"' in line


def test_passed_over_doors_are_named_with_the_reason(client, harbour):
    part = part_for(plan_after(client, SHELTER), "shelter")
    assert "1 passed over, and why" in part
    assert "<li>Dockside Rooms: does not take people without papers</li>" in part


def test_of_very_many_passed_over_the_nearest_are_named_and_the_rest_is_counted(harbour):
    refuses = {"undocumented": "does-not-take"}
    for number in range(41):
        factories.make_service(harbour, name=f"House {number}", criteria=refuses)
    factories.make_service(harbour, name="Farther", criteria=refuses | {"women": "does-not-take"})
    harbour.refresh_from_db()
    page = page_for(harbour, wants=("shelter",), status="undocumented", gender="woman")
    stop = next(s for s in (*page.open_stops, *page.folded_stops) if s.step.need == "shelter")
    names = {passed["name"] for passed in stop.passed_over}
    assert len(names) == 40
    assert "Farther" not in names
    # With the one of the harbour.
    assert stop.also_passed_over == 3


def test_a_secret_address_is_said_to_be_secret_and_never_measured(harbour):
    page = page_for(harbour, wants=("shelter",), status="undocumented", near=(50.84, 4.35))
    card = stop_for(page, "shelter").plan_a
    assert card.listing.name == "Quay House"
    assert card.by == "Quay House Society · address kept secret"
    assert card.way == ""


def test_a_door_to_walk_into_shows_its_street_and_distance(harbour):
    page = page_for(harbour, concerns=("sexual-violence",), hours_since=24, near=(50.85, 4.35))
    card = stop_for(page, "rape-care").plan_a
    assert re.fullmatch(r"Walk in: Quay Street [bcdfghjklm]+, 1000 Harbourtown", card.way)
    assert card.by == "Lantern Clinic Society · 1.1 km"


def test_the_number_that_is_answered_now_is_the_one_to_call(harbour):
    factories.make_service(
        harbour,
        name="Two Lines",
        needs=["trafficking"],
        opening_hours="24/7",
        phones=[
            {"number": "+32 2 555 11 11", "opening_hours": "Tu 09:00-17:00"},
            {"number": "+32 2 555 22 22", "opening_hours": "Mo 09:00-17:00"},
        ],
    )
    harbour.refresh_from_db()
    card = stop_for(page_for(harbour, concerns=("trafficking",)), "trafficking").plan_a
    assert card.phone.href == "tel:+3225552222"


def test_a_door_without_a_phone_offers_its_mail(client, harbour):
    factories.make_service(
        harbour, name="Letter Box", needs=["lgbtqi-support"], phones=[], email="post@example.org"
    )
    given = ADULT | {"what": {"wants": ["lgbtqi-support"]}, "when": {"skip": "1"}}
    assert 'href="mailto:post@example.org"' in part_for(plan_after(client, given), "lgbtqi-support")


def test_a_door_with_neither_says_how_to_get_in(client, harbour):
    factories.make_service(
        harbour,
        name="Open Desk",
        needs=["rape-care"],
        phones=[],
        way_in="Ask at the desk by the quay.",
    )
    assert "Ask at the desk by the quay." in part_for(plan_after(client, ADULT), "rape-care")


def test_a_door_already_large_above_is_small_the_second_time(client, harbour):
    html = plan_after(client, ADULT)
    assert "<h3>Lantern Clinic</h3>" in part_for(html, "rape-care")
    evidence = part_for(html, "evidence")
    assert "<h3>Lantern Clinic</h3>" not in evidence
    assert "the same door as for “Rape care”" in evidence
    assert 'href="tel:+3225550303"' in evidence


def test_sources_that_differ_are_shown(client, harbour):
    factories.make_service(
        harbour,
        name="Two Papers",
        needs=["police-report"],
        marks=[{"kind": "conflict", "text": "An older page prints another number."}],
    )
    given = ADULT | {"what": {"wants": ["police-report"]}, "when": {"skip": "1"}}
    assert "Sources differ: An older page prints another number." in plan_after(client, given)


# --- few doors at once --------------------------------------------------------------------


def test_three_steps_stand_open_and_the_rest_is_folded(client, harbour):
    html = plan_after(client, ADULT)
    stops = re.findall(r'<li class="stop([^"]*)" id="[^"]*">\s*<(\w+)', html)
    assert len(stops) > 3
    assert [tag for _css, tag in stops[:3]] == ["p", "p", "p"]
    assert {tag for _css, tag in stops[3:]} == {"details"}


# --- notices ------------------------------------------------------------------------------


def test_without_danger_the_emergency_numbers_are_still_there(client, harbour):
    html = plan_after(client, ADULT)
    top = html[: html.index('class="rail"')]
    assert 'href="tel:112"' in top
    assert 'href="tel:101"' in top


def test_danger_comes_before_all_else(client, harbour):
    html = plan_after(client, ADULT | {"danger": {"danger": "now"}})
    after_heading = html[html.index("</h1>") :]
    assert re.match(r'</h1>\s*<section class="notice notice--danger">', after_heading)
    assert re.search(r'<li class="stop stop--now" id="emergency">', html)


def test_a_notice_stands_at_the_step_where_it_is_used(client, harbour):
    html = plan_after(client, ADULT)
    assert "Medicine against HIV" in part_for(html, "rape-care")
    assert "Medicine against HIV" not in html[: html.index('class="rail"')]


def test_no_notice_is_lost(harbour):
    facts = {
        "age": "12-15",
        "unaccompanied": True,
        "danger": "now",
        "concerns": ("sexual-violence", "partner-violence", "honour-violence", "stalking"),
        "red_flags": ("strangulation", "suicidal"),
        "status": "undocumented",
        "languages": ("ti",),
    }
    page = page_for(harbour, **facts)
    groups = [page.dangers, page.duties, page.consent, page.in_mind, page.about]
    groups += [stop.notices for stop in [*page.open_stops, *page.folded_stops]]
    shown = [notice.id for group in groups for notice in group]
    expected = [n.id for n in planning.plan_for(harbour, Facts(**facts), "en").notices]
    assert sorted(shown) == sorted(expected)


@pytest.mark.parametrize("answer", ["no", "not-now"])
def test_a_no_is_met_kindly(client, harbour, answer):
    html = plan_after(client, ADULT | {"consent": {"consent": answer}})
    assert "<h1>What is there when they want it</h1>" in html
    assert "The person said no, or not now" in html
    assert 'href="tel:+3225550202"' in html


def test_every_step_names_its_source_and_that_nobody_signed_it(client, harbour):
    html = plan_after(client, ADULT)
    for _need, part in parts_of(html):
        assert "<summary>Source</summary>" in part
        assert re.search(r"reviewed on \d+ \w+ \d{4}", part)
        assert "sample, not signed off by a city" in part


# --- what else can be done from here ------------------------------------------------------


def test_answers_can_be_changed_from_the_plan(client, harbour):
    html = plan_after(client, CHILD_ALONE)
    row = r'<a href="/harbour/guide/age/">How old is the person\?</a> <span class="meta">12 to 15<'
    assert re.search(row, html)


def test_what_was_not_said_is_listed_as_not_said(client, harbour):
    html = plan_after(client, ADULT | {"status": {"status": "unknown"}})
    assert re.search(r'href="/harbour/guide/status/">[^<]*</a> <span class="meta">not said<', html)


def test_a_finer_answer_changes_the_plan(client, harbour):
    html = plan_after(client, ADULT)
    assert 'href="/harbour/guide/language/"' in html[html.index('id="better"') :]
    give(client, "language", {"languages": ["ti"]})
    assert "Is there an interpreter for Tigrinya?" in client.get(plan_url()).content.decode()


def test_an_early_plan_leads_back_to_the_questions(client, harbour):
    give(client, "danger", {"danger": "soon"})
    html = client.get(plan_url()).content.decode()
    assert re.search(r'href="/harbour/guide/age/">Go on: about \d+ more questions', html)


def test_with_all_asked_there_is_no_more_to_go_on_to(client, harbour):
    assert "Go on:" not in plan_after(client, ADULT)


def test_a_plan_without_answers_says_so_and_still_helps(client, harbour):
    html = client.get(plan_url()).content.decode()
    assert "This plan knows nothing of the person yet" in html
    assert "gone after 30 minutes without use" in html
    assert 'href="/harbour/guide/"' in html
    assert 'href="tel:+3225550202"' in html


def test_a_plan_with_answers_does_not_say_they_are_gone(client, harbour):
    assert "This plan knows nothing" not in plan_after(client, ADULT)


def test_an_expired_visit_gets_the_plan_for_nothing_known(client, harbour):
    walk(client, ADULT)
    with time_machine.travel(MONDAY.timestamp() + 31 * 60, tick=False):
        assert "knows nothing of the person" in client.get(plan_url()).content.decode()


def test_a_folded_step_has_its_first_door_on_one_line_for_paper(client, harbour):
    html = plan_after(client, ADULT)
    folded = re.findall(
        r'<li class="stop stop--folded.*?</li>\n(?=<li class="stop|</ol>)', html, re.S
    )
    assert folded
    for step in folded:
        line = re.search(r'</details>\s*<p class="in-print">(.*?)</p>\s*</li>', step, re.S)[1]
        number = re.search(r'<bdi dir="ltr">([^<]+)</bdi>', line)[1]
        assert number in step.replace(line, "")
    opened = html[html.index('<ol class="rail">') : html.index("stop--folded")]
    assert "in-print" not in opened


def test_the_sample_banner_is_on_the_plan_until_the_city_confirms(client, harbour):
    assert 'class="banner"' in plan_after(client, ADULT)
    harbour.is_sample = False
    harbour.save()
    assert 'class="banner"' not in client.get(plan_url()).content.decode()


@pytest.mark.parametrize("language", ["fr", "nl", "de", "it", "sv"])
def test_the_plan_opens_in_every_language(client, harbour, language):
    walk(client, ADULT)
    client.cookies["language"] = language
    response = client.get(plan_url())
    assert response.status_code == 200
    assert response["Content-Language"] == language
    translation.activate("en")


def test_a_city_without_any_service_still_says_whom_to_call(client):
    factories.make_city("empty")
    answer = client.get(plan_url("empty"))
    assert answer.status_code == 503
    assert "tel:112" in answer.content.decode()


def test_each_door_leads_to_its_listing_and_to_a_report(client, harbour):
    page = plan_after(client, ADULT)
    listings = set(re.findall(r'href="(/harbour/services/[\w-]+/)"', page))
    reports = set(re.findall(r'href="(/harbour/services/[\w-]+/report/)"', page))
    assert len(listings) > 3
    assert {f"{listing}report/" for listing in listings} == reports
