"""The page of one service: what a worker needs to make the call."""

import datetime
import html
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_city, make_group, make_need, make_place, make_service

pytestmark = pytest.mark.django_db

MONDAY_NOON = datetime.datetime(2030, 1, 7, 11, tzinfo=datetime.UTC)


@pytest.fixture
def city():
    return make_city("harbour", name="Harbour")


@pytest.fixture
def read(client, city):
    """The text of the page of a service of this city."""

    def read(**fields):
        service = make_service(city, **fields)
        response = client.get(f"/harbour/services/{service.slug}/")
        assert response.status_code == 200
        return html.unescape(response.content.decode())

    return read


def section(page, heading):
    """The text between this second heading and the next."""
    match = re.search(rf"<h2>{heading}</h2>(.*?)(<h2>|</main>)", page, re.DOTALL)
    return match[1] if match else ""


def test_numbers_come_first(read):
    page = read(phones=["+32 2 555 01 23", "+32 2 555 01 24"], summary="They listen.")
    assert page.index("tel:+3225550123") < page.index("tel:+3225550124")
    assert page.index("tel:+3225550124") < page.index("<h2>")


def test_a_sealed_number_is_not_there(read):
    page = read(phones=["112", {"number": "+32 2 555 01 99", "visibility": "sealed"}])
    assert "5550199" not in page.replace(" ", "")


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"visibility": "professional"},
        {"visibility": "sealed"},
    ],
)
def test_a_hidden_service_is_not_found(client, city, hidden):
    service = make_service(city, **hidden)
    assert client.get(f"/harbour/services/{service.slug}/").status_code == 404


def test_a_service_of_another_city_is_not_found_here(client, city):
    service = make_service(make_city("inland"))
    assert client.get(f"/harbour/services/{service.slug}/").status_code == 404
    assert client.get(f"/inland/services/{service.slug}/").status_code == 200


def test_a_national_line_is_found_in_every_city_of_its_country(client, city):
    make_city("inland")
    make_city("abroad", country="IT")
    service = make_service(city, reach="national")
    statuses = [
        client.get(f"/{slug}/services/{service.slug}/").status_code
        for slug in ("harbour", "inland", "abroad")
    ]
    assert statuses == [200, 200, 404]


def test_a_confidential_service_says_call_and_shows_no_place(read):
    sealed = {"street": "Quiet Lane 1", "town": "Hiddenbury", "visibility": "sealed"}
    page = read(
        confidential=True,
        place=sealed,
        sources=[{"publisher": "Gazette", "url": "https://gazette.example/quiet-lane"}],
    )
    assert "Address kept secret: call" in page
    for secret in ("Quiet Lane", "Hiddenbury", "gazette.example", "<h2>Place</h2>", 'class="map"'):
        assert secret not in page


def test_notes_for_others_are_not_there(read):
    page = read(professional_note="canary-one", sealed_note="canary-two")
    assert "canary" not in page


def test_a_public_place_has_a_map_among_known_spots(read, city):
    make_place(city, "Old Station", latitude=50.85, longitude=4.36)
    page = read(place={"street": "Quay 1", "latitude": 50.84, "longitude": 4.35})
    assert "Quay 1" in section(page, "Place")
    assert "Old Station" in section(page, "Place")
    assert "<circle" in section(page, "Place")


def test_the_week_is_told_on_the_citys_clock_with_holidays(read):
    with time_machine.travel(datetime.datetime(2029, 12, 31, 8, tzinfo=datetime.UTC), tick=False):
        hours = section(read(opening_hours="Mo-Fr 09:00-12:30,14:00-17:00; PH off"), "Hours")
    days = re.findall(r"<th[^>]*>([^<]*)</th>\s*<td>([^<]*)</td>", hours)
    assert len(days) == 7
    assert days[0] == ("Monday 31 December", "09:00–12:30, 14:00–17:00")
    assert days[1] == ("Tuesday 1 January", "Closed")
    assert days[5] == ("Saturday 5 January", "Closed")


def test_a_night_belongs_to_the_evening_it_begins(read):
    with time_machine.travel(MONDAY_NOON, tick=False):
        hours = section(read(opening_hours="Mo 22:00-06:00"), "Hours")
    days = re.findall(r"<td>([^<]*)</td>", hours)
    assert days == ["22:00–06:00", *["Closed"] * 6]


