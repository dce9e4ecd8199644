"""Keeping listings in a real browser: no barriers, and all of it by the keyboard."""

import re

import pytest

from tests.e2e.guide import tab_to
from tests.e2e.test_pages import DESK, PHONE, barriers, overflow, window

OFFICE = "/office/brussels/"
LISTINGS = f"{OFFICE}listings/?show=published"


@pytest.fixture(scope="module")
def session(session_of):
    return session_of("editor", "brussels")


@pytest.fixture
def open_office(open_browser, session, site):
    def opened(width):
        visit = open_browser(**window(width))
        visit.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        return visit

    return opened


def listing_with_a_map(page):
    """The address of a listing that has a building; the page stands on its map then."""
    links = page.get_by_role("link", name=re.compile("^Look:"))
    for address in [link.get_attribute("href").partition("?")[0] for link in links.all()]:
        answer = page.goto(address.replace("/confirm/", "/place/"))
        if answer.status == 200 and page.locator(".pin-map").count():
            return address
    raise AssertionError("No listing has a place")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_page_has_a_barrier(open_office, width):
    visit = open_office(width)
    page, found = visit.page, {}

    def look(name):
        found[name] = barriers(page), max(overflow(page), 0)

    visit.open(OFFICE)
    look("start")
    visit.open(LISTINGS)
    look("listings")
    address = listing_with_a_map(page)
    # Those whose place is kept secret refused to show one, and the browser says so.
    visit.complaints.clear()
    look("place")
    for act in ("confirm", "publish", "withdraw", "preview"):
        visit.open(address.replace("/confirm/", f"/{act}/"))
        look(act)
    assert found == dict.fromkeys(found, ([], 0))
    assert visit.complaints == []
    assert visit.foreign == []


def test_a_listing_is_confirmed_by_the_keyboard_alone(open_office):
    page = open_office(PHONE).page
    page.goto(LISTINGS)
    tab_to(page, 'a[href*="/confirm/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    tab_to(page, "input[value=hours]")
    page.keyboard.press("Space")
    tab_to(page, "form:has(input[name=groups]) > .button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/listings/?**")
    assert "is confirmed" in page.get_by_role("status").inner_text()


def test_a_pin_is_moved_by_the_keyboard_and_put_by_hand(open_office):
    page = open_office(PHONE).page
    page.goto(LISTINGS)
    listing_with_a_map(page)
    tab_to(page, ".pin-help button")
    page.keyboard.press("ArrowLeft")
    before = page.input_value("#id_latitude")
    page.keyboard.press("ArrowUp")
    moved = page.input_value("#id_latitude")
    assert float(moved) > float(before)
    page.locator(".pin-map svg").click(position={"x": 40, "y": 40})
    pressed = page.input_value("#id_latitude")
    assert pressed != moved
    page.get_by_role("button", name="Save this place").click()
    page.wait_for_url("**/place/?at=**")
    assert page.input_value("#id_latitude") == pressed.rstrip("0")


FORM = """<!doctype html><html lang="en"><title>Form</title><form>
<input name="csrfmiddlewaretoken" value="{token}">
<label>Name <input id="id_official_name"></label><label>Web <input id="id_website"></label>
<label>Phone <input id="id_phones-0-number"></label><label>Hours <input id="id_opening_hours"></label>
</form><div id="listing-form-tools" hidden data-hours-url="/office/brussels/form/hours/"
 data-duplicates-url="/office/brussels/form/alike/" data-alike="Is it one of these?"></div>
<script src="/static/listing_form.js" defer></script></html>"""


def test_the_form_reads_hours_back_and_names_look_alikes(open_office):
    visit = open_office(PHONE)
    page = visit.page
    page.goto(LISTINGS)
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    name = page.locator(".kept h2").first.inner_text()
    body = FORM.format(token=token)
    page.route("**/form-under-test", lambda r: r.fulfill(body=body, content_type="text/html"))
    page.goto("/form-under-test")
    script = page.evaluate("document.querySelector('script').src")
    if page.evaluate("fetch(document.querySelector('script').src).then(r => r.status)") != 200:
        pytest.fail(script)
    page.fill("#id_opening_hours", "Mo-Su 09:00-17:00")
    page.get_by_text("09:00–17:00").first.wait_for()
    page.fill("#id_opening_hours", "whenever")
    page.get_by_text("cannot be read").wait_for()
    page.fill("#id_official_name", name)
    page.get_by_text("Is it one of these?").wait_for()
    assert page.locator(".form-help a").count() >= 1
    assert visit.complaints == []
