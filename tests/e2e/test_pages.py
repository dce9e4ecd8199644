"""Every page in a real browser: for everybody, at every size, and talking to nobody else."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from tests.e2e import elsewhere
from tests.e2e.guide import (
    CHOICE,
    CONTINUE,
    MOST_QUESTIONS,
    answers_until_plan,
    leave_page_by,
    tab_to,
)
from tests.pages import CITY, EVERY_PAGE, GUIDE, PAGES, PLAN

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK, SMALLEST = 360, 1280, 320

every_page = pytest.mark.parametrize("address", EVERY_PAGE.values(), ids=EVERY_PAGE.keys())
every_good_page = pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
each_width = pytest.mark.parametrize("width", [PHONE, DESK])
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


def window(width, **wishes):
    return {"viewport": {"width": width, "height": 740}, **wishes}


def barriers(page):
    """What axe finds against WCAG 2.2 AA, one line each."""
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]


def overflow(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@each_scheme
@each_width
@every_page
def test_page_has_no_barrier(open_browser, address, width, scheme):
    visit = open_browser(**window(width, color_scheme=scheme))
    visit.open(address)
    assert barriers(visit.page) == []


@each_scheme
@each_width
def test_no_question_has_a_barrier(open_browser, width, scheme):
    visit = open_browser(**window(width, color_scheme=scheme))
    found = {}
    visit.open(GUIDE)

    def look():
        found[visit.path] = barriers(visit.page)

    asked = answers_until_plan(visit, at_each=look)
    look()
    assert asked > 0
    assert found == {path: [] for path in found}


@every_page
def test_smallest_window_needs_no_sideways_scrolling(open_browser, address):
    visit = open_browser(**window(SMALLEST))
    visit.open(address)
    assert overflow(visit.page) <= 0


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES if code != "en"])
def test_smallest_window_is_wide_enough_in_every_language(open_browser, language):
    visit = open_browser(**window(SMALLEST, locale=language))
    wider = {}
    for address in EVERY_PAGE.values():
        visit.open(address)
        wider[address] = overflow(visit.page)
    assert {address: pixels for address, pixels in wider.items() if pixels > 0} == {}


def test_no_question_needs_sideways_scrolling(open_browser):
    visit = open_browser(**window(SMALLEST))
    visit.open(GUIDE)
    wider = {}

    def look():
        wider[visit.path] = overflow(visit.page)

    answers_until_plan(visit, at_each=look)
    look()
    assert max(wider.values()) <= 0, wider


@every_good_page
def test_page_talks_to_nobody_else_and_breaks_no_rule(visit, address):
    visit.open(address)
    visit.page.wait_for_load_state("networkidle")
    assert visit.foreign == []
    assert visit.complaints == []


def test_guide_talks_to_nobody_else_and_breaks_no_rule(visit):
    visit.open(GUIDE)
    answers_until_plan(visit, pick=lambda choices: choices.first)
    assert visit.foreign == []
    assert visit.complaints == []


def test_browser_notices_a_request_to_somebody_else(visit):
    """The two tests above can fail."""
    visit.open("/")
    visit.page.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'https://x.example/'}))"
    )
    visit.page.wait_for_timeout(200)
    assert visit.foreign or visit.complaints


def test_plan_is_reached_without_scripts(open_browser):
    visit = open_browser(**window(PHONE, java_script_enabled=False))
    visit.open("/")
    leave_page_by(visit.page, visit.page.locator(f"main a[href='/{CITY}/']").first.click)
    leave_page_by(visit.page, visit.page.locator("main a.button").click)
    assert answers_until_plan(visit, pick=lambda choices: choices.first) > 0
    assert visit.page.locator(".rail .stop").count() > 0


def test_plan_is_reached_by_keyboard_alone(open_browser):
    visit = open_browser(**window(DESK))
    page = visit.page
    visit.open("/")
    tab_to(page, f"main a[href='/{CITY}/']")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    tab_to(page, "main a.button")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    for _question in range(MOST_QUESTIONS):
        if visit.path == PLAN:
            break
        if page.locator(f"{CHOICE} input").count():
            tab_to(page, f"{CHOICE} input")
            page.keyboard.press("Space")
        tab_to(page, CONTINUE)
        leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert visit.path == PLAN
    tab_to(page, "a.call")


def test_first_tab_skips_to_the_content(visit):
    visit.open(f"/{CITY}/services/")
    tab_to(visit.page, "a.skip")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "content"


def leave_by_click(page):
    page.locator("a.leave").click()


def leave_by_tab_and_enter(page):
    tab_to(page, "a.leave")
    page.keyboard.press("Enter")


def leave_by_shift_three_times(page):
    for _press in range(3):
        page.keyboard.press("Shift")


ways_out = pytest.mark.parametrize(
    "leave", [leave_by_click, leave_by_tab_and_enter, leave_by_shift_three_times]
)


def started_guide(visit):
    """A visitor who has answered the first question."""
    visit.open(f"/{CITY}/")
    visit.open(GUIDE)
    first = visit.path
    visit.page.locator(CHOICE).first.click()
    leave_page_by(visit.page, visit.page.locator(CONTINUE).click)
    assert visit.path != first
    return visit


@ways_out
def test_leaving_forgets_everything_and_takes_the_place_of_the_page(visit, leave):
    started_guide(visit)
    left_from = visit.page.url
    assert visit.context.cookies()
    leave(visit.page)
    visit.page.wait_for_url(elsewhere.ADDRESS)
    assert visit.context.cookies() == []
    visit.page.go_back()
    assert visit.page.url != left_from


def test_leaving_works_without_scripts(open_browser):
    visit = started_guide(open_browser(**window(PHONE, java_script_enabled=False)))
    leave_by_click(visit.page)
    visit.page.wait_for_url(elsewhere.ADDRESS)
    assert visit.context.cookies() == []


def test_shift_pressed_while_writing_is_not_leaving(visit):
    visit.open("/")
    visit.page.keyboard.press("Shift+A")
    visit.page.keyboard.press("Shift+B")
    visit.page.keyboard.press("Shift+C")
    visit.page.wait_for_timeout(300)
    assert visit.path == "/"


@pytest.mark.parametrize("address", EVERY_PAGE.values(), ids=EVERY_PAGE.keys())
def test_the_way_out_is_in_the_window_on_a_phone(visit, address):
    visit.open(address)
    visit.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = visit.page.locator("a.leave").bounding_box()
    assert 0 <= box["y"] < 740 - box["height"]
    assert 0 <= box["x"] <= PHONE - box["width"]
    assert box["height"] >= 44


def test_plan_prints_without_buttons_to_press(visit):
    visit.open(PLAN)
    visit.page.emulate_media(media="print")
    assert not visit.page.locator("a.leave").is_visible()
    assert visit.page.locator(".rail").is_visible()