def test_hours_that_are_not_sure_are_said_to_be_asked(read):
    with time_machine.travel(MONDAY_NOON, tick=False):
        hours = section(read(opening_hours='Mo 10:00-12:00 unknown "by appointment"'), "Hours")
    assert "10:00–12:00 (ask) by appointment" in hours


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("24/7", "Open day and night"),
        ("Mo-Fr 09:00-17:00", "Open now, until 17:00"),
        ("Mo-Fr 14:00-17:00", "Closed now, opens Monday 14:00"),
        ("", "Hours not known: call first"),
    ],
)
def test_open_now_is_said_first(read, hours, said):
    with time_machine.travel(MONDAY_NOON, tick=False):
        page = read(opening_hours=hours)
    assert said in page[: page.index("<h2>")]


def test_who_is_taken_has_three_answers(read):
    page = read(
        criteria={
            "women": "takes",
            "with-children": {"stance": "asks-first", "limit": 14, "note": "in summer"},
            "men": "does-not-take",
        }
    )
    taken = section(page, "Who is taken")
    assert re.search(r'class="fits-yes">Women', taken)
    assert re.search(r'class="ask">People who bring children · sons up to 14.*in summer', taken)
    assert re.search(r'class="fits-no">Men', taken)


def test_what_the_listing_does_not_say_is_a_question(read):
    page = read(criteria={"undocumented": "asks-first", "men": "takes"}, languages=["fr"])
    questions = section(page, "What to ask on the phone")
    assert questions.index("somebody without papers") < questions.index("Can children come along")
    assert "Is there an interpreter?" in questions
    assert "Do you take men?" not in questions


def test_a_phone_line_is_not_asked_about_its_steps(read):
    assert "step-free" not in section(read(place=None), "What to ask on the phone")
    assert "step-free" in section(read(), "What to ask on the phone")


def test_a_criterion_without_a_question_of_its_own_is_still_asked(read):
    questions = section(read(criteria={"new-code": "asks-first"}), "What to ask on the phone")
    assert "How about this: new-code?" in questions


def test_the_rest_of_the_questions_is_folded(read):
    questions = section(read(), "What to ask on the phone")
    assert questions[: questions.index("<details")].count('class="ask"') == 5
    assert "more question" in questions


def test_age_and_source_of_what_is_said(read):
    fresh = {"field_group": "contact", "by": "organization", "confirmed_at": MONDAY_NOON}
    with time_machine.travel(MONDAY_NOON + datetime.timedelta(days=10), tick=False):
        page = read(
            confirmations=[fresh],
            sources=[
                {"publisher": "Old paper", "date": "2020", "url": "https://old.example/"},
                {"publisher": "City site", "date": "2029-11", "url": "https://city.example/"},
            ],
        )
    trust = section(page, "How far to trust this")
    assert "Confirmed, 7 January 2030 · the service itself" in trust
    assert "Never confirmed · seen on City site, 2029-11" in trust
    link = re.search(r'<a href="https://old.example/" rel="([^"]*)"', trust)
    assert set(link[1].split()) == {"noreferrer", "nofollow", "noopener"}


def test_doubts_are_named_before_the_call(read):
    page = read(marks=[{"kind": "conflict", "text": "Another page prints 02 555 00 00."}])
    assert "Sources disagree: Another page prints 02 555 00 00." in page


def test_without_phone_or_mail_the_way_in_is_told(read):
    page = read(phones=[], way_in="Ask at the desk of the hospital.")
    assert "Ask at the desk of the hospital." in page


def test_languages_are_named_and_texts_marked_with_theirs(read):
    page = read(
        name="Lantern House",
        official_name="Maison du Phare",
        official_language="fr",
        languages=["ti", "ar"],
    )
    assert "Tigrinya, Arabic" in page
    assert '<span lang="fr">Maison du Phare</span>' in page


def test_the_title_is_neutral(read):
    page = read(name="Violence line")
    assert "Violence" not in re.search(r"<title>(.*?)</title>", page)[1]


def test_a_listing_costs_few_queries(client, city):
    make_place(city)
    make_need("shelter")
    make_group("families")
    for _number in range(20):
        service = make_service(
            city,
            languages=["ar"],
            groups=["families"],
            criteria={"women": "takes"},
            sources=[{"publisher": "City site"}],
        )
    address = f"/harbour/services/{service.slug}/"
    for most in (15, 3):
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        assert len(made) <= most
