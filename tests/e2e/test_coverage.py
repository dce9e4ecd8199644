"""Coverage in a real browser: from the matrix to why, and no barrier in any light."""

import pytest

from tests.e2e.guide import leave_page_by, tab_to
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import (
    DESK,
    PHONE,
    SMALLEST,
    barriers,
    each_scheme,
    each_width,
    overflow,
    window,
)

COVERAGE = "/office/brussels/coverage/"
#: The first look at the proof after a change takes seconds, more on a busy machine.
PATIENCE = 120_000
WHY = f"{COVERAGE}why/?need=shelter&group=girl-alone&hour=night&language=ar&status=undocumented"
ADDRESSES = {
    "matrix": COVERAGE,
    "night": f"{COVERAGE}?hour=night&language=ar&status=undocumented",
    "why": WHY,
    "wrong": f"{COVERAGE}?hour=noon",
    "dead ends": f"{COVERAGE}dead-ends/",
    "minimums": f"{COVERAGE}minimums/",
}


@pytest.fixture(scope="module")
def session(session_of):
    return session_of("administrator", "brussels")


@pytest.fixture
def open_office(open_browser, session):
    def opened(width, **wishes):
        visit = open_browser(**window(width, **wishes))
        sign_in(visit, session)
        visit.page.set_default_timeout(PATIENCE)
        return visit

    return opened


def look_at_each(visit, look):
    """What `look(page)` gives on each page of coverage; a page to sign in is none of them."""
    found = {}
    for name, address in ADDRESSES.items():
        visit.open(address)
        assert visit.path == address.partition("?")[0]
        found[name] = look(visit.page)
    return found


@each_scheme
@each_width
def test_no_page_has_a_barrier(open_office, width, scheme):
    visit = open_office(width, color_scheme=scheme)
    found = look_at_each(visit, lambda page: (barriers(page), max(overflow(page), 0)))
    assert found == dict.fromkeys(ADDRESSES, ([], 0))
    assert visit.foreign == []


def test_smallest_window_needs_no_sideways_scrolling(open_office):
    wider = look_at_each(open_office(SMALLEST), lambda page: max(overflow(page), 0))
    assert wider == dict.fromkeys(ADDRESSES, 0)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_from_the_table_to_why_and_back_by_the_keyboard(open_office, width):
    visit = open_office(width)
    page = visit.page
    visit.open(COVERAGE)
    page.select_option("#id_hour", "night")
    page.select_option("#id_status", "undocumented")
    tab_to(page, ".coverage-form button")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert page.input_value("#id_hour") == "night"
    tab_to(page, ".coverage a.cover")
    state = page.evaluate("document.activeElement.className")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert visit.path == f"{COVERAGE}why/"
    assert page.locator("main .cover").get_attribute("class") == state
    leave_page_by(page, page.get_by_role("link", name="Back to the table").click)
    assert page.input_value("#id_hour") == "night"
    assert page.input_value("#id_status") == "undocumented"
    assert visit.complaints == []


def test_pages_of_coverage_lead_to_each_other(open_office):
    visit = open_office(PHONE)
    visit.open(COVERAGE)
    for name, heading in (
        ("Dead ends", "Where plans fall back"),
        ("Minimums", "Minimums of the Council of Europe"),
        ("Matrix", "Who is served, and when"),
    ):
        link = visit.page.get_by_role("navigation", name="Coverage").get_by_role("link", name=name)
        leave_page_by(visit.page, link.click)
        assert visit.page.locator("h1").inner_text() == heading
    assert visit.complaints == []
    assert visit.foreign == []


def test_the_file_of_all_cells_is_downloaded(open_office):
    page = open_office(PHONE).page
    page.goto(COVERAGE)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download every cell").click()
    assert download.value.suggested_filename == "coverage-brussels.csv"


def test_the_number_of_inhabitants_decides_what_is_asked_for(open_office):
    visit = open_office(PHONE)
    page = visit.page
    visit.open(f"{COVERAGE}minimums/")
    page.fill("#id_population", "1200000")
    page.fill("#id_women", "610000")
    leave_page_by(page, page.get_by_role("button", name="Keep").click)
    assert "120 asked for" in page.locator("main").inner_text()
    assert "4 asked for" in page.locator("main").inner_text()
    assert barriers(page) == []


def test_nothing_of_coverage_opens_to_strangers(visit):
    for address in ADDRESSES.values():
        visit.open(address)
        assert visit.path == "/accounts/login/"
