"""The pages of coverage: what they show, whom they open to, and what never stands on them."""

import csv
import io
import re
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.coverage import dead_ends, grid, views
from referrals.coverage.dead_ends import DeadEnd, Proof
from referrals.coverage.matrix import STATES, Cell, matrix_of
from referrals.coverage.people import BY_CODE
from services.models import City
from tests import factories
from tests.people import browser_of
from tests.referrals.harbour import make_harbour
from tests.test_canaries import DIGITS, SEALED
from tests.test_canaries import city as city_of_canaries  # noqa: F401

pytestmark = pytest.mark.django_db

ROUTES = (
    "office-coverage",
    "office-coverage-why",
    "office-coverage-cells",
    "office-dead-ends",
    "office-minimums",
)
CELL = {"need": "shelter", "group": "woman", "hour": "night", "language": "fr",
        "status": "undocumented"}  # fmt: skip


@pytest.fixture
def city():
    city = make_harbour()
    return City.objects.get(pk=city.pk)


@pytest.fixture
def administrator(city):
    return browser_of("administrator", city)


@pytest.fixture
def no_proof(monkeypatch):
    """The proof has its own tests: here it holds what a test puts in."""
    told = []

    def proof(_city):
        return Proof(grid.combinations(), 12, 3, tuple(told))

    monkeypatch.setattr(views, "proof_of", proof)
    return told


def url(route, city):
    return reverse(route, args=[city.slug])


