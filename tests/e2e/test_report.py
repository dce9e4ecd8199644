"""Saying that something is wrong with a listing: two presses, by keyboard, on a small phone."""

from tests.e2e.guide import leave_page_by, tab_to
from tests.e2e.test_pages import barriers, overflow
from tests.pages import CITY, SERVICE

ADDRESS = f"/{CITY}/services/{SERVICE}/"


def test_a_report_takes_two_presses_of_the_keyboard(visit):
    page = visit.page
    visit.open(ADDRESS)
    tab_to(page, f'a[href="{ADDRESS}report/"]')
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert visit.path == f"{ADDRESS}report/"
    assert barriers(page) == []
    assert overflow(page) <= 0
    assert page.locator("textarea, input[type=text]").count() == 0
    tab_to(page, "#kind-contact")
    page.keyboard.press("Space")
    tab_to(page, "main button.button")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert visit.path == f"/{CITY}/reported/"
    assert "Thank you" in page.locator("h1").inner_text()
    assert barriers(page) == []
    visit.open(ADDRESS)
    assert page.locator("h1").count() == 1
    assert visit.complaints == []
    assert visit.foreign == []