def text_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def words_of(response):
    """What is read on a page, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text_of(response))).split())


def test_the_table_shows_every_need_and_person_of_a_situation(administrator, city):
    response = administrator.get(url("office-coverage", city))
    text = text_of(response)
    cells = re.findall(r'class="cover cover--(\w+)" href="([^"]+)"', text)
    assert len(cells) == len(matrix_of(city).needs) * len(BY_CODE)
    assert "on a working day at 10:00" in text


def test_each_cell_opens_to_a_page_of_its_state(administrator, city):
    query = {"hour": "night", "language": "ar", "status": "asylum-seeker"}
    text = text_of(administrator.get(url("office-coverage", city), query))
    cells = re.findall(r'class="cover cover--(\w+)" href="([^"]+)"', text)
    matrix, seen = matrix_of(city), {}
    for state, address in cells:
        seen.setdefault(state, unescape(address))
        person, need = (
            re.search(f"{k}=([a-z-]+)", unescape(address))[1] for k in ("group", "need")
        )
        assert state == matrix.state(Cell(need, person, "night", "asylum-seeker", "ar"))
    assert len(seen) >= 3
    for state, address in seen.items():
        page = text_of(administrator.get(address))
        assert f'<span class="cover cover--{state}">' in page


def test_the_filters_change_the_table_and_stay_chosen(administrator, city):
    night = administrator.get(url("office-coverage", city), {"hour": "night"})
    assert '<option value="night" selected>' in text_of(night)
    states = {hour: _state(administrator, city, hour) for hour in ("day", "night")}
    assert states == {"day": "served", "night": "excludes"}


def _state(browser, city, hour):
    """The state of the cell of a woman who needs a specialist counselling centre."""
    text = text_of(browser.get(url("office-coverage", city), {"hour": hour}))
    found = re.search(r'cover--(\w+)" href="[^"]+need=violence-support&amp;group=woman&amp;', text)
    return found[1]


def test_why_names_each_listing_with_its_reasons(administrator, city):
    words = words_of(administrator.get(url("office-coverage-why", city), CELL))
    assert "A woman without papers who speaks French at 02:00 in the night" in words
    assert "These cannot be used then, or not by them (2)" in words
    assert re.search(r"Quay House .*closed then; opens on Wednesday 09:00", words)
    assert re.search(r"Dockside Rooms", words)


REASONS = {
    "served": ({"interpreter": "takes"}, "Takes women"),
    "asks": ({"opening_hours": ""}, "Are you open then? Its hours are not known."),
    "excludes": ({"phones": []}, "has no phone and no e-mail that everybody may know"),
}


@pytest.mark.parametrize(("fields", "reason"), REASONS.values(), ids=REASONS.keys())
def test_a_reason_is_given_for_each_kind(fields, reason):
    city = factories.make_city("quiet")
    defaults = {"opening_hours": "24/7", "criteria": {"women": "takes", "undocumented": "takes"},
                "interpreter": "takes"}  # fmt: skip
    factories.make_service(city, name="Lantern", **defaults | fields)
    browser = browser_of("administrator", city)
    assert reason in words_of(browser.get(url("office-coverage-why", city), CELL))


def test_a_need_without_listings_says_so():
    city = factories.make_city("quiet")
    words = words_of(browser_of("worker", city).get(url("office-coverage-why", city), CELL))
    assert "No listing of the city, the country or Europe is filed under this need." in words


def test_the_listings_behind_a_cell_are_many_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr("referrals.coverage.why.MOST", 2)
    city = factories.make_city("quiet")
    for _number in range(5):
        factories.make_service(city, opening_hours="Mo-Fr 09:00-17:00")
    words = words_of(browser_of("worker", city).get(url("office-coverage-why", city), CELL))
    assert "(5)" in words
    assert "And 3 more." in words


BAD = {
    "unknown hour": {"hour": "noon"},
    "unknown language": {"language": "xx"},
    "unknown status": {"status": "king"},
    "markup": {"hour": "<script>alert(1)</script>"},
    "control characters": {"hour": "\x00\x1b[31m"},
    "too long": {"language": "f" * 5000},
}


@pytest.mark.parametrize("query", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("route", ["office-coverage", "office-coverage-why"])
def test_a_value_that_cannot_be_read_is_said_plainly(administrator, city, route, query):
    cell = CELL if route.endswith("why") else {}
    response = administrator.get(url(route, city), cell | query)
    assert response.status_code == 400
    text = text_of(response)
    assert "This address asks for something that is not here" in text
    assert "is not a choice here." in text
    assert "<script>alert" not in text
    assert "\x1b" not in text
    assert f"“{'f' * 61}" not in text


@pytest.mark.parametrize("query", [{}, {"need": "shelter"}, {"group": "woman"},
                                   CELL | {"need": "gold"}, CELL | {"group": "crowd"}], ids=str)  # fmt: skip
def test_a_cell_needs_a_need_and_somebody(administrator, city, query):
    response = administrator.get(url("office-coverage-why", city), query)
    assert response.status_code == 400
    assert url("office-coverage", city) in text_of(response)


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_of_another_city_is_not_there(route, city):
    elsewhere = browser_of("administrator", factories.make_city("faraway", country="SE"))
    assert elsewhere.get(url(route, city), CELL).status_code == 404
    nowhere = reverse(route, args=["no-such-city"])
    assert elsewhere.get(nowhere).status_code == 404


@pytest.mark.usefixtures("no_proof")
@pytest.mark.parametrize("role", ["worker", "editor", "administrator", "network"])
def test_every_role_of_the_city_may_look(role, city):
    browser = browser_of(role, None if role == "network" else city)
    for route in ROUTES:
        assert browser.get(url(route, city), CELL).status_code == 200, route


def test_the_file_has_every_cell(administrator, city):
    response = administrator.get(url("office-coverage-cells", city))
    assert response["Content-Disposition"] == 'attachment; filename="coverage-harbour.csv"'
    rows = list(csv.DictReader(io.StringIO(text_of(response))))
    matrix = matrix_of(city)
    assert [row["state"] for row in rows] == matrix.states
    assert {row["state"] for row in rows} <= {*STATES}


def dead_end(need="shelter", urgency="now", ends_in="helpline", number=1200):
    facts = {"age": ("12-15-alone",), "hour": ("night",)}
    return DeadEnd(need, urgency, ends_in, facts, number, (0, {"wants": ("shelter",)}, 2))


def test_dead_ends_are_told_in_words(administrator, city, no_proof):
    no_proof += [
        dead_end(),
        dead_end(ends_in="no-door", number=1),
        dead_end(ends_in="far-lines"),
    ]
    words = words_of(administrator.get(url("office-dead-ends", city)))
    who = "An unaccompanied young person of 12 to 15, at 02:00 in the night"
    assert f"{who} : no door in time for “Shelter”; falls back to “Helpline”." in words
    assert "no door for “Shelter”, and no line behind it." in words
    assert "for “Shelter” only European lines." in words
    assert "Needed now; for example: asks for “Shelter”. 1,200 combinations." in words
    assert "45,273,600 combinations of facts" in words
    assert "3 kinds of situations fall back" in words


def test_more_dead_ends_than_a_page_holds_are_folded(administrator, city, no_proof, monkeypatch):
    monkeypatch.setattr(views, "MOST", 2)
    no_proof += [dead_end(number=number) for number in (5, 4, 3)]
    text = text_of(administrator.get(url("office-dead-ends", city)))
    assert "<summary>1 more</summary>" in text
    assert '<ol class="rows" start="3">' in text


@pytest.mark.usefixtures("no_proof")
def test_a_city_without_dead_ends_is_told_so(administrator, city):
    words = words_of(administrator.get(url("office-dead-ends", city)))
    assert "No plan falls back" in words


def test_the_start_page_speaks_of_dead_ends_that_are_known(administrator, city, monkeypatch):
    start = reverse("office-city", args=[city.slug])
    assert "in a fallback" not in text_of(administrator.get(start))
    proof = Proof(1, 1, 1, (dead_end(), dead_end()))
    monkeypatch.setattr("referrals.coverage.office.kept_proof", lambda _city: proof)
    assert "2 kinds of situations end in a fallback" in text_of(administrator.get(start))


def test_inhabitants_that_are_not_known_are_said_plainly(administrator, city):
    words = words_of(administrator.get(url("office-minimums", city)))
    assert words.count("number of people not known") == 2
    assert "not known" in words


def test_who_may_change_the_city_says_how_many_live_there(administrator, city):
    posted = administrator.post(
        url("office-minimums", city), {"population": "20000", "women": "10000"}
    )
    assert posted.status_code == 302
    city.refresh_from_db()
    assert (city.population, city.women) == (20000, 10000)
    words = words_of(administrator.get(posted["Location"]))
    assert "2 asked for" in words


WRONG = {
    "more women than people": {"population": "10", "women": "11"},
    "no number": {"population": "many"},
    "less than nobody": {"population": "-1"},
    "too many": {"population": "9" * 30},
}


@pytest.mark.parametrize("posted", WRONG.values(), ids=WRONG.keys())
def test_wrong_numbers_are_kept_nowhere(administrator, city, posted):
    response = administrator.post(url("office-minimums", city), posted)
    assert response.status_code == 400
    assert 'class="field-error"' in text_of(response)
    city.refresh_from_db()
    assert (city.population, city.women) == (None, None)


@pytest.mark.parametrize("role", ["worker", "editor"])
def test_who_may_not_change_the_city_is_refused(role, city):
    browser = browser_of(role, city)
    assert browser.post(url("office-minimums", city), {"population": "1"}).status_code == 403
    assert '<form method="post" class="coverage-form"' not in text_of(
        browser.get(url("office-minimums", city))
    )
    city.refresh_from_db()
    assert city.population is None


@pytest.mark.usefixtures("no_proof")
@pytest.mark.parametrize("route", ROUTES)
def test_queries_do_not_grow_with_the_listings(route):
    counts = [_queries(route, _city_of(size)) for size in (2, 12)]
    assert counts[0] == counts[1] < 75


def _city_of(size):
    city = factories.make_city()
    for _number in range(size):
        factories.make_service(
            city,
            needs=["shelter", "helpline", "rape-care"],
            opening_hours="24/7",
            interpreter="takes",
            criteria={"undocumented": "takes"},
            languages=["fr"],
        )
    return city


def _queries(route, city):
    from django.db import connection

    browser = browser_of("administrator", city)
    with CaptureQueriesContext(connection) as queries:
        text_of(browser.get(url(route, city), CELL))
    return len(queries)


def test_another_look_reads_no_listing(administrator, city):
    administrator.get(url("office-coverage", city))
    before = matrix_of(City.objects.get(pk=city.pk))
    assert matrix_of(City.objects.get(pk=city.pk)) is before
    factories.make_service(city, name="New")
    after = matrix_of(City.objects.get(pk=city.pk))
    assert after.masks.size == before.masks.size + 1


@pytest.mark.parametrize("role", ["worker", "administrator"])
def test_nothing_sealed_stands_on_a_page_or_in_the_file(city_of_canaries, role, monkeypatch):  # noqa: F811
    monkeypatch.setattr(grid, "PERSONS", grid.PERSONS[:1])
    monkeypatch.setattr(grid, "FACTS", grid.FACTS[:1])
    canaries = City.objects.get(pk=city_of_canaries.pk)
    browser = browser_of(role, canaries)
    for route in ROUTES:
        for query in ({}, CELL, CELL | {"hour": "day", "language": "en"}):
            response = browser.get(url(route, canaries), query)
            found = text_of(response) + str(response.headers)
            assert SEALED not in found, route
            assert not any(digits in found for digits in (*DIGITS, "9871ZQ", "55577")), route
    why = text_of(browser.get(url("office-coverage-why", canaries), CELL))
    assert "Quay House" in why
    # One house that everybody may know of; four that nobody may are not even counted.
    assert "(1)" in why


def test_the_command_prints_the_matrix_and_the_dead_ends(city, monkeypatch):
    proof = Proof(8, 4, 2, (dead_end(), dead_end(ends_in="no-door")))
    monkeypatch.setattr("referrals.management.commands.coverage.proof_of", lambda _city: proof)
    out = io.StringIO()
    call_command("coverage", "harbour", stdout=out)
    printed = out.getvalue()
    assert "8 listings, " in printed
    assert re.search(r"  night: \d+ served, \d+ asks first", printed)
    assert "2 kinds fall back:" in printed
    assert "now: Shelter: An unaccompanied young person of 12 to 15" in printed
    assert "-> Helpline (1200)" in printed
    assert "-> no door at all (1200)" in printed


def test_the_command_knows_no_other_city(city):
    with pytest.raises(CommandError, match=r"No city “atlantis”. There are: harbour\."):
        call_command("coverage", "atlantis")


def test_the_proof_is_kept_while_the_city_stands(city, monkeypatch):
    asked = []

    def prove(one):
        asked.append(one.version)
        return Proof(1, 1, 1, ())

    monkeypatch.setattr(dead_ends, "prove", prove)
    dead_ends.proof_of(city)
    assert dead_ends.kept_proof(city) is dead_ends.proof_of(City.objects.get(pk=city.pk))
    factories.make_service(city, name="New")
    assert dead_ends.kept_proof(City.objects.get(pk=city.pk)) is None
    dead_ends.proof_of(City.objects.get(pk=city.pk))
    assert len(asked) == 2
